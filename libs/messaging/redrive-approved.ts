import { AppError, errorText, Recurring, type Clock, type Log } from '#kernel';
import { compareAndSet, type Database } from '#persistence';
import { shownError, type DeadLetters } from './dead-letters.js';
import { approvedRedrives, type RedriveRow } from './redrives.js';
import type { Leader } from './relay.js';

/** How often approved proposals are looked for; whoever approves one wakes the loop. */
const EVERY_MS = 1_000;
const PER_TURN_MAX = 50;
const ERROR_CHARS_MAX = 300;

export interface RedriveApprovedOptions {
  readonly database: Database;
  readonly letters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  /** Where several processes share the database, the one that drives. */
  readonly leader?: Leader | undefined;
  /** Called after each letter, whose effect may stand in the outbox. */
  readonly nudge: () => void;
}

/**
 * Drives approved dead letters again, after the approval has committed: a message's handler fetches keys and must not be waited for in a
 * transaction. A process that dies in between leaves the proposal `approved`, and the next turn, of whichever process, takes it up; two
 * that take up the same one are told apart by the letter's own mark.
 */
export class RedriveApproved {
  private readonly loop: Recurring;

  constructor(private readonly options: RedriveApprovedOptions) {
    const { clock, log } = options;
    const failed = (error: unknown): void => log.write('error', 'redrive-failed', { reason: errorText(error) });
    this.loop = new Recurring(clock, EVERY_MS, () => this.turn(), failed);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  wake(): void {
    this.loop.wake();
  }

  private async turn(): Promise<void> {
    const { leader, database } = this.options;
    if (leader?.held === false) return;
    for (const row of await approvedRedrives(database.reader, PER_TURN_MAX)) await this.redrive(row);
  }

  private async redrive(row: RedriveRow): Promise<void> {
    const { database, letters, log, nudge } = this.options;
    const { reader, message_id: messageId, asked_by: askedBy, decided_by: approvedBy } = row;
    let error: string | null = null;
    try {
      await letters.redrive({ reader, messageId, askedBy, approvedBy: approvedBy ?? '' });
    } catch (reason) {
      // A turn that died between the letter's commit and this row's has done it.
      if (!(reason instanceof AppError && reason.code === 'already-redriven'))
        error = shownError(errorText(reason)).slice(0, ERROR_CHARS_MAX);
    }
    const change = { state: error === null ? 'redriven' : 'failed', error };
    await database.run((tx) => compareAndSet(tx, 'redrives', change, { id: row.id, state: 'approved' }));
    if (error !== null) log.write('warn', 'redrive-refused', { reader, id: messageId, reason: error });
    nudge();
  }
}
