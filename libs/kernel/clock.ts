import { AppError } from './errors.js';
import type { Instant } from './dates.js';

export interface Timer {
  cancel(): void;
}

/**
 * Business time. Deadlines, terms, lapses and polling go by this clock, which a test, the simulation and
 * `POST /sim/clock` may move forward; it never goes back.
 */
export interface Clock {
  now(): Instant;
  /** Calls `work` once when `delayMs` of business time have passed. `work` must not throw. */
  setTimer(delayMs: number, work: () => void): Timer;
  sleep(delayMs: number): Promise<void>;
}

/** Real elapsed time, for tokens, rate limits, TLS and transport time-outs, which no jump of business time may touch. */
export interface RealTime {
  realNow(): Instant;
  setRealTimer(delayMs: number, work: () => void): Timer;
  realSleep(delayMs: number): Promise<void>;
  /** Monotonic milliseconds with fractions, for measuring. */
  monotonicMs(): number;
}

/** The largest delay that the runtime's timers take; longer ones are set again when it has passed. */
const TIMER_MS_MAX = 2_000_000_000;

interface Pending {
  readonly due: Instant;
  readonly work: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** The process's clock: real time plus an offset that only grows. */
export class SystemClock implements Clock, RealTime {
  private offsetMs: number;
  private readonly pending = new Set<Pending>();

  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs;
  }

  now(): Instant {
    return Date.now() + this.offsetMs;
  }

  offset(): number {
    return this.offsetMs;
  }

  /** Moves business time forward and fires at once what fell due. */
  advance(byMs: number): void {
    if (!Number.isSafeInteger(byMs) || byMs < 0) throw new AppError('invalid', 'time never goes back');
    this.offsetMs += byMs;
    for (const timer of [...this.pending].sort((a, b) => a.due - b.due)) this.arm(timer);
  }

  setTimer(delayMs: number, work: () => void): Timer {
    const timer: Pending = { due: this.now() + Math.max(0, delayMs), work, handle: undefined };
    this.pending.add(timer);
    this.arm(timer);
    return {
      cancel: () => {
        clearTimeout(timer.handle);
        this.pending.delete(timer);
      },
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve));
  }

  realNow(): Instant {
    return Date.now();
  }

  setRealTimer(delayMs: number, work: () => void): Timer {
    const handle = setTimeout(work, Math.min(delayMs, TIMER_MS_MAX));
    return { cancel: () => clearTimeout(handle) };
  }

  realSleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setRealTimer(delayMs, resolve));
  }

  monotonicMs(): number {
    return performance.now();
  }

  private arm(timer: Pending): void {
    clearTimeout(timer.handle);
    const wait = Math.min(Math.max(0, timer.due - this.now()), TIMER_MS_MAX);
    timer.handle = setTimeout(() => {
      if (timer.due > this.now()) return this.arm(timer);
      this.pending.delete(timer);
      timer.work();
    }, wait);
  }
}

/**
 * Runs `work` again and again, `everyMs` of business time after each end, never twice at once.
 * A jump of the clock over several turns runs it once. `wake()` runs it now (or once more, when it is running).
 */
export class Recurring {
  private timer: Timer | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.wake();
  }

  wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.timer?.cancel();
    this.running = this.turn();
  }

  /** Stops and waits until the turn that is running has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.running;
  }

  private async turn(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.onError(error);
    }
    this.running = undefined;
    if (this.stopped) return;
    const delay = this.again ? 0 : this.everyMs;
    this.again = false;
    this.timer = this.clock.setTimer(delay, () => this.wake());
  }
}
