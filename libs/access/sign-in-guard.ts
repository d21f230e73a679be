import { LRUCache } from 'lru-cache';
import type { RealTime } from '#kernel';

/** Wrong passwords that cost nothing yet. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
export const SIGN_IN_WAIT_MS_MAX = 300_000;
/** Failures are forgotten after this long without another one. */
const FORGET_MS = 3_600_000;
/** Wrong passwords from one address for all user names together, within one window. */
const ADDRESS_FAILURES_MAX = 300;
const ADDRESS_WINDOW_MS = 60_000;
/** Beyond this many remembered pairs or addresses the oldest are forgotten. */
const REMEMBERED_MAX = 50_000;

interface Failures {
  count: number;
  lastAtMs: number;
}

interface Window {
  startMs: number;
  failures: number;
}

/**
 * Slows guessing down: after five failures of one user name from one address each further one doubles the wait, up to five
 * minutes. The pair counts and not the name alone, so nobody can lock a colleague out from elsewhere; a ceiling per
 * address stops one machine from trying many names. Real time; kept in memory, so each process counts for itself.
 */
export class SignInGuard {
  private readonly pairs = new LRUCache<string, Failures>({ max: REMEMBERED_MAX });
  private readonly addresses = new LRUCache<string, Window>({ max: REMEMBERED_MAX });

  constructor(private readonly time: Pick<RealTime, 'monotonicMs'>) {}

  /** Milliseconds until the next attempt may be made; 0 when it may be made now. */
  waitMs(username: string, address: string): number {
    const nowMs = this.time.monotonicMs();
    return Math.max(this.pairWaitMs(pairKey(username, address), nowMs), this.addressWaitMs(address, nowMs));
  }

  noteFailure(username: string, address: string): void {
    const nowMs = this.time.monotonicMs();
    const key = pairKey(username, address);
    const known = this.pairs.get(key);
    const count = known && nowMs - known.lastAtMs < FORGET_MS ? known.count : 0;
    this.pairs.set(key, { count: count + 1, lastAtMs: nowMs });
    const window = this.addresses.get(address);
    if (window && nowMs - window.startMs < ADDRESS_WINDOW_MS) window.failures += 1;
    else this.addresses.set(address, { startMs: nowMs, failures: 1 });
  }

  /** A right password clears the pair; the address keeps its count, or one known password would buy endless guesses at others. */
  noteSuccess(username: string, address: string): void {
    this.pairs.delete(pairKey(username, address));
  }

  private pairWaitMs(key: string, nowMs: number): number {
    const known = this.pairs.get(key);
    if (!known || known.count < FREE_FAILURES) return 0;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (known.count - FREE_FAILURES), SIGN_IN_WAIT_MS_MAX);
    return Math.max(0, known.lastAtMs + wait - nowMs);
  }

  private addressWaitMs(address: string, nowMs: number): number {
    const window = this.addresses.get(address);
    if (!window || window.failures < ADDRESS_FAILURES_MAX) return 0;
    return Math.max(0, window.startMs + ADDRESS_WINDOW_MS - nowMs);
  }
}

/** User names are compared without regard to case here, so that changing case buys no further guesses. */
function pairKey(username: string, address: string): string {
  return JSON.stringify([username.normalize('NFKC').toLowerCase().slice(0, 128), address]);
}
