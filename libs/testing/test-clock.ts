import { AppError, type Clock, type Instant, type RealTime, type Timer } from '#kernel';

/** 2026-03-02 09:00 in Asia/Shanghai, a Monday: where a test clock starts unless told otherwise. */
export const TEST_START: Instant = Date.UTC(2026, 2, 2, 1, 0, 0);

/** A clock that fires more timers than this in one `advance` is being re-armed with no delay for ever. */
const FIRINGS_MAX = 100_000;

interface Pending {
  readonly due: Instant;
  readonly work: () => void;
}

/**
 * A clock that stands still until the test moves it. Timers fire in the order in which they are due, and in the order in which they
 * were set where two are due at once, so that a test runs the same way every time.
 *
 * Like the process's clock it has two axes: `advance` lets real time and business time pass together, `jump` moves business time
 * alone, as `POST /sim/clock` does.
 */
export class TestClock implements Clock, RealTime {
  private real: Instant;
  private offsetMs = 0;
  private readonly business = new Set<Pending>();
  private readonly transport = new Set<Pending>();

  constructor(start: Instant = TEST_START) {
    this.real = start;
  }

  now(): Instant {
    return this.real + this.offsetMs;
  }

  realNow(): Instant {
    return this.real;
  }

  monotonicMs(): number {
    return this.real;
  }

  setTimer(delayMs: number, work: () => void): Timer {
    return this.add(this.business, this.now() + Math.max(0, delayMs), work);
  }

  setRealTimer(delayMs: number, work: () => void): Timer {
    return this.add(this.transport, this.real + Math.max(0, delayMs), work);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve));
  }

  realSleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setRealTimer(delayMs, resolve));
  }

  /** How many timers wait, on both axes: a unit that has been stopped leaves none behind. */
  pendingTimers(): number {
    return this.business.size + this.transport.size;
  }

  /**
   * Lets time pass, stopping at each timer on the way and letting what it started run on before the next one fires.
   * @throws AppError `invalid` for a step back, `limit-exceeded` when timers re-arm themselves without end
   */
  async advance(byMs: number): Promise<void> {
    this.assertForward(byMs);
    const target = this.real + byMs;
    await settle();
    await this.fireUntil(target);
    this.real = target;
  }

  /** Moves business time alone and fires what fell due by it; real timers stay as they are. */
  async jump(byMs: number): Promise<void> {
    this.assertForward(byMs);
    this.offsetMs += byMs;
    await this.advance(0);
  }

  private assertForward(byMs: number): void {
    if (!Number.isSafeInteger(byMs) || byMs < 0) throw new AppError('invalid', 'time never goes back');
  }

  private add(axis: Set<Pending>, due: Instant, work: () => void): Timer {
    const timer: Pending = { due, work };
    axis.add(timer);
    return { cancel: () => void axis.delete(timer) };
  }

  private async fireUntil(target: Instant): Promise<void> {
    for (let firings = 0; firings < FIRINGS_MAX; firings += 1) {
      const next = this.earliest();
      if (!next || next.realDue > target) return;
      this.real = Math.max(this.real, next.realDue);
      next.axis.delete(next.timer);
      next.timer.work();
      await settle();
    }
    throw new AppError('limit-exceeded', `more than ${FIRINGS_MAX} timers fired in one step`);
  }

  private earliest(): { axis: Set<Pending>; timer: Pending; realDue: Instant } | undefined {
    let first: { axis: Set<Pending>; timer: Pending; realDue: Instant } | undefined;
    for (const [axis, offset] of [
      [this.transport, 0],
      [this.business, this.offsetMs],
    ] as const) {
      for (const timer of axis) {
        const realDue = timer.due - offset;
        if (!first || realDue < first.realDue) first = { axis, timer, realDue };
      }
    }
    return first;
  }
}

/** Lets every promise that can go on without time or outside input go on. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
