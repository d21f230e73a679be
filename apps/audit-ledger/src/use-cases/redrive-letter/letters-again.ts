import { FieldCipher, fieldAad } from '#privacy';
import type { Principal } from '#access';
import type { AnswerShelf, PreparedOnce, RefusedCall } from '#http';
import { DeadLetters, RedriveApproved, Redrives, type Redrivable } from '#messaging';
import type { Reader } from '#persistence';
import type { OwnFacts } from '../../own-facts.js';
import type { AuditLedgerParts, OperatorParts } from '../../parts.js';

/**
 * The ledger's dead letters, the proposals to drive them again, and what drives them once two persons have agreed.
 */
export class LettersAgain {
  readonly reader: Reader;
  readonly letters: DeadLetters;
  readonly redrives: Redrives;
  readonly driving: RedriveApproved;
  readonly shelf: AnswerShelf<PreparedOnce>;

  constructor(
    private readonly parts: AuditLedgerParts,
    private readonly operators: OperatorParts,
    private readonly own: OwnFacts,
    taking: Redrivable,
  ) {
    const { database, clock, log, leader } = parts;
    const { recorder } = own;
    this.reader = database.reader;
    this.letters = new DeadLetters(database, [taking], recorder, clock);
    this.redrives = new Redrives(recorder, clock, operators.entropy);
    this.driving = new RedriveApproved({ database, letters: this.letters, clock, log, leader, nudge: () => own.nudge() });
    this.shelf = this.makeShelf();
  }

  start(): void {
    this.driving.start();
  }

  stop(): Promise<void> {
    return this.driving.stop();
  }

  /** What a person did has been committed: its fact goes on its way. */
  nudge(): void {
    this.own.nudge();
  }

  private makeShelf(): AnswerShelf<PreparedOnce> {
    const { database, clock } = this.parts;
    const key = this.operators.systemKeys.key('answers');
    const cipher = new FieldCipher(this.operators.entropy);
    const aad = (scope: string): string => fieldAad('idempotency_keys', 'answer_sealed', scope);
    return {
      database,
      clock,
      seal: (_, scope, body) => cipher.sealJson(key, aad(scope), body),
      open: (_, scope, sealed) => Promise.resolve(cipher.openJson<object>(key, aad(scope), sealed)),
      refused: (principal, content) => this.refused(principal, content),
    };
  }

  private async refused({ userId }: Principal, content: RefusedCall): Promise<void> {
    const fact = { type: 'dead-letter.refused', subject: `user:${userId}`, actor: userId, content: { ...content } };
    await this.parts.database.run((tx) => this.own.recorder.record(tx, fact));
    this.own.nudge();
  }
}
