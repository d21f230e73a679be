import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { signForWire, SIGNATURE_HEADER } from '#connector-sdk';
import type { Ed25519Signer } from '#trust';

export interface SeenOrder {
  readonly orderNumber: string;
  readonly action: string;
  readonly bytes: Buffer;
}

/** What the scripted bank does with one POST; anything left out is answered at once and correctly. */
export type Whim = 'answer' | 'drop-before' | 'drop-after' | 'processing' | 'busy' | 'refuse' | 'garble' | 'unsigned' | 'silent';

/**
 * A bank of a few lines behind a real socket: it remembers every order number that it has executed, and counts how often each arrived.
 * It has no accounts; it says `done`, or `no-account`, to everything.
 */
export class ScriptedBank {
  readonly arrivals = new Map<string, number>();
  readonly executed: SeenOrder[] = [];
  readonly statusAsked: string[] = [];
  whim: (orderNumber: string) => Whim = () => 'answer';
  /** Overrides the answer's body. */
  answerOf: ((order: SeenOrder) => object) | undefined;
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
    const head = { format: 'chakong-answer/v1', orderNumber: order.orderNumber, receivedAt: at, answeredAt: at };
    const parsed = JSON.parse(order.bytes.toString('utf8')) as { lines?: { seq: number; amount?: object }[] };
    const money = { amount: '66213.50', currency: 'CNY' };
    const lines = (parsed.lines ?? []).map(({ seq, amount }) => ({
      seq,
      status: 'done',
      limit: amount ?? money,
      covered: amount ?? money,
    }));
    const body =
      this.answerOf?.(order) ?? (order.action === 'inquire' ? { inquiry: { result: 'no-account', holdings: [] } } : { control: { lines } });
    return Buffer.from(JSON.stringify({ ...head, ...body }), 'utf8');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET') return this.status(decodeURIComponent(request.url?.split('/').at(-1) ?? ''), response);
    await this.order(Buffer.concat(chunks), response);
  }

  private async order(bytes: Buffer, response: ServerResponse): Promise<void> {
    const { orderNumber, action } = JSON.parse(bytes.toString('utf8')) as { orderNumber: string; action: string };
    this.arrivals.set(orderNumber, (this.arrivals.get(orderNumber) ?? 0) + 1);
    const whim = this.whim(orderNumber);
    if (whim === 'drop-before') return void response.destroy();
    if (whim === 'busy') return json(response, 503, { reason: { code: 'SYSTEM', text: '系统繁忙' } });
    if (whim === 'refuse') return json(response, 422, { reason: { code: 'FORMAT', text: '报文无法识别' } });
    const known = this.executed.find((order) => order.orderNumber === orderNumber);
    const order = known ?? { orderNumber, action, bytes };
    if (!known) this.executed.push(order);
    if (whim === 'drop-after') return void response.destroy();
    if (whim === 'silent') return;
    if (whim === 'processing') return json(response, 202, { status: 'processing', receivedAt: '2026-03-10T03:52:03.120Z' });
    await this.answer(order, response, whim);
  }

  private async status(orderNumber: string, response: ServerResponse): Promise<void> {
    this.statusAsked.push(orderNumber);
    const order = this.executed.find((one) => one.orderNumber === orderNumber);
    if (!order) return json(response, 404, { status: 'not-found' });
    const whim = this.whim(orderNumber);
    if (whim === 'processing') return json(response, 202, { status: 'processing' });
    await this.answer(order, response, whim);
  }

  private async answer(order: SeenOrder, response: ServerResponse, whim: Whim): Promise<void> {
    const bytes = this.bodyOf(order);
    const signature = await signForWire(this.signer, bytes);
    const body = whim === 'garble' ? Buffer.from(bytes.toString('utf8').replace('66213.50', '66213.51').replace('no-', 'NO-')) : bytes;
    const headers = { 'content-type': 'application/json', ...(whim === 'unsigned' ? {} : { [SIGNATURE_HEADER]: signature }) };
    response.writeHead(200, headers).end(body);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
