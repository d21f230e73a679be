import { AppError, type RealTime } from '#kernel';

/** One call to the provider, from the connection to the last byte. */
export const OIDC_CALL_MS_MAX = 5_000;
/** A larger answer of the provider is none of its documents. */
export const OIDC_ANSWER_BYTES_MAX = 256 * 1024;
/** When to come back after the provider could not be reached. */
const RETRY_AFTER_SECONDS = 2;
/** After a call that failed, nobody asks again for so long, however many are waiting. */
export const OIDC_RETRY_MS = 1_000;
/** How deep the causes of an error are followed. */
const CAUSES_MAX = 8;
const TOO_MANY = 429;
const FAULT_OF_SERVER = 500;

/** What is asked of `fetch`, as far as the two libraries that talk to the provider ask it. */
interface Ask {
  readonly method?: string;
  readonly headers?: RequestInit['headers'];
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
}

/**
 * `fetch` for talking to the provider: bounded in time and bytes, never led elsewhere by a redirect, and of one error for everything
 * that a later attempt may mend. @throws AppError `unavailable`
 */
export async function boundedFetch(url: string, { method, headers, body, signal }: Ask): Promise<Response> {
  try {
    const limit = AbortSignal.timeout(OIDC_CALL_MS_MAX);
    const response = await fetch(url, {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined || body === null ? {} : { body: body as string | URLSearchParams }),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const bytes = await boundedBytes(response);
    if (response.status >= FAULT_OF_SERVER || response.status === TOO_MANY) throw new Error(`the provider answered ${response.status}`);
    const type = response.headers.get('content-type');
    return new Response(bytes.length === 0 ? null : bytes, {
      status: response.status,
      headers: type === null ? {} : { 'content-type': type },
    });
  } catch (cause) {
    throw providerUnavailable(cause);
  }
}

/** `boundedFetch` for what strangers can cause: after a failure the same error is given for a while without a call. */
export function coolingFetch(time: Pick<RealTime, 'monotonicMs'>): typeof boundedFetch {
  let failed: { readonly error: unknown; readonly atMs: number } | undefined;
  return async (url, ask) => {
    if (failed && time.monotonicMs() - failed.atMs < OIDC_RETRY_MS) throw failed.error;
    try {
      return await boundedFetch(url, ask);
    } catch (error) {
      failed = { error, atMs: time.monotonicMs() };
      throw error;
    }
  };
}

async function boundedBytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > OIDC_ANSWER_BYTES_MAX) throw new Error(`the provider answered more than ${OIDC_ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

export function providerUnavailable(cause: unknown): AppError {
  return new AppError('unavailable', '统一身份认证暂不可用，请稍后再试', {
    retryable: true,
    level: 'warn',
    cause,
    extra: { retryAfter: RETRY_AFTER_SECONDS },
  });
}

/** The error among the causes that says so, when the provider could not be reached; libraries wrap what `boundedFetch` throws. */
export function unavailableAmong(error: unknown): AppError | undefined {
  for (let at = error, depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1, at = at.cause) {
    if (at instanceof AppError && at.code === 'unavailable') return at;
  }
  return undefined;
}

/** The stable code that the provider or a library gives an error, for facts; never a text that a caller could write. */
export function oidcErrorWord(error: unknown): string {
  const { error: answered, code } = (typeof error === 'object' && error !== null ? error : {}) as { error?: unknown; code?: unknown };
  for (const word of [answered, code]) if (typeof word === 'string' && /^[A-Za-z_-]{1,60}$/.test(word)) return word;
  return 'other';
}
