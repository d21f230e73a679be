import type { RealTime } from '#kernel';

/** A worker that sleeps looks up this often whether it should stop, so that a slow bank does not hold up the end of the process. */
const SLICE_MS = 100;

/** Sleeps for a bank's latency in real time. Says false when it was broken off by `isStopped`. */
export async function sleepThrough(time: RealTime, latencyMs: number, isStopped: () => boolean): Promise<boolean> {
  const end = time.monotonicMs() + latencyMs;
  while (!isStopped()) {
    const left = end - time.monotonicMs();
    if (left <= 0) return true;
    await time.realSleep(Math.min(left, SLICE_MS));
  }
  return false;
}
