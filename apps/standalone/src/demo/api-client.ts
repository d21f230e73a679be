import { AppError, errorText, type RealTime } from '#kernel';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls that fail for reasons that pass (503, 429, no connection) are tried this often. */
const TRIES_MAX = 20;
const RETRY_MS = 500;
const CALL_MS_MAX = 60_000;
/** Tokens last an hour; a play that is held up longer signs in again. */
const TOKEN_MS_MAX = 45 * 60_000;

/** The public HTTP API as a person's program would use it: sign in, send JSON, repeat with the same Idempotency-Key. */
export class ApiClient {
  private readonly tokens = new Map<string, { token: string; at: number }>();

  constructor(
    readonly origin: string,
    private readonly password: string,
    private readonly time: RealTime,
  ) {}

  /** @throws AppError `demo-failed` when the answer is a refusal */
  async call(as: string, method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const answer = await this.send(as, method, path, body, idempotencyKey).catch((error: unknown) => {
        if (error instanceof AppError) throw error;
        return { status: 503, body: errorText(error) };
      });
      if (answer.status < 300) return answer.body;
      if ((answer.status === 503 || answer.status === 429) && tries < TRIES_MAX) {
        await this.time.realSleep(RETRY_MS);
        continue;
      }
      throw new AppError('demo-failed', `${method} ${path} as ${as}: ${answer.status} ${JSON.stringify(answer.body)}`, { level: 'error' });
    }
  }

  private async send(as: string, method: string, path: string, body: unknown, idempotencyKey?: string): Promise<ApiAnswer> {
    const headers: Record<string, string> = { authorization: `Bearer ${await this.token(as)}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    return this.fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  private async token(username: string): Promise<string> {
    const known = this.tokens.get(username);
    if (known && this.time.monotonicMs() - known.at < TOKEN_MS_MAX) return known.token;
    const body = JSON.stringify({ username, password: this.password });
    const answer = await this.fetch('/api/v1/auth/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (answer.status !== 200) throw new AppError('demo-failed', `sign-in of ${username}: ${answer.status}`, { level: 'error' });
    const { accessToken } = answer.body as { accessToken: string };
    this.tokens.set(username, { token: accessToken, at: this.time.monotonicMs() });
    return accessToken;
  }

  private async fetch(path: string, init: RequestInit): Promise<ApiAnswer> {
    const response = await fetch(`${this.origin}${path}`, { ...init, signal: AbortSignal.timeout(CALL_MS_MAX) });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: json && text !== '' ? (JSON.parse(text) as unknown) : text };
  }
}
