import { LRUCache } from 'lru-cache';
import type { RealTime } from '#kernel';
import { AddressCeiling } from './address-ceiling.js';

/** Wrong passwords that cost nothing yet. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
export const SIGN_IN_WAIT_MS_MAX = 300_000;
/** Failures are forgotten after this long without another one. */
export const FAILURES_FORGOTTEN_MS = 3_600_000;
/** Beyond this many remembered pairs the oldest are forgotten. */
const REMEMBERED_MAX = 50_000;

/** The wrong passwords of one pair of name and address. */
export interface Failures {
  readonly count: number;
  /** Real time of the last one. */
  readonly lastAtMs: number;
}

/** Where failures are kept. Processes that share one share the waits as well. */
export interface FailureBook {
  find(pair: string): Promise<Failures | undefined>;
  /** Adds one that happened at `atMs`; those before `forgottenBeforeMs` count no more. Two at once count as two. */
  add(pair: string, atMs: number, forgottenBeforeMs: number): Promise<void>;
  clear(pair: string): Promise<void>;
}

/** A book for one process alone. */
export class FailuresInMemory implements FailureBook {
  private readonly pairs = new LRUCache<string, Failures>({ max: REMEMBERED_MAX });

  find(pair: string): Promise<Failures | undefined> {
    return Promise.resolve(this.pairs.get(pair));
  }

  add(pair: string, atMs: number, forgottenBeforeMs: number): Promise<void> {
    const known = this.pairs.get(pair);
    this.pairs.set(pair, { count: known && known.lastAtMs > forgottenBeforeMs ? known.count + 1 : 1, lastAtMs: atMs });
    return Promise.resolve();
  }

  clear(pair: string): Promise<void> {
    this.pairs.delete(pair);
    return Promise.resolve();
  }
}

/**
 * Slows guessing down: after five failures of one user name from one address each further one doubles the wait, up to five
 * minutes. The pair counts and not the name alone, so nobody can lock a colleague out from elsewhere; a ceiling per
 * address stops one machine from trying many names. Real time: pairs are as shared as their book, the ceiling is per process.
 */
export class SignInGuard {
  private readonly addresses: AddressCeiling;

  constructor(
    private readonly time: Pick<RealTime, 'monotonicMs' | 'realNow'>,
    private readonly book: FailureBook = new FailuresInMemory(),
  ) {
    this.addresses = new AddressCeiling(time);
  }

  /** Milliseconds until the next attempt may be made; 0 when it may be made now. */
  async waitMs(username: string, address: string): Promise<number> {
    const known = await this.book.find(pairKey(username, address));
    return Math.max(known ? this.pairWaitMs(known) : 0, this.addresses.waitMs(address));
  }

  async noteFailure(username: string, address: string): Promise<void> {
    const nowMs = this.time.realNow();
    this.addresses.noteFailure(address);
    await this.book.add(pairKey(username, address), nowMs, nowMs - FAILURES_FORGOTTEN_MS);
  }

  /**
   * A right password clears the pair, which costs a write only when there is something to clear. The address keeps its count, or one
   * known password would buy endless guesses at others.
   */
  async noteSuccess(username: string, address: string): Promise<void> {
    const pair = pairKey(username, address);
    if (await this.book.find(pair)) await this.book.clear(pair);
  }

  /** Another process's clock may be ahead of this one's; nobody waits longer for that than the wait itself. */
  private pairWaitMs({ count, lastAtMs }: Failures): number {
    const sinceMs = this.time.realNow() - lastAtMs;
    if (count < FREE_FAILURES || sinceMs >= FAILURES_FORGOTTEN_MS) return 0;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES), SIGN_IN_WAIT_MS_MAX);
    return Math.min(wait, Math.max(0, wait - sinceMs));
  }
}

/** User names are compared without regard to case here, so that changing case buys no further guesses. */
function pairKey(username: string, address: string): string {
  return JSON.stringify([username.normalize('NFKC').toLowerCase().slice(0, 128), address]);
}
