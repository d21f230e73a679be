import { decodeBody, encodeBody, RECEIPTS_TOPIC } from '#contracts';
import { errorText, type Instant, type Log } from '#kernel';
import { placeholders, type Database } from '#persistence';
import type { Message, MessageBus } from './bus.js';

/** Names the app and database whose outbox a message came from. A message without it has nobody who waits for a receipt. */
export const SOURCE_HEADER = 'source';
const TAKEN_TYPE = 'messages.taken.v1';
/** Rows are deleted the better the more of them; a receipt that comes late costs nothing. */
const PATIENCE_MS = 500;
/** Outbox rows deleted in one statement. */
const DELETE_ROWS_MAX = 500;

/** One small message per source for a batch (of at most 200) whose effects are committed. Receipts themselves get none. */
export function receiptsFor(batch: readonly Message[], at: Instant): readonly Message[] {
  const bySource = new Map<string, string[]>();
  for (const { id, topic, headers } of batch) {
    const source = headers[SOURCE_HEADER];
    if (source === undefined || topic === RECEIPTS_TOPIC) continue;
    const ids = bySource.get(source);
    if (ids) ids.push(id);
    else bySource.set(source, [id]);
  }
  return [...bySource].map(([source, ids]) => ({
    id: `taken/${ids[0] ?? ''}`,
    topic: RECEIPTS_TOPIC,
    key: source,
    type: TAKEN_TYPE,
    at,
    headers: {},
    body: encodeBody(TAKEN_TYPE, { source, ids }),
  }));
}

export interface OutboxReceiptsOptions {
  readonly database: Database;
  readonly bus: MessageBus;
  /** As the Relay of the same database sets it. */
  readonly source: string;
  readonly log: Log;
}

/**
 * Reads receipts and deletes the rows of its own outbox that have taken effect at their reader: the outbox then holds what is on its way and nothing
 * else. A receipt may come before the relay has marked its row, or twice, or for rows that are gone: all the same to it.
 */
export class OutboxReceipts {
  /** Rows deleted since the start. */
  deleted = 0;

  constructor(private readonly options: OutboxReceiptsOptions) {}

  start(): Promise<void> {
    const { bus, source } = this.options;
    return bus.subscribe({
      group: `outbox-${source}`,
      topics: [RECEIPTS_TOPIC],
      handle: (batch) => this.take(batch),
      patienceMs: PATIENCE_MS,
    });
  }

  private async take(batch: readonly Message[]): Promise<void> {
    const ids = batch.flatMap((message) => this.idsOf(message));
    for (let from = 0; from < ids.length; from += DELETE_ROWS_MAX) {
      const part = ids.slice(from, from + DELETE_ROWS_MAX);
      this.deleted += await this.options.database.run((tx) =>
        tx.run(`DELETE FROM outbox WHERE id IN (${placeholders(part.length)})`, part),
      );
    }
  }

  /** A receipt that cannot be read is worth as much as one that was lost: the rows are published again after a while. */
  private idsOf({ id, type, body }: Message): readonly string[] {
    try {
      if (type !== TAKEN_TYPE) return [];
      const taken = decodeBody(TAKEN_TYPE, body);
      return taken.source === this.options.source ? taken.ids : [];
    } catch (error) {
      this.options.log.write('error', 'receipt-unreadable', { id, reason: errorText(error) });
      return [];
    }
  }
}
