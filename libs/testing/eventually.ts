import { AppError, errorText } from '#kernel';

/** How often a condition is asked again. */
const ASK_EVERY_MS = 20;
/** How long a test waits for a condition unless it says otherwise: long enough for a machine that is busy with something else. */
const DEFAULT_LIMIT_MS = 20_000;

/**
 * Waits until a condition yields a value that is neither `false`, `undefined` nor `null`, and returns that value.
 * A condition that throws counts as not yet fulfilled; what it threw last is named when the limit passes.
 * For a body of `expect(…)` take `eventuallyHolds`.
 * @param limitMs real milliseconds
 * @throws AppError `timed-out` when the limit passes
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  limitMs = DEFAULT_LIMIT_MS,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + limitMs;
  let last: unknown = 'the condition stayed false';
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null) return value as Exclude<T, false | undefined | null>;
      last = `the condition stayed ${String(value)}`;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) throw new AppError('timed-out', `not within ${limitMs} ms: ${errorText(last)}`, { cause: last });
    await realPause(ASK_EVERY_MS);
  }
}

/** Waits until a body of assertions no longer throws, and throws what it threw last when the limit passes. */
export async function eventuallyHolds(assertions: () => unknown, limitMs = DEFAULT_LIMIT_MS): Promise<void> {
  await eventually(async () => {
    await assertions();
    return true;
  }, limitMs);
}

/** A condition waits for the outside world, so it goes by real time even where the test has a clock of its own. */
function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
