import { errorText, Recurring, type Clock, type Log } from '#kernel';
import { placeholders, type Database } from '#persistence';
import type { Leader, Relay } from './relay.js';

/** A published row without a receipt for this long is published again. */
export const SWEEP_AFTER_MS = 60_000;
const SWEEP_EVERY_MS = 5_000;
/** Rows put back at once; nothing more is put back while one of them still has no receipt and the back-off runs. */
export const SWEEP_ROWS_MAX = 500;
/** The back-off while receipts do not come: doubled from SWEEP_AFTER_MS up to this. */
export const SWEEP_BACKOFF_MS_MAX = 15 * 60_000;

export interface SweeperOptions {
  readonly database: Database;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly log: Log;
  readonly leader?: Leader;
}

/**
 * An acknowledged message can still vanish: a topic is emptied, an offset set forward. What has no receipt after a while goes back to the unpublished rows,
 * and the relay publishes it as any other; the reader's inbox drops what it knows and its receipt comes once more. A reader that is merely away
 * must not find the same messages a thousand times, so a sweep that brought no receipts makes the next one wait twice as long.
 */
export class Sweeper {
  private readonly loop: Recurring;
  private outstanding: readonly number[] = [];
  private backoffMs = SWEEP_AFTER_MS;
  private notBefore = 0;
  /** Rows put back since the start. */
  swept = 0;

  constructor(private readonly options: SweeperOptions) {
    const failed = (error: unknown): void => options.log.write('warn', 'sweep-failed', { reason: errorText(error) });
    this.loop = new Recurring(options.clock, SWEEP_EVERY_MS, () => this.sweep(), failed);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sweep(): Promise<void> {
    const { database, relay, clock, log, leader } = this.options;
    if (leader && !leader.held) return;
    const now = clock.now();
    const answered = await this.allReceipted();
    if (!answered && now < this.notBefore) return;
    const due = await database.reader.all<{ seq: number }>(
      `SELECT seq FROM outbox WHERE published_at < ? ORDER BY published_at LIMIT ${SWEEP_ROWS_MAX}`,
      [now - SWEEP_AFTER_MS],
    );
    this.outstanding = due.map(({ seq }) => seq);
    this.backoffMs = answered ? SWEEP_AFTER_MS : Math.min(this.backoffMs * 2, SWEEP_BACKOFF_MS_MAX);
    this.notBefore = now + this.backoffMs;
    if (due.length === 0) return;
    const rows = placeholders(due.length);
    this.swept += await database.run((tx) =>
      tx.run(`UPDATE outbox SET published_at = NULL WHERE seq IN (${rows}) AND published_at < ?`, [
        ...this.outstanding,
        now - SWEEP_AFTER_MS,
      ]),
    );
    log.write('warn', 'outbox-swept', { rows: due.length, nextMs: this.backoffMs });
    relay.nudge();
  }

  private async allReceipted(): Promise<boolean> {
    if (this.outstanding.length === 0) return true;
    const left = await this.options.database.reader.one<{ n: number }>(
      `SELECT count(*) AS n FROM outbox WHERE seq IN (${placeholders(this.outstanding.length)})`,
      this.outstanding,
    );
    return left?.n === 0;
  }
}
