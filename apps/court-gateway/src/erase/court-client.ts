import type { CommandCredentials } from '../config.js';
import { AppError, errorText, newId, type Clock, type Entropy, type RealTime } from '#kernel';

const CALL_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 1024 * 1024;

/** A refusal of the court's interface, in its own words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** The court's public interface, as a command calls it. */
export class CourtClient {
  private token: string | undefined;

  constructor(
    private readonly court: string,
    private readonly credentials: CommandCredentials,
    private readonly clock: Clock & RealTime,
    private readonly entropy: Entropy,
  ) {}

  get(path: string): Promise<Readonly<Record<string, unknown>>> {
    return this.authorised('GET', path);
  }

  post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    return this.authorised('POST', path, body);
  }

  private async authorised(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    this.token ??= await this.signIn();
    const key = newId(this.clock, this.entropy);
    return this.send(method, path, { authorization: `Bearer ${this.token}`, ...(body ? { 'idempotency-key': key } : {}) }, body);
  }

  private async signIn(): Promise<string> {
    if ('token' in this.credentials) return this.credentials.token;
    const { accessToken } = await this.send('POST', '/api/v1/auth/token', {}, this.credentials);
    if (typeof accessToken !== 'string') throw new AppError('unavailable', 'the court gave no token');
    return accessToken;
  }

  /** @throws Refused with the interface's code; AppError `unavailable` when it cannot be reached or answers something else */
  private async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Readonly<Record<string, unknown>>> {
    const abort = new AbortController();
    const timer = this.clock.setRealTimer(CALL_MS_MAX, () => abort.abort());
    try {
      const answer = await fetch(`${this.court}${path}`, {
        method,
        headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
        signal: abort.signal,
        redirect: 'error',
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return readAnswer(answer.status, await answer.text());
    } catch (cause) {
      if (cause instanceof Refused || cause instanceof AppError) throw cause;
      throw new AppError('unavailable', `the court at ${this.court} does not answer: ${errorText(cause)}`, { cause });
    } finally {
      timer.cancel();
    }
  }
}

function readAnswer(status: number, text: string): Readonly<Record<string, unknown>> {
  if (text.length > ANSWER_BYTES_MAX) throw new AppError('unavailable', 'the answer is too large');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('unavailable', `the answer ${status} is no JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null) throw new AppError('unavailable', `the answer ${status} is no object`);
  const body = value as Readonly<Record<string, unknown>>;
  if (status >= 200 && status < 300) return body;
  const { code, detail } = body;
  throw new Refused(typeof code === 'string' ? code : String(status), typeof detail === 'string' ? detail : '');
}
