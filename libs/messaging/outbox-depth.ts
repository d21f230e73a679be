import { errorText, Recurring, type Clock, type Log, type RealTime } from '#kernel';
import type { Database } from '#persistence';

/** Rows that may wait for the bus before callers are asked to wait too: more than half an hour of the highest rate of orders. */
export const OUTBOX_ROWS_MAX = 2_000_000;
const LOOK_EVERY_MS = 500;
/** Counting takes at most this part of the time, however many rows there are. */
const COUNTING_SHARE = 0.1;

export interface OutboxDepthOptions {
  readonly database: Database;
  /** Those of the relay. */
  readonly topics: readonly string[];
  readonly clock: Clock & RealTime;
  readonly log: Log;
  readonly rowsMax?: number | undefined;
}

/**
 * Knows whether more rows of an outbox wait for the bus than may. It looks twice a second at the ends of the queue, which costs next to
 * nothing, and counts only when these are so far apart that the limit may be passed: one old row that nobody takes is no queue.
 */
export class OutboxDepth {
  private readonly loop: Recurring;
  private readonly rowsMax: number;
  private countAgainAt = 0;
  private over = false;

  constructor(private readonly options: OutboxDepthOptions) {
    const { clock, log, rowsMax = OUTBOX_ROWS_MAX } = options;
    this.rowsMax = rowsMax;
    const failed = (error: unknown): void => log.write('warn', 'outbox-depth-unknown', { reason: errorText(error) });
    this.loop = new Recurring(clock, LOOK_EVERY_MS, () => this.look(), failed);
  }

  /** As of the last look; while the store does not answer, it stays as it was. */
  get isOver(): boolean {
    return this.over;
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Looks now, without waiting for the next turn. */
  async look(): Promise<void> {
    if ((await this.span()) <= this.rowsMax) return this.say(false);
    const { clock } = this.options;
    const began = clock.monotonicMs();
    if (began < this.countAgainAt) return;
    const isOver = (await this.counted()) > this.rowsMax;
    const ended = clock.monotonicMs();
    this.countAgainAt = ended + (ended - began) / COUNTING_SHARE;
    this.say(isOver);
  }

  private say(isOver: boolean): void {
    if (isOver !== this.over) this.options.log.write(isOver ? 'warn' : 'info', 'outbox-over-limit', { isOver, rowsMax: this.rowsMax });
    this.over = isOver;
  }

  /** No more rows than this can wait: from the oldest that does to the newest there is. */
  private async span(): Promise<number> {
    const { database, topics } = this.options;
    const oldest = topics.map(
      (_, at) => `(SELECT seq FROM outbox WHERE published_at IS NULL AND topic = ? ORDER BY seq LIMIT 1) AS t${at}`,
    );
    const row = await database.reader.one<Readonly<Record<string, number | null>>>(
      `SELECT ${[...oldest, '(SELECT MAX(seq) FROM outbox) AS newest'].join(', ')}`,
      topics,
    );
    const waiting = topics.flatMap((_, at) => row?.[`t${at}`] ?? []);
    return waiting.length === 0 ? 0 : (row?.['newest'] ?? 0) - Math.min(...waiting) + 1;
  }

  private async counted(): Promise<number> {
    const row = await this.options.database.reader.one<{ n: number }>(
      `SELECT COUNT(*) AS n FROM (SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT ${this.rowsMax + 1}) AS waiting`,
    );
    return row?.n ?? 0;
  }
}
