import { AppError, errorText, failPoint, Recurring, type Clock, type Log } from '#kernel';
import { placeholders, type Database } from '#persistence';
import type { Message, MessageBus } from './bus.js';
import { messageOf, type OutboxRow } from './outbox.js';
import { SOURCE_HEADER } from './receipts.js';
import { OutboxWatch } from './outbox-watch.js';

/** Rows published in one go. */
export const RELAY_BATCH_MAX = 500;
/** So many full batches one after another are a backlog, which new rows do not wait behind. */
export const BACKLOG_BATCHES = 4;
/** Batches of new rows between two of the backlog, so that the backlog moves too. */
const NEW_BATCHES_MAX = 4;
/** Published rows are kept this long for re-publication, then deleted in small bites; receipts, where there are any, delete them sooner. */
export const PUBLISHED_KEPT_MS = 24 * 3_600_000;
const CLEAN_EVERY_MS = 60_000;
const CLEAN_ROWS_MAX = 2_000;
/** A topic's loop is woken by the watch; this often it looks by itself. */
const UNASKED_EVERY_MS = 30_000;

/** Says whether this process may act for all replicas at this moment. */
export interface Leader {
  readonly held: boolean;
}

/** What differs where several processes share the database, or where the bus acknowledges before the effect. */
export interface RelayMode {
  /** A relay whose process does not hold the lease publishes nothing. Two that publish for a moment do no harm: readers drop repetitions. */
  readonly leader?: Leader;
  /** Name of app and database, set as the header `source`: readers then send receipts, and OutboxReceipts deletes the rows. */
  readonly source?: string;
}

/**
 * Brings one database's outbox to the bus: each topic on its own, so that a topic nobody takes holds up no other (I15).
 * Selects on `published_at IS NULL`, never on a cursor: a row that commits late would be behind the cursor and never seen.
 */
export class Relay {
  private readonly watch: OutboxWatch;
  private readonly loops: ReadonlyMap<string, Recurring>;
  private readonly cleaner: Recurring;
  private readonly busy = new Set<string>();
  private paused = false;
  /** Rows published and marked since the start. */
  published = 0;

  constructor(
    private readonly database: Database,
    private readonly bus: MessageBus,
    topics: readonly string[],
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly mode: RelayMode = {},
  ) {
    const failed = (error: unknown): void => {
      // While a process starts, its own readers come one after another; a topic that nobody reads yet is no news then.
      const level = error instanceof AppError && error.code === 'bus-no-reader' ? 'info' : 'warn';
      this.log.write(level, 'relay-publish-failed', { reason: errorText(error) });
    };
    this.watch = new OutboxWatch(clock, mode.leader !== undefined, () => this.look(), failed);
    this.loops = new Map(topics.map((topic) => [topic, new Recurring(clock, UNASKED_EVERY_MS, () => this.turn(topic), failed)]));
    this.cleaner = new Recurring(clock, CLEAN_EVERY_MS, () => this.clean(), failed);
  }

  start(): void {
    for (const loop of this.loops.values()) loop.start();
    this.watch.start();
    // With receipts every row is deleted by its own; a row that has none must stay until it has.
    if (this.mode.source === undefined) this.cleaner.start();
  }

  /** Called after a commit that put rows into the outbox. */
  nudge(): void {
    this.watch.wake();
  }

  /** Holds delivery back, or lets it go: the switch of the accept benches. */
  hold(on: boolean): void {
    this.paused = on;
    if (!on) this.nudge();
  }

  async stop(): Promise<void> {
    for (const loop of [this.watch, ...this.loops.values(), this.cleaner]) await loop.stop();
  }

  private mayPublish(): boolean {
    return !this.paused && this.mode.leader?.held !== false;
  }

  /** Wakes the loops of topics that have something and are at rest, by one statement for all of them; says whether there was any. */
  private async look(): Promise<boolean> {
    const topics = [...this.loops.keys()].filter((topic) => !this.busy.has(topic));
    if (!this.mayPublish() || topics.length === 0) return false;
    const each = topics.map((_, at) => `EXISTS(SELECT 1 FROM outbox WHERE published_at IS NULL AND topic = ?) AS t${at}`);
    const row = await this.database.reader.one<Readonly<Record<string, number>>>(`SELECT ${each.join(', ')}`, topics);
    const found = topics.filter((_, at) => row?.[`t${at}`] === 1);
    for (const topic of found) this.loops.get(topic)?.wake();
    return found.length > 0;
  }

  /** What comes while a topic is busy nobody would look for before the next turn of the watch. */
  private async turn(topic: string): Promise<void> {
    const before = this.published;
    this.busy.add(topic);
    try {
      await this.drain(topic);
    } finally {
      this.busy.delete(topic);
    }
    if (this.published > before) this.watch.wake();
  }

  /** Publishes until nothing is left. */
  private async drain(topic: string): Promise<void> {
    let fullBatches = 0;
    /** Last row of the backlog, once there is one. Only new rows are looked for behind it; what commits late before it is found with the backlog. */
    let backlogEnd: number | undefined;
    while (this.mayPublish()) {
      if (backlogEnd !== undefined) await this.publishNew(topic, backlogEnd);
      const rows = await this.unpublished(topic, 0);
      if (rows.length > 0) await this.publish(rows);
      if (rows.length < RELAY_BATCH_MAX) return;
      fullBatches += 1;
      if (fullBatches === BACKLOG_BATCHES) backlogEnd = await this.lastUnpublished(topic);
      if (backlogEnd === undefined || (rows[rows.length - 1]?.seq ?? 0) < backlogEnd) continue;
      backlogEnd = undefined;
      fullBatches = 0;
    }
  }

  private async publishNew(topic: string, after: number): Promise<void> {
    for (let batch = 0; batch < NEW_BATCHES_MAX && this.mayPublish(); batch += 1) {
      const rows = await this.unpublished(topic, after);
      if (rows.length > 0) await this.publish(rows);
      if (rows.length < RELAY_BATCH_MAX) return;
    }
  }

  private unpublished(topic: string, after: number): Promise<OutboxRow[]> {
    return this.database.reader.all<OutboxRow>(
      `SELECT seq, id, topic, msg_key, type, at, headers, body FROM outbox
       WHERE published_at IS NULL AND topic = ? AND seq > ? ORDER BY seq LIMIT ${RELAY_BATCH_MAX}`,
      [topic, after],
    );
  }

  private async lastUnpublished(topic: string): Promise<number | undefined> {
    const last = await this.database.reader.one<{ seq: number }>(
      'SELECT seq FROM outbox WHERE published_at IS NULL AND topic = ? ORDER BY seq DESC LIMIT 1',
      [topic],
    );
    return last?.seq;
  }

  private async publish(rows: readonly OutboxRow[]): Promise<void> {
    failPoint('relay.read-before-publish');
    await this.bus.publish(rows.map((row) => this.outgoing(row)));
    failPoint('relay.published-before-mark');
    const seqs = rows.map((row) => row.seq);
    await this.database.run(async (tx) => {
      await tx.run(`UPDATE outbox SET published_at = ? WHERE seq IN (${placeholders(seqs.length)})`, [this.clock.now(), ...seqs]);
      failPoint('relay.mark-before-commit');
    });
    this.published += rows.length;
    failPoint('relay.marked');
  }

  private outgoing(row: OutboxRow): Message {
    const message = messageOf(row);
    const { source } = this.mode;
    return source === undefined ? message : { ...message, headers: { ...message.headers, [SOURCE_HEADER]: source } };
  }

  private async clean(): Promise<void> {
    const before = this.clock.now() - PUBLISHED_KEPT_MS;
    const old = await this.database.reader.all<{ seq: number }>(
      `SELECT seq FROM outbox WHERE published_at < ? ORDER BY published_at LIMIT ${CLEAN_ROWS_MAX}`,
      [before],
    );
    if (old.length === 0) return;
    const seqs = old.map((row) => row.seq);
    await this.database.run((tx) => tx.run(`DELETE FROM outbox WHERE seq IN (${placeholders(seqs.length)})`, seqs));
  }
}
