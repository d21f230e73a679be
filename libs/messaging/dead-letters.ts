import { AppError, type Clock, type Instant } from '#kernel';
import { type Database, type Row, type Tx } from '#persistence';
import type { Message } from './bus.js';
import type { Fact, FactRecorder } from './facts.js';
import { messageOf, type OutboxRow } from './outbox.js';

/** Dead letters of one page. */
export const DEAD_LETTERS_MAX = 100;
export const REDRIVEN_FACT = 'dead-letter.redriven';

/** What may be shown of a dead letter; its body may be sealed and is not here. */
export interface DeadLetter {
  readonly reader: string;
  readonly messageId: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly attempts: number;
  readonly error: string;
  readonly diedAt: Instant;
  readonly redrivenAt: Instant | undefined;
}

/** The part of an InboxReader that drives a message again. */
export interface Redrivable {
  readonly name: string;
  again(message: Message, within: (tx: Tx) => Promise<void>): Promise<void>;
}

/** Two persons: one has asked, another has approved. The app has checked their roles and keeps the request between the two steps. */
export interface Redrive {
  readonly reader: string;
  readonly messageId: string;
  readonly askedBy: string;
  readonly approvedBy: string;
}

interface DeadLetterRow extends OutboxRow {
  readonly reader: string;
  readonly attempts: number;
  readonly error: string;
  readonly died_at: number;
  readonly redriven_at: number | null;
}

const COLUMNS = '0 AS seq, message_id AS id, reader, topic, msg_key, type, at, headers, body, attempts, error, died_at, redriven_at';

/** Messages that were laid aside after their last attempt: counted, listed, and driven again by two persons. */
export class DeadLetters {
  constructor(
    private readonly database: Database,
    /** The readers of the same database; a letter of any other cannot be driven again here. */
    private readonly readers: readonly Redrivable[],
    private readonly facts: FactRecorder,
    private readonly clock: Clock,
  ) {}

  /** How many wait for a decision, for metrics and the alarm. */
  async open(): Promise<number> {
    const row = await this.database.reader.one<Row & { n: number }>('SELECT count(*) AS n FROM dead_letters WHERE redriven_at IS NULL');
    return row?.n ?? 0;
  }

  /** The oldest open ones, or the newest of all. */
  async list(which: 'open' | 'all'): Promise<readonly DeadLetter[]> {
    const where = which === 'open' ? 'WHERE redriven_at IS NULL ORDER BY died_at' : 'ORDER BY died_at DESC';
    const rows = await this.database.reader.all<DeadLetterRow>(`SELECT ${COLUMNS} FROM dead_letters ${where} LIMIT ${DEAD_LETTERS_MAX}`);
    return rows.map(letterOf);
  }

  /**
   * Puts the letter's message through its handler once more. The mark `redriven_at`, the effect and the fact commit together (I3), so that of two that
   * press at once one finds it driven already, and a handler that fails leaves the letter open.
   * @throws AppError `same-person`, `not-found`, `already-redriven`, or what the handler throws
   */
  async redrive(asked: Redrive): Promise<void> {
    if (asked.askedBy === asked.approvedBy) throw new AppError('same-person', 'a redrive needs another person to approve it');
    const row = await this.database.reader.one<DeadLetterRow>(`SELECT ${COLUMNS} FROM dead_letters WHERE reader = ? AND message_id = ?`, [
      asked.reader,
      asked.messageId,
    ]);
    const reader = this.readers.find(({ name }) => name === asked.reader);
    if (!row || !reader) throw new AppError('not-found', 'there is no such dead letter');
    await reader.again(messageOf(row), async (tx) => {
      const changed = await tx.run('UPDATE dead_letters SET redriven_at = ? WHERE reader = ? AND message_id = ? AND redriven_at IS NULL', [
        this.clock.now(),
        asked.reader,
        asked.messageId,
      ]);
      if (changed === 0) throw new AppError('already-redriven', 'the dead letter has been driven again already');
      await this.facts.record(tx, factOf(row, asked));
    });
  }
}

function factOf({ reader, id, topic, type, error }: DeadLetterRow, { askedBy, approvedBy }: Redrive): Fact {
  return {
    type: REDRIVEN_FACT,
    subject: `dead-letter:${id}`,
    actor: approvedBy,
    content: { reader, messageId: id, topic, messageType: type, error, askedBy, approvedBy },
  };
}

function letterOf(row: DeadLetterRow): DeadLetter {
  return {
    reader: row.reader,
    messageId: row.id,
    topic: row.topic,
    key: row.msg_key,
    type: row.type,
    attempts: row.attempts,
    error: row.error,
    diedAt: row.died_at,
    redrivenAt: row.redriven_at ?? undefined,
  };
}
