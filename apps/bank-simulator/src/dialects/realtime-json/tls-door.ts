import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorText, type Log } from '#kernel';
import type { Worker } from '../dialect-deps.js';
import { JWS_HEADER } from './bank-jws.js';
import type { CounterReply, RealtimeCounter } from './realtime-counter.js';

/** An order with its papers. */
const BODY_BYTES_MAX = 12 * 1024 * 1024;
/** Real milliseconds; longer than the court keeps a connection that it does not use. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_MS_MAX = 120_000;
const HANDSHAKE_MS_MAX = 10_000;

/** PEM texts: what the bank shows, and the authority whose clients it lets in. */
export interface DoorTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthority: string;
}

export interface DoorPlace {
  /** 0: any free one; see `address`. */
  readonly port: number;
  readonly tls: DoorTls;
}

export interface DoorParts {
  readonly bank: string;
  readonly counter: RealtimeCounter;
  readonly log: Log;
  /** Whether the bank lets in whoever comes: a fault. Asked at each connection. */
  readonly isTrusting: () => boolean;
}

/** The port at which a bank that is called listens: mutual TLS from 1.2 on, and below `/bank/<bank>` its counter. */
export class TlsDoor implements Worker {
  private readonly server: Server;

  constructor(
    private readonly parts: DoorParts,
    private readonly place: DoorPlace,
  ) {
    const { bank, log } = parts;
    const { certificate, key, clientAuthority } = place.tls;
    const trust = {
      cert: certificate,
      key,
      ca: clientAuthority,
      requestCert: true,
      // Judged below, as node would do it, unless the bank trusts anyone.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    } as const;
    this.server = createServer({ ...trust, handshakeTimeout: HANDSHAKE_MS_MAX, requestTimeout: REQUEST_MS_MAX }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        log.write('warn', 'simulator-call-failed', { bank, reason: errorText(error) });
        response.destroy();
      });
    });
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    // Whoever is not let in is no event worth more than a line.
    const refused = (reason: string): void => log.write('info', 'simulator-client-refused', { bank, reason });
    this.server.on('tlsClientError', (error) => refused(errorText(error)));
    // Before HTTP begins on the connection.
    this.server.prependListener('secureConnection', (socket: TLSSocket) => {
      if (socket.authorized || parts.isTrusting()) return;
      refused(String(socket.authorizationError));
      socket.destroy();
    });
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.place.port, '0.0.0.0', resolve);
    });
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }

  /** Where it listens, once it does. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'https://bank').pathname;
    const { bank, counter } = this.parts;
    const orders = `/bank/${bank}/orders`;
    const given = request.headers[JWS_HEADER];
    const signature = typeof given === 'string' ? given : undefined;
    const bytes = await bodyOf(request);
    if (bytes === undefined) send(response, { kind: 'unsigned', status: 413 });
    else if (request.method === 'POST' && path === orders) send(response, await counter.order(bytes, signature));
    else if (request.method === 'POST' && path === `/bank/${bank}/day-statements`) send(response, await counter.day(bytes, signature));
    else if (request.method === 'GET' && path.startsWith(`${orders}/`)) {
      send(response, await counter.status(decodeURIComponent(path.slice(orders.length + 1)), signature));
    } else send(response, { kind: 'unsigned', status: 404 });
  }
}

/** Undefined when it is too large; the rest of it is thrown away. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return size <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined;
}

function send(response: ServerResponse, reply: CounterReply): void {
  if (reply.kind === 'broken') {
    response.destroy();
  } else if (reply.kind === 'unsigned') {
    response.writeHead(reply.status, { 'content-length': 0 }).end();
  } else {
    const headers = { 'content-type': 'application/json', 'content-length': reply.body.length, [JWS_HEADER]: reply.signature };
    response.writeHead(reply.status, headers).end(reply.body);
  }
}
