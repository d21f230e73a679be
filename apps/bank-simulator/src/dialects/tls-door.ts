import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorText, type Log } from '#kernel';
import type { Worker } from './dialect-deps.js';

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

/** One call with its whole body. */
export interface DoorCall {
  readonly method: string;
  /** Below `/bank/<bank>`; undefined for an address of somebody else. */
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** What goes back; `broken` closes the connection without a word. */
export type DoorReply =
  | { readonly kind: 'broken' }
  | { readonly kind: 'reply'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer };

export interface DoorParts {
  readonly bank: string;
  readonly answer: (call: DoorCall) => Promise<DoorReply>;
  readonly log: Log;
  /** Whether the bank lets in whoever comes: a fault. Asked at each connection. */
  readonly isTrusting: () => boolean;
}

/** The port at which a bank that is called listens: mutual TLS from 1.2 on, and below `/bank/<bank>` whoever answers there. */
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
    const bytes = await bodyOf(request);
    if (bytes === undefined) return send(response, { kind: 'reply', status: 413 });
    const { pathname } = new URL(request.url ?? '/', 'https://bank');
    const base = `/bank/${this.parts.bank}`;
    const path = pathname === base || pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : undefined;
    const { method = '', headers } = request;
    send(response, await this.parts.answer({ method, path, headers, bytes }));
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

function send(response: ServerResponse, reply: DoorReply): void {
  if (reply.kind === 'broken') {
    response.destroy();
    return;
  }
  const { status, headers = {}, body } = reply;
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 }).end(body);
}
