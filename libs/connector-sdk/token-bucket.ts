import type { RealTime } from '#kernel';

/** Lets on average `perSec` calls a second pass, and up to `burst` at once after a pause. Real time: a jump of business time fills nothing. */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private readonly perSec: number,
    private readonly burst: number,
    private readonly time: Pick<RealTime, 'monotonicMs'>,
  ) {
    this.tokens = burst;
    this.filledAtMs = time.monotonicMs();
  }

  /** How many calls may start now. */
  available(): number {
    this.fill();
    return Math.floor(this.tokens);
  }

  /** Takes one; also beyond what is there, so that a call which must be made is paid for afterwards. */
  take(): void {
    this.fill();
    this.tokens -= 1;
  }

  /** Real milliseconds until one more call may start. */
  waitMs(): number {
    this.fill();
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) * 1000) / this.perSec);
  }

  private fill(): void {
    const nowMs = this.time.monotonicMs();
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAtMs) * this.perSec) / 1000);
    this.filledAtMs = nowMs;
  }
}
