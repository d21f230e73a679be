import { connect, type Socket } from 'node:net';
import { AppError } from '#kernel';

/** One answer as it came over the wire. */
export interface WireReply {
  readonly status: number;
  readonly body: Buffer;
}

/** What can be sent: everything but the connection. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const REPLY_MS_MAX = 120_000;
const EMPTY = Buffer.alloc(0);

/**
 * One keep-alive HTTP/1.1 connection that sends one request at a time. Load and system share the machine, so the client must cost
 * little: it reads status, length and body and nothing else. Answers must carry a Content-Length, as the system's do.
 */
export class Wire {
  private received: Buffer = EMPTY;
  private waiting: { resolve(reply: WireReply): void; reject(error: Error): void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new AppError('unavailable', 'the connection was closed', { retryable: true })));
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.setTimeout(REPLY_MS_MAX, () => socket.destroy());
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  send(request: WireRequest): Promise<WireReply> {
    if (this.waiting) throw new AppError('invariant-broken', 'a connection carries one request at a time', { level: 'fatal' });
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(bytesOf(request));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const reply = this.reply();
    if (reply === 'unreadable') {
      this.fail(new AppError('unexpected-answer', `an answer without Content-Length: ${this.received.toString('latin1', 0, 200)}`));
      this.socket.destroy();
      return;
    }
    if (!reply) return;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve(reply);
  }

  private reply(): WireReply | 'unreadable' | undefined {
    const end = this.received.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const head = this.received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return 'unreadable';
    const from = end + HEAD_END.length;
    const to = from + Number(length);
    if (this.received.length < to) return undefined;
    const body = this.received.subarray(from, to);
    this.received = this.received.length === to ? EMPTY : this.received.subarray(to);
    return { status: Number(head.slice(9, 12)), body };
  }

  private fail(error: Error): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}

function bytesOf({ method, path, headers, body }: WireRequest): string {
  let head = `${method} ${path} HTTP/1.1\r\nHost: bench\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
