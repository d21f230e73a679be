import { LRUCache } from 'lru-cache';
import type { RealTime } from '#kernel';

/** Failed sign-ins from one address for all users together, within one window. */
const FAILURES_MAX = 300;
const WINDOW_MS = 60_000;
/** Beyond this many remembered addresses the oldest are forgotten. */
const REMEMBERED_MAX = 50_000;

interface Window {
  readonly startMs: number;
  failures: number;
}

/** Stops one machine from trying many names. Real time; kept in memory, so each process counts for itself. */
export class AddressCeiling {
  private readonly windows = new LRUCache<string, Window>({ max: REMEMBERED_MAX });

  constructor(private readonly time: Pick<RealTime, 'monotonicMs'>) {}

  /** Milliseconds until the address may try again; 0 when it may now. */
  waitMs(address: string): number {
    const window = this.windows.get(address);
    if (!window || window.failures < FAILURES_MAX) return 0;
    return Math.max(0, window.startMs + WINDOW_MS - this.time.monotonicMs());
  }

  noteFailure(address: string): void {
    const nowMs = this.time.monotonicMs();
    const window = this.windows.get(address);
    if (window && nowMs - window.startMs < WINDOW_MS) window.failures += 1;
    else this.windows.set(address, { startMs: nowMs, failures: 1 });
  }
}
