import { FieldCipher, fieldAad, factPrivacy } from '#privacy';
import type { Principal } from '#access';
import type { AnswerShelf, PreparedOnce, RefusedCall } from '#http';
import { DeadLetters, FactRecorder, FACTS_TOPIC, ReceiptedOutbox, RedriveApproved, Redrives, Relay, type Redrivable } from '#messaging';
import type { Reader } from '#persistence';
import type { AuditLedgerParts, OperatorParts } from '../../parts.js';

/** The ledger's own facts, and whose outbox they come from. */
const SOURCE = 'audit-ledger';

/**
 * The ledger's dead letters, the proposals to drive them again, and what drives them once two persons have agreed. What the persons did is a
 * fact like any other: it leaves by an outbox of the ledger's own, and enters the log by the same reader as all.
 */
export class LettersAgain {
  readonly reader: Reader;
  readonly letters: DeadLetters;
  readonly redrives: Redrives;
  readonly driving: RedriveApproved;
  readonly relay: Relay;
  readonly shelf: AnswerShelf<PreparedOnce>;
  private readonly facts: FactRecorder;
  private readonly outbox = new ReceiptedOutbox();

  constructor(
    private readonly parts: AuditLedgerParts,
    private readonly operators: OperatorParts,
    taking: Redrivable,
  ) {
    const { database, bus, clock, log, leader } = parts;
    const { entropy, receipts } = operators;
    this.reader = database.reader;
    this.facts = new FactRecorder(SOURCE, factPrivacy(operators), clock, entropy);
    const mode = { ...(leader ? { leader } : {}), ...(receipts ? { source: SOURCE } : {}) };
    this.relay = new Relay(database, bus, [FACTS_TOPIC], clock, log, mode);
    this.letters = new DeadLetters(database, [taking], this.facts, clock);
    this.redrives = new Redrives(this.facts, clock, entropy);
    this.driving = new RedriveApproved({ database, letters: this.letters, clock, log, leader, nudge: () => this.relay.nudge() });
    this.shelf = this.makeShelf();
  }

  async start(): Promise<void> {
    this.relay.start();
    if (this.operators.receipts) await this.outbox.start(this.parts, this.relay, SOURCE);
    this.driving.start();
  }

  async stop(): Promise<void> {
    await this.driving.stop();
    await this.outbox.stop();
    await this.relay.stop();
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
    await this.parts.database.run((tx) => this.facts.record(tx, fact));
    this.relay.nudge();
  }
}
