import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { COURT_AUDIENCE, JWS_HEADER, signJws, type JwsClaims } from '#connectors/realtime-json';
import { SystemClock, systemEntropy } from '#kernel';
import type { Ed25519Signer } from '#trust';

export interface SeenOrder {
  readonly orderNumber: string;
  readonly action: string;
  readonly bytes: Buffer;
}

export interface AskedDay {
  readonly beginDate: string;
  readonly endDate: string;
  readonly page: number;
}

/** What the scripted bank does with one POST; anything left out is answered at once and correctly. */
export type Whim = 'answer' | 'drop-before' | 'drop-after' | 'processing' | 'busy' | 'refuse' | 'garble' | 'unsigned' | 'silent';

/**
 * A bank of a few lines behind a real socket, in the words of docs/dialects/realtime-json.md, on this machine and so without TLS: it remembers every order number that it has executed, and counts how often each arrived.
 * It has no accounts; it says `done`, or `no-account`, to everything.
 */
export class ScriptedBank {
  readonly arrivals = new Map<string, number>();
  readonly executed: SeenOrder[] = [];
  readonly statusAsked: string[] = [];
  whim: (orderNumber: string) => Whim = () => 'answer';
  /** Overrides the answer's body. */
  answerOf: ((order: SeenOrder) => object) | undefined;
  /** What it says of the days and page that it is asked for; undefined, and it has nothing to say (404). */
  dayOf: ((asked: AskedDay) => object) | undefined;
  readonly daysAsked: AskedDay[] = [];
  /** What happens to a page's bytes after they were signed. */
  dayGarble: (bytes: Buffer) => Buffer = (bytes) => bytes;
  private server: Server | undefined;

  constructor(readonly signer: Ed25519Signer) {}

  async listen(port = 0): Promise<string> {
    const server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.server = undefined;
  }

  bodyOf(order: SeenOrder): Buffer {
    const at = '2026-03-10T03:52:04.000Z';
    const head = { v: 1, reqNo: order.orderNumber, recvTime: at, ansTime: at };
    const parsed = JSON.parse(order.bytes.toString('utf8')) as { items?: { seq: number; frzAmt?: string }[] };
    const items = (parsed.items ?? []).map(({ seq, frzAmt = '66213.50' }) => ({ seq, stat: 'S', ccy: 'CNY', frzAmt, ctlAmt: frzAmt }));
    const body = this.answerOf?.(order) ?? (order.action === 'SF01' ? { qryRslt: { retCode: '01', accts: [] } } : { ctlRslt: { items } });
    return Buffer.from(JSON.stringify({ ...head, ...body }), 'utf8');
  }

  /** A signature of the bank, as it stands beside these bytes. */
  async sign(bytes: Buffer, claims: Omit<JwsClaims, 'aud'>): Promise<string> {
    const at = new SystemClock().realNow();
    return (await signJws(this.signer, bytes, { aud: COURT_AUDIENCE, ...claims }, { at, entropy: systemEntropy })).value;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = { response, jti: jtiOf(request) };
    if (request.method === 'GET') return this.status(decodeURIComponent(request.url?.split('/').at(-1) ?? ''), call);
    if (request.url === '/day-statements') return this.day(Buffer.concat(chunks), call);
    await this.order(Buffer.concat(chunks), call);
  }

  private async day(bytes: Buffer, { response, jti }: Call): Promise<void> {
    const asked = JSON.parse(bytes.toString('utf8')) as AskedDay;
    this.daysAsked.push(asked);
    const { beginDate, endDate, page } = asked;
    const said = this.dayOf?.(asked);
    if (!said) return void response.writeHead(404).end();
    const body = Buffer.from(JSON.stringify({ v: 1, beginDate, endDate, page, ...said }), 'utf8');
    const signature = await this.sign(body, { msg: 'day-statement', sub: `${beginDate}/${endDate}/${page}`, irt: jti });
    response.writeHead(200, { 'content-type': 'application/json', [JWS_HEADER]: signature }).end(this.dayGarble(body));
  }

  private async order(bytes: Buffer, call: Call): Promise<void> {
    const { reqNo: orderNumber, tranCode: action } = JSON.parse(bytes.toString('utf8')) as { reqNo: string; tranCode: string };
    this.arrivals.set(orderNumber, (this.arrivals.get(orderNumber) ?? 0) + 1);
    const whim = this.whim(orderNumber);
    if (whim === 'drop-before') return void call.response.destroy();
    if (whim === 'busy') return void call.response.writeHead(503).end();
    if (whim === 'refuse') return this.say(call, 422, orderNumber, { state: 'rejected', reason: { code: 'E902', text: '报文无法识别' } });
    const known = this.executed.find((order) => order.orderNumber === orderNumber);
    const order = known ?? { orderNumber, action, bytes };
    if (!known) this.executed.push(order);
    if (whim === 'drop-after') return void call.response.destroy();
    if (whim === 'silent') return;
    if (whim === 'processing') return this.say(call, 202, orderNumber, { state: 'accepted', recvTime: '2026-03-10T11:52:03.120+08:00' });
    await this.answer(order, call, whim);
  }

  private async status(orderNumber: string, call: Call): Promise<void> {
    this.statusAsked.push(orderNumber);
    const order = this.executed.find((one) => one.orderNumber === orderNumber);
    if (!order) return this.say(call, 404, orderNumber, { state: 'not-found' });
    const whim = this.whim(orderNumber);
    if (whim === 'processing') return this.say(call, 202, orderNumber, { state: 'accepted' });
    await this.answer(order, call, whim);
  }

  private async answer(order: SeenOrder, { response, jti }: Call, whim: Whim): Promise<void> {
    const bytes = this.bodyOf(order);
    const signature = await this.sign(bytes, { msg: 'answer', sub: order.orderNumber, irt: jti });
    const body = whim === 'garble' ? Buffer.from(bytes.toString('utf8').replace('66213.50', '66213.51').replace('"01"', '"02"')) : bytes;
    const headers = { 'content-type': 'application/json', ...(whim === 'unsigned' ? {} : { [JWS_HEADER]: signature }) };
    response.writeHead(200, headers).end(body);
  }

  private async say({ response, jti }: Call, status: number, orderNumber: string, state: object): Promise<void> {
    const bytes = Buffer.from(JSON.stringify({ v: 1, reqNo: orderNumber, ...state }));
    const signature = await this.sign(bytes, { msg: 'state', sub: orderNumber, irt: jti });
    response.writeHead(status, { 'content-type': 'application/json', [JWS_HEADER]: signature }).end(bytes);
  }
}

interface Call {
  readonly response: ServerResponse;
  readonly jti: string;
}

/** The bank trusts whoever calls; it only says in its replies which call they are to. */
function jtiOf(request: IncomingMessage): string {
  const [head = ''] = String(request.headers[JWS_HEADER]).split('.');
  return (JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { jti: string }).jti;
}
