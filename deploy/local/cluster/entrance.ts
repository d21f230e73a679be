import { Agent, createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { errorText } from '#kernel';
import { describeWhole } from './whole-description.js';

/** Bodies up to this size are kept until the answer begins, so that a call can go to another gateway; larger ones get one try. */
const REPEATABLE_BYTES_MAX = 1024 * 1024;
const SOCKETS_MAX = 1_024;
const BAD_GATEWAY = 503;
const RETRY_AFTER_SECONDS = '1';

/** Where calls go: the first prefix that fits, else any gateway. Origins without a trailing slash. */
export interface Routes {
  readonly gateways: readonly string[];
  readonly byPrefix: readonly { readonly prefix: string; readonly origin: string }[];
}

/**
 * The entrance of a cluster on one machine: spreads calls over the gateways, and leads the paths of ledger, desk and simulated banks to
 * their processes, so that one origin serves all. A gateway that dies before its answer has begun loses no call that may be repeated:
 * reads, and writes under an idempotency key, go to the next one. In production a load balancer stands here.
 */
export class Entrance {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: 'fifo' });
  private readonly server: Server;
  private turn = 0;

  constructor(private readonly routes: Routes) {
    this.server = createServer((incoming, answer) => {
      this.pass(incoming, answer).catch((error: unknown) => refuse(answer, errorText(error)));
    });
    // A client that pauses between two calls finds its connection as it left it.
    this.server.keepAliveTimeout = 65_000;
  }

  /** Resolves with the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '0.0.0.0', () => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
    this.agent.destroy();
  }

  private async pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (incoming.method === 'GET' && incoming.url === '/api/openapi.json') {
      const whole = await describeWhole([this.routes.gateways[0] ?? '', ...this.routes.byPrefix.map(({ origin }) => origin)]);
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
      return;
    }
    const targets = this.targetsOf(incoming.url ?? '/');
    const body = await readRepeatable(incoming);
    const mayRepeat = body !== undefined && (incoming.method === 'GET' || incoming.headers['idempotency-key'] !== undefined);
    let failure = 'no process answers';
    for (const origin of mayRepeat ? targets : targets.slice(0, 1)) {
      try {
        await this.call(origin, incoming, body, answer);
        return;
      } catch (error) {
        failure = errorText(error);
        if (answer.headersSent) {
          answer.destroy();
          return;
        }
      }
    }
    refuse(answer, failure);
  }

  private targetsOf(url: string): readonly string[] {
    const special = this.routes.byPrefix.find(({ prefix }) => url.startsWith(prefix));
    if (special) return [special.origin];
    const { gateways } = this.routes;
    this.turn = (this.turn + 1) % gateways.length;
    return [...gateways.slice(this.turn), ...gateways.slice(0, this.turn)];
  }

  /** One try: resolves when the whole answer has been handed on, rejects when it did not begin or broke off. */
  private call(origin: string, incoming: IncomingMessage, body: Buffer | undefined, answer: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(origin);
      const headers: OutgoingHttpHeaders = { ...incoming.headers };
      delete headers['connection'];
      if (body !== undefined && body.length > 0) headers['content-length'] = body.length;
      if (body !== undefined) delete headers['transfer-encoding'];
      const onward = request({ agent: this.agent, hostname, port, method: incoming.method, path: incoming.url, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? BAD_GATEWAY, reply.headers);
        // Server-sent events must not wait for a full buffer.
        answer.flushHeaders();
        reply.pipe(answer);
        reply.once('end', resolve);
        reply.once('error', reject);
        reply.once('close', () => {
          if (!reply.complete) reject(new Error('the answer broke off'));
        });
      });
      onward.once('error', reject);
      answer.once('close', () => {
        if (!answer.writableFinished) onward.destroy();
        resolve();
      });
      if (body === undefined) incoming.pipe(onward);
      else onward.end(body);
    });
  }
}

/** The body when it is small, or undefined with the stream untouched when its announced size is large. */
async function readRepeatable(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const length = Number(incoming.headers['content-length'] ?? 0);
  if (incoming.headers['transfer-encoding'] !== undefined || length > REPEATABLE_BYTES_MAX) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(answer: ServerResponse, reason: string): void {
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  answer.writeHead(BAD_GATEWAY, { 'content-type': 'application/problem+json', 'retry-after': RETRY_AFTER_SECONDS });
  answer.end(JSON.stringify({ type: 'about:blank', title: 'unavailable', status: BAD_GATEWAY, code: 'unavailable', detail: reason }));
}
