import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import type { Log, RealTime } from '#kernel';
import type { BankLimits } from './bank-profile.js';
import type { DayOutcome, SendOutcome, StatusOutcome, UnknownOutcome } from './outcomes.js';
import type { DayAsked, DayStatements, PushConnector, WireOrder } from './ports.js';
import { TokenBucket } from './token-bucket.js';

/** Real time between the end of one trial of a bank that seems dead and the next; well below the 30 s in which a crashed order must settle. */
export const BREAKER_PAUSE_MS = 3_000;

/** The breaker measures its pause by another clock of the runtime than we do. */
const CLOCKS_APART_MS = 20;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Carries an outcome that counts against the bank through the breaker, which counts what is thrown. */
class BankFailed extends Error {
  constructor(readonly outcome: UnknownOutcome) {
    super(outcome.reason);
  }
}

/**
 * What stands around every connector that calls its bank, so that the connector only translates: a cap on concurrent calls, a token
 * bucket, a circuit breaker and a deadline for each call. It never repeats a call: only the journal knows when that is lawful (I5).
 */
export class GuardedPush {
  private running = 0;
  private readonly bucket: TokenBucket;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly controllers = new Set<AbortController>();
  private openUntilMs = 0;

  constructor(
    private readonly bank: string,
    private readonly inner: PushConnector,
    private readonly limits: BankLimits,
    private readonly time: RealTime,
    private readonly log: Log,
  ) {
    this.bucket = new TokenBucket(limits.ratePerSec, limits.burst, time);
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: BREAKER_PAUSE_MS,
      breaker: new ConsecutiveBreaker(limits.failuresToOpen),
    });
    this.breaker.onBreak(() => {
      this.openUntilMs = time.monotonicMs() + BREAKER_PAUSE_MS + CLOCKS_APART_MS;
      log.write('warn', 'bank-breaker-open', { bank });
    });
    this.breaker.onReset(() => log.write('info', 'bank-breaker-closed', { bank }));
  }

  /** How many calls may start now; the journal takes no more orders in hand than that. A bank that seems dead is tried with one. */
  capacity(): number {
    const free = this.limits.concurrency - this.running;
    if (this.breaker.state === CircuitState.Closed) return Math.max(0, Math.min(free, this.bucket.available()));
    return this.time.monotonicMs() >= this.openUntilMs && this.running === 0 ? 1 : 0;
  }

  /** Real milliseconds after which it is worth asking for capacity again. */
  retryInMs(): number {
    if (this.breaker.state !== CircuitState.Closed) return Math.max(50, this.openUntilMs - this.time.monotonicMs());
    return Math.max(5, this.bucket.waitMs());
  }

  breakerState(): BreakerState {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /** Calls under way. */
  inFlight(): number {
    return this.running;
  }

  send(order: WireOrder): Promise<SendOutcome> {
    return this.call('send', (signal) => this.inner.send(order, signal));
  }

  query(order: WireOrder): Promise<StatusOutcome> {
    return this.call('query', (signal) => this.inner.query(order.orderNumber, signal, order));
  }

  /** A question about a day counts against the same limits; callers look at `capacity()` first. */
  askDay(days: DayStatements, asked: DayAsked): Promise<DayOutcome> {
    return this.call('day', (signal) => days.askDay(asked, signal));
  }

  /** Cuts off the calls under way, for the end of the process; each becomes `unknown`. */
  abortAll(): void {
    for (const controller of this.controllers) controller.abort();
  }

  private async call<T extends SendOutcome | StatusOutcome | DayOutcome>(
    what: 'send' | 'query' | 'day',
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | UnknownOutcome> {
    this.running += 1;
    this.bucket.take();
    const startedMs = this.time.monotonicMs();
    try {
      return await this.breaker.execute(async () => {
        const outcome = await this.withinDeadline(work);
        if (outcome.kind === 'unknown') throw new BankFailed(outcome);
        return outcome;
      });
    } catch (error) {
      const outcome = unknownOf(error);
      if (!outcome) throw error;
      const ms = Math.round(this.time.monotonicMs() - startedMs);
      this.log.write('info', 'bank-call-unknown', { bank: this.bank, what, reason: outcome.reason, ms });
      return outcome;
    } finally {
      this.running -= 1;
    }
  }

  private async withinDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.controllers.add(controller);
    const timer = this.time.setRealTimer(this.limits.deadlineMs, () => controller.abort());
    try {
      return await work(controller.signal);
    } finally {
      timer.cancel();
      this.controllers.delete(controller);
    }
  }
}

/** A call that the open breaker did not let through never left; the journal has recorded it as leaving, so it is unknown all the same. */
function unknownOf(error: unknown): UnknownOutcome | undefined {
  if (error instanceof BankFailed) return error.outcome;
  return isBrokenCircuitError(error) ? { kind: 'unknown', reason: 'breaker-open' } : undefined;
}
