import { AppError, type RealTime } from '#kernel';

/**
 * Waits for work that cannot be cancelled, but not longer than `msMax` of real time; what comes of it later is dropped.
 * @throws AppError `timed-out`
 */
export async function withinLimit<T>(time: RealTime, msMax: number, work: Promise<T>, what: string): Promise<T> {
  let cutOff: (error: Error) => void = () => undefined;
  const limit = new Promise<never>((_, reject) => (cutOff = reject));
  const timer = time.setRealTimer(msMax, () =>
    cutOff(new AppError('timed-out', `${what}: not within ${msMax} ms`, { retryable: true, level: 'warn' })),
  );
  try {
    return await Promise.race([work, limit]);
  } finally {
    timer.cancel();
  }
}
