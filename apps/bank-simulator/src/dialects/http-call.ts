import { AppError, type RealTime } from '#kernel';

/** How long one call may take, in real time. */
export const CALL_MS_MAX = 30_000;
/** Bytes that an answer to a call may have; a page of orders is the largest. */
export const REPLY_BYTES_MAX = 64 * 1024 * 1024;

export interface CallReply {
  readonly status: number;
  readonly body: Buffer;
}

/** One HTTP call with a real time-out. @throws AppError `unavailable` when there was no complete reply */
export async function httpCall(
  time: RealTime,
  url: string,
  init: { method: string; headers?: Record<string, string>; body?: Buffer },
): Promise<CallReply> {
  const cutOff = new AbortController();
  const timer = time.setRealTimer(CALL_MS_MAX, () => cutOff.abort());
  try {
    const body = init.body ? new Uint8Array(init.body) : undefined;
    const response = await fetch(url, { method: init.method, headers: init.headers, body, signal: cutOff.signal });
    const reply = Buffer.from(await response.arrayBuffer());
    if (reply.length > REPLY_BYTES_MAX) throw new AppError('unavailable', `the reply of ${url} is too large`);
    return { status: response.status, body: reply };
  } catch (cause) {
    throw new AppError('unavailable', `no reply from ${url}`, { cause, retryable: true });
  } finally {
    timer.cancel();
  }
}
