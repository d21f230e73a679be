import { AppError, type Clock, type Instant } from '#kernel';
import { type Database, type Row, type SqlValue, type Tx } from '#persistence';
import type { Message } from './bus.js';
import type { Fact, FactRecorder } from './facts.js';
import { messageOf, type OutboxRow } from './outbox.js';

/** Characters of a letter's error that are shown. */
const ERROR_CHARS_MAX = 1_000;
export const REDRIVEN_FACT = 'dead-letter.redriven';

/** A dead letter's name: who could not read which message. */
export interface LetterName {
  readonly reader: string;
  readonly messageId: string;
}

/** What may be shown of a dead letter; its body may be sealed, or hold what a person may not see, and is not here. */
export interface DeadLetter extends LetterName {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly attempts: number;
  /** Why its last attempt failed, long numbers hidden. */
  readonly error: string;
  /** When the message was made. */
  readonly at: Instant;
  /** Size of its body. */
  readonly bytes: number;
  readonly diedAt: Instant;
  readonly redrivenAt: Instant | undefined;
}

/** Which dead letters, newest first. */
export interface LetterQuery {
  readonly state: 'open' | 'all';
  readonly reader?: string | undefined;
  readonly type?: string | undefined;
  readonly limit: number;
  /** After this one. */
  readonly after?: { readonly diedAt: Instant; readonly messageId: string } | undefined;
}

/** The part of an InboxReader that drives a message again. */
export interface Redrivable {
  readonly name: string;
  again(message: Message, within: (tx: Tx) => Promise<void>): Promise<void>;
}

/** Two persons: one has asked, another has approved. The app has checked their roles and keeps the request between the two steps. */
export interface Redrive extends LetterName {
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

/** A row as it is shown: without its body. */
interface ShownRow extends Row {
  readonly reader: string;
  readonly message_id: string;
  readonly topic: string;
  readonly msg_key: string;
  readonly type: string;
  readonly at: number;
  readonly bytes: number;
  readonly attempts: number;
  readonly error: string;
  readonly died_at: number;
  readonly redriven_at: number | null;
}

const SHOWN = 'reader, message_id, topic, msg_key, type, at, LENGTH(body) AS bytes, attempts, error, died_at, redriven_at';
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

  async list({ state, reader, type, after, limit }: LetterQuery): Promise<readonly DeadLetter[]> {
    const where: string[] = state === 'open' ? ['redriven_at IS NULL'] : [];
    const params: SqlValue[] = [];
    const narrow = (condition: string, ...values: readonly SqlValue[]): void => {
      where.push(condition);
      params.push(...values);
    };
    if (reader !== undefined) narrow('reader = ?', reader);
    if (type !== undefined) narrow('type = ?', type);
    if (after) narrow('(died_at < ? OR (died_at = ? AND message_id < ?))', after.diedAt, after.diedAt, after.messageId);
    const rows = await this.database.reader.all<ShownRow>(
      `SELECT ${SHOWN} FROM dead_letters ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
       ORDER BY died_at DESC, message_id DESC LIMIT ?`,
      [...params, limit],
    );
    return rows.map(letterOf);
  }

  async find({ reader, messageId }: LetterName): Promise<DeadLetter | undefined> {
    const row = await this.database.reader.one<ShownRow>(`SELECT ${SHOWN} FROM dead_letters WHERE reader = ? AND message_id = ?`, [
      reader,
      messageId,
    ]);
    return row && letterOf(row);
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

function letterOf(row: ShownRow): DeadLetter {
  return {
    reader: row.reader,
    messageId: row.message_id,
    topic: row.topic,
    key: row.msg_key,
    type: row.type,
    attempts: row.attempts,
    error: shownError(row.error),
    at: row.at,
    bytes: row.bytes,
    diedAt: row.died_at,
    redrivenAt: row.redriven_at ?? undefined,
  };
}

/** Accounts and person ids have 8 to 20 digits; numbers of orders are longer and name nobody. */
const PERSONAL_NUMBER = /(?<![0-9])([0-9]{4})([0-9]{4,16})(?![0-9])/g;

/** The text of an error as persons may read it: what broke may be quoted in it. */
export function shownError(text: string): string {
  return text.slice(0, ERROR_CHARS_MAX).replaceAll(PERSONAL_NUMBER, (_, first: string, rest: string) => first + '*'.repeat(rest.length));
}
