import { AppError, errorText, failPoint, Recurring, type Clock, type Log } from '#kernel';
import { placeholders, type Database } from '#persistence';
import type { MessageBus } from './bus.js';
import { messageOf, type OutboxRow } from './outbox.js';

/** Rows published in one go. */
export const RELAY_BATCH_MAX = 500;
/** How often an idle relay looks, when nobody nudges it. */
export const RELAY_IDLE_MS = 250;
/** Published rows are kept this long for re-publication, then deleted in small bites. */
export const PUBLISHED_KEPT_MS = 24 * 3_600_000;
const CLEAN_EVERY_MS = 60_000;
const CLEAN_ROWS_MAX = 2_000;

/**
 * Brings one database's outbox to the bus: each topic on its own, so that a topic nobody takes holds up no other (I15).
 * Selects on `published_at IS NULL`, never on a cursor: a row that commits late would be behind the cursor and never seen.
 */
export interface RelayLeader {
  /** Cheap; false when in doubt. */
  readonly held: boolean;
}

export class Relay {
  private readonly loops: Recurring[];
  private readonly cleaner: Recurring;
  private held = false;
  /** Rows published and marked since the start. */
  published = 0;

  constructor(
    private readonly database: Database,
    private readonly bus: MessageBus,
    topics: readonly string[],
    private readonly clock: Clock,
    private readonly log: Log,
    /** Where several processes share the outbox, the one that empties it; left out, this one does. */
    private readonly leader?: RelayLeader,
  ) {
    const failed = (error: unknown): void => {
      // While a process starts, its own readers come one after another; a topic that nobody reads yet is no news then.
      const level = error instanceof AppError && error.code === 'bus-no-reader' ? 'info' : 'warn';
      this.log.write(level, 'relay-publish-failed', { reason: errorText(error) });
    };
    this.loops = topics.map((topic) => new Recurring(clock, RELAY_IDLE_MS, () => this.drain(topic), failed));
    this.cleaner = new Recurring(clock, CLEAN_EVERY_MS, () => this.clean(), failed);
  }

  start(): void {
    for (const loop of this.loops) loop.start();
    this.cleaner.start();
  }

  /** Called after a commit that put rows into the outbox. */
  nudge(): void {
    for (const loop of this.loops) loop.wake();
  }

  /** Holds delivery back, or lets it go: the switch of the accept benches. */
  hold(on: boolean): void {
    this.held = on;
    if (!on) this.nudge();
  }

  async stop(): Promise<void> {
    for (const loop of [...this.loops, this.cleaner]) await loop.stop();
  }

  private async drain(topic: string): Promise<void> {
    while (!this.held && this.leader?.held !== false) {
      const rows = await this.database.reader.all<OutboxRow>(
        `SELECT seq, id, topic, msg_key, type, at, headers, body FROM outbox
         WHERE published_at IS NULL AND topic = ? ORDER BY seq LIMIT ${RELAY_BATCH_MAX}`,
        [topic],
      );
      if (rows.length === 0) return;
      failPoint('relay.read-before-publish');
      await this.bus.publish(rows.map(messageOf));
      failPoint('relay.published-before-mark');
      const seqs = rows.map((row) => row.seq);
      await this.database.run(async (tx) => {
        await tx.run(`UPDATE outbox SET published_at = ? WHERE seq IN (${placeholders(seqs.length)})`, [this.clock.now(), ...seqs]);
        failPoint('relay.mark-before-commit');
      });
      this.published += rows.length;
      failPoint('relay.marked');
      if (rows.length < RELAY_BATCH_MAX) return;
    }
  }

  private async clean(): Promise<void> {
    if (this.leader?.held === false) return;
    const before = this.clock.now() - PUBLISHED_KEPT_MS;
    const old = await this.database.reader.all<{ seq: number }>(
      `SELECT seq FROM outbox WHERE published_at < ? ORDER BY seq LIMIT ${CLEAN_ROWS_MAX}`,
      [before],
    );
    if (old.length === 0) return;
    const seqs = old.map((row) => row.seq);
    await this.database.run((tx) => tx.run(`DELETE FROM outbox WHERE seq IN (${placeholders(seqs.length)})`, seqs));
  }
}
