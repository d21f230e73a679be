import { FactRecorder, FACTS_TOPIC, ReceiptedOutbox, Relay } from '#messaging';
import { factPrivacy } from '#privacy';
import type { AuditLedgerParts, OperatorParts } from './parts.js';

/** The source of the ledger's own facts, and whose outbox they come from. */
const SOURCE = 'audit-ledger';

/**
 * What persons do at the ledger is a fact like any other: it leaves by an outbox of the ledger's own, and enters the log by the same reader as
 * all. There is one of these in a process, because the facts of one source stand in one chain a subject.
 */
export class OwnFacts {
  readonly recorder: FactRecorder;
  private readonly relay: Relay;
  private readonly outbox = new ReceiptedOutbox();

  constructor(
    private readonly parts: AuditLedgerParts,
    private readonly operators: OperatorParts,
  ) {
    const { database, bus, clock, log, leader } = parts;
    const { entropy, receipts } = operators;
    this.recorder = new FactRecorder(SOURCE, factPrivacy(operators), clock, entropy);
    const mode = { ...(leader ? { leader } : {}), ...(receipts ? { source: SOURCE } : {}) };
    this.relay = new Relay(database, bus, [FACTS_TOPIC], clock, log, mode);
  }

  async start(): Promise<void> {
    this.relay.start();
    if (this.operators.receipts) await this.outbox.start(this.parts, this.relay, SOURCE);
  }

  /** A fact that has just been committed goes on its way. */
  nudge(): void {
    this.relay.nudge();
  }

  async stop(): Promise<void> {
    await this.outbox.stop();
    await this.relay.stop();
  }
}
