import { AppError, newId, type Clock, type Entropy, type Instant } from '#kernel';
import { compareAndSetOrStale, insert, placeholders, type Migration, type Reader, type Row, type Tx } from '#persistence';
import type { LetterName } from './dead-letters.js';
import type { FactRecorder } from './facts.js';

/**
 * Proposals to drive a dead letter again, each approved by a second person or not. `state`: awaiting, rejected, approved, redriven, failed.
 * Every app with dead letters that persons may drive again has it. It worked when the table is there and empty.
 */
export const redrivesMigration: Migration = {
  name: '0040-redrives',
  statements: [
    `CREATE TABLE redrives (
      id {id} NOT NULL PRIMARY KEY, reader {word} NOT NULL, message_id {id} NOT NULL, state {word} NOT NULL, reason {text} NOT NULL,
      asked_by {id} NOT NULL, asked_at {instant} NOT NULL, decided_by {id}, decided_at {instant}, error {text})`,
    'CREATE INDEX redrives_letter ON redrives (message_id, reader)',
    'CREATE INDEX redrives_state ON redrives (state, asked_at)',
  ],
};

export type RedriveState = 'awaiting' | 'rejected' | 'approved' | 'redriven' | 'failed';

/** One proposal to drive a dead letter again. */
export interface RedriveRow extends Row {
  readonly id: string;
  readonly reader: string;
  readonly message_id: string;
  readonly state: RedriveState;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: Instant;
  readonly decided_by: string | null;
  readonly decided_at: Instant | null;
  readonly error: string | null;
}

export interface RedriveDecision {
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
}

/** Proposals of one letter that are shown, newest first. */
const HISTORY_MAX = 50;

/** One person asks that a dead letter be driven again, another one decides; each step is a fact. Whoever calls has asked the policy. */
export class Redrives {
  constructor(
    private readonly facts: FactRecorder,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** @throws AppError `not-found` for a letter that is not there or is driven already, `wrong-state` when a proposal waits */
  async propose(tx: Tx, name: LetterName, reason: string, askedBy: string): Promise<RedriveRow> {
    const { reader, messageId } = name;
    const letter = await tx.one('SELECT message_id FROM dead_letters WHERE reader = ? AND message_id = ? AND redriven_at IS NULL', [
      reader,
      messageId,
    ]);
    if (!letter) throw new AppError('not-found', '没有该死信，或已重新处理');
    const [waiting] = await this.of(tx, name);
    if (waiting && ['awaiting', 'approved'].includes(waiting.state)) throw new AppError('wrong-state', '该死信已有提议等待复核或处理');
    await insert(tx, 'redrives', {
      id: newId(this.clock, this.entropy),
      reader,
      message_id: messageId,
      state: 'awaiting',
      reason,
      asked_by: askedBy,
      asked_at: this.clock.now(),
      decided_by: null,
      decided_at: null,
      error: null,
    });
    await this.record(tx, 'dead-letter.redrive-proposed', name, askedBy, { reason });
    return this.newest(tx, name);
  }

  /**
   * @param assertMay refuses who may not decide on what `askedBy` has asked for: nobody on his own proposal
   * @throws AppError `not-found`, `wrong-state`, `stale-version`, and what `assertMay` throws
   */
  async decide(
    tx: Tx,
    name: LetterName,
    { decision, reason }: RedriveDecision,
    by: string,
    assertMay: (askedBy: string) => void,
  ): Promise<RedriveRow> {
    const row = await this.newest(tx, name);
    assertMay(row.asked_by);
    if (row.state !== 'awaiting') throw new AppError('wrong-state', '该提议已有结论');
    const state = decision === 'approve' ? 'approved' : 'rejected';
    const change = { state, decided_by: by, decided_at: this.clock.now() };
    await compareAndSetOrStale(tx, 'redrives', change, { id: row.id, state: 'awaiting' });
    await this.record(tx, `dead-letter.redrive-${state}`, name, by, reason === undefined ? {} : { reason });
    return this.newest(tx, name);
  }

  /** The proposals for one letter, newest first. */
  of(reader: Reader, name: LetterName): Promise<readonly RedriveRow[]> {
    return reader.all<RedriveRow>(
      `SELECT * FROM redrives WHERE message_id = ? AND reader = ? ORDER BY asked_at DESC, id DESC LIMIT ${HISTORY_MAX}`,
      [name.messageId, name.reader],
    );
  }

  /** The newest proposal of each of some letters, by `reader/messageId`. */
  async newestOf(reader: Reader, messageIds: readonly string[]): Promise<ReadonlyMap<string, RedriveRow>> {
    if (messageIds.length === 0) return new Map();
    const rows = await reader.all<RedriveRow>(
      `SELECT * FROM redrives WHERE message_id IN (${placeholders(messageIds.length)}) ORDER BY asked_at, id`,
      messageIds,
    );
    return new Map(rows.map((row) => [`${row.reader}/${row.message_id}`, row]));
  }

  private async newest(tx: Tx, name: LetterName): Promise<RedriveRow> {
    const [row] = await this.of(tx, name);
    if (!row) throw new AppError('not-found', '没有该死信的处理提议');
    return row;
  }

  private async record(tx: Tx, type: string, { reader, messageId }: LetterName, actor: string, content: { readonly reason?: string }) {
    await this.facts.record(tx, { type, subject: `dead-letter:${messageId}`, actor, content: { reader, messageId, ...content } });
  }
}

/** Approved and not driven yet, oldest first. */
export function approvedRedrives(reader: Reader, limit: number): Promise<RedriveRow[]> {
  return reader.all<RedriveRow>(`SELECT * FROM redrives WHERE state = 'approved' ORDER BY asked_at LIMIT ${limit}`);
}
