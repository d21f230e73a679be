import { randomUUID } from 'node:crypto';
import { AppError } from '#kernel';

/** One answer of the public interface. `body` is parsed when the answer is JSON, otherwise text; `bytes` is what came. */
export interface Reply<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly bytes: Buffer;
}

/** A problem document as far as tests look into it. */
export interface ProblemBody {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly [member: string]: unknown;
}

export interface SendOptions {
  /** Sent as JSON unless `raw` is given. */
  readonly body?: unknown;
  /** Exact bytes of the body; its content type goes into `headers`. */
  readonly raw?: Buffer | string;
  /** Idempotency-Key; a fresh one for every write when left out, none when null. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const CALL_MS_MAX = 60_000;

/** The public interface as one user sees it. `read` and `write` insist on success, the others return whatever came. */
export class Caller {
  constructor(
    readonly origin: string,
    private readonly token: () => Promise<string | undefined>,
  ) {}

  async send<T = unknown>(method: string, path: string, options: SendOptions = {}): Promise<Reply<T>> {
    const response = await this.open(method, path, { ...options, signal: options.signal ?? AbortSignal.timeout(CALL_MS_MAX) });
    const bytes = Buffer.from(await response.arrayBuffer());
    // JSON lines are no JSON.
    const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    const text = bytes.toString('utf8');
    return { status: response.status, headers: response.headers, bytes, body: (isJson && text !== '' ? JSON.parse(text) : text) as T };
  }

  /** The raw response, for streams. The caller sees to its end. */
  async open(method: string, path: string, options: SendOptions = {}): Promise<Response> {
    const token = await this.token();
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (options.body !== undefined && options.raw === undefined) headers['content-type'] = 'application/json';
    const key = options.key === undefined && method !== 'GET' ? randomUUID() : options.key;
    if (key !== undefined && key !== null) headers['idempotency-key'] = key;
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    return fetch(`${this.origin}${path}`, {
      method,
      headers: { ...headers, ...options.headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  get<T = unknown>(path: string): Promise<Reply<T>> {
    return this.send<T>('GET', path);
  }

  post<T = unknown>(path: string, body: unknown = {}, key?: string | null): Promise<Reply<T>> {
    return this.send<T>('POST', path, { body, ...(key === undefined ? {} : { key }) });
  }

  /** @throws AppError `unexpected-answer` unless the status is 2xx */
  async read<T>(path: string): Promise<T> {
    return succeeded(await this.get<T>(path), 'GET', path);
  }

  /** @throws AppError `unexpected-answer` unless the status is 2xx */
  async write<T>(method: 'POST' | 'PUT', path: string, body: unknown = {}, key?: string): Promise<T> {
    return succeeded(await this.send<T>(method, path, { body, ...(key === undefined ? {} : { key }) }), method, path);
  }
}

function succeeded<T>(reply: Reply<T>, method: string, path: string): T {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  throw new AppError('unexpected-answer', `${method} ${path}: ${reply.status} ${reply.bytes.toString('utf8').slice(0, 1500)}`);
}
