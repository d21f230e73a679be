import { LRUCache } from 'lru-cache';
import type { RealTime } from '#kernel';

export const CALLS_PER_SECOND_MAX = 2_000;
/** Users remembered at once; one that was forgotten starts with a full bucket. */
const USERS_MAX = 50_000;

interface Bucket {
  calls: number;
  atMs: number;
}

export type BudgetVerdict = { readonly allowed: true } | { readonly allowed: false; readonly retryAfter: number };

/**
 * A bucket of calls per user that fills at `perSecond` and holds one second's worth. Real time; each process counts for itself,
 * so the limit guards a process and is no quota of the installation.
 */
export class CallBudget {
  private readonly buckets = new LRUCache<string, Bucket>({ max: USERS_MAX });

  constructor(
    private readonly time: Pick<RealTime, 'monotonicMs'>,
    private readonly perSecond = CALLS_PER_SECOND_MAX,
  ) {}

  /** Takes one call, or says after how many whole seconds to come back. */
  take(userId: string): BudgetVerdict {
    const nowMs = this.time.monotonicMs();
    let bucket = this.buckets.get(userId);
    if (!bucket) {
      bucket = { calls: this.perSecond, atMs: nowMs };
      this.buckets.set(userId, bucket);
    }
    bucket.calls = Math.min(this.perSecond, bucket.calls + ((nowMs - bucket.atMs) / 1000) * this.perSecond);
    bucket.atMs = nowMs;
    if (bucket.calls < 1) return { allowed: false, retryAfter: Math.ceil((1 - bucket.calls) / this.perSecond) };
    bucket.calls -= 1;
    return { allowed: true };
  }
}
