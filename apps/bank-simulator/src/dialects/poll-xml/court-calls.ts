import { AppError, parseStrictJson, type RealTime } from '#kernel';
import { httpCall } from '../http-call.js';

/** Where the court's connector is, and as whom the bank signs in. */
export interface CourtAddress {
  /** For example `http://127.0.0.1:3000/connector/hankoubank`. */
  readonly connector: string;
  readonly user: string;
  readonly password: string;
}

export interface ServedOrder {
  readonly orderNumber: string;
  readonly bytes: Buffer;
  readonly signature: string;
}

export interface UploadedAnswer {
  readonly bytes: Buffer;
  readonly signature: string;
}

export interface UploadResult {
  readonly orderNumber: string;
  readonly isOk: boolean;
  readonly message?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** The calls of a bank that polls (docs/dialects/poll-xml.md). A reply that is not understood is an error, never guessed at. */
export class CourtCalls {
  constructor(
    private readonly time: RealTime,
    private readonly court: CourtAddress,
  ) {}

  async orders(limit: number): Promise<ServedOrder[]> {
    const reply = await this.call('GET', `orders?limit=${limit}`);
    return listOf(reply, 'orders').map((order) => ({
      orderNumber: textOf(order, 'orderNumber'),
      bytes: Buffer.from(textOf(order, 'body'), 'base64'),
      signature: textOf(order, 'signature'),
    }));
  }

  /** The digests and bytes of an order's documents. */
  async documents(orderNumber: string): Promise<{ type: string; sha256: string; content: Buffer }[]> {
    const reply = await this.call('GET', `orders/${encodeURIComponent(orderNumber)}/documents`);
    return listOf(reply, 'documents').map((document) => ({
      type: textOf(document, 'type'),
      sha256: textOf(document, 'sha256'),
      content: Buffer.from(textOf(document, 'content'), 'base64'),
    }));
  }

  async acknowledge(orderNumbers: readonly string[], receivedAt: string): Promise<void> {
    await this.call('POST', 'acknowledgements', { orderNumbers, receivedAt });
  }

  async upload(answers: readonly UploadedAnswer[]): Promise<UploadResult[]> {
    const body = { answers: answers.map(({ bytes, signature }) => ({ body: bytes.toString('base64'), signature })) };
    const reply = await this.call('POST', 'answers', body);
    return listOf(reply, 'results').map((result) => ({
      orderNumber: typeof result['orderNumber'] === 'string' ? result['orderNumber'] : '',
      isOk: result['result'] === 'ok',
      message: typeof result['message'] === 'string' ? result['message'] : undefined,
    }));
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Members> {
    const signIn = Buffer.from(`${this.court.user}:${this.court.password}`, 'utf8').toString('base64');
    const headers = { authorization: `Basic ${signIn}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const sent = body ? Buffer.from(JSON.stringify(body), 'utf8') : undefined;
    const reply = await httpCall(this.time, `${this.court.connector}/${path}`, { method, headers, body: sent });
    if (reply.status !== 200) throw new AppError('unavailable', `the court answered ${reply.status} to ${path}`, { retryable: true });
    const parsed = parseStrictJson(reply.body);
    if (typeof parsed !== 'object' || parsed === null) throw new AppError('unavailable', `the court's reply to ${path} is no object`);
    return parsed as Members;
  }
}

function listOf(reply: Members, name: string): Members[] {
  const list = reply[name];
  if (!Array.isArray(list)) throw new AppError('unavailable', `the court's reply has no list ${name}`);
  return list.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as Members) : {}));
}

function textOf(object: Members, name: string): string {
  const value = object[name];
  if (typeof value === 'string') return value;
  throw new AppError('unavailable', `the court's reply has no text ${name}`);
}
