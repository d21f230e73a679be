import { ANSWERS_TOPIC, NOTICES_TOPIC, ORDER_EVENTS_TOPIC } from '#contracts';
import type { WireSignatures } from '#connector-sdk';
import { errorText, isOpenAt } from '#kernel';
import { FACTS_TOPIC, ReceiptedOutbox, Relay, type FactRecorder, type MessageBus } from '#messaging';
import { Announcer } from './adapters/bus/announcer.js';
import { OrdersInbox } from './adapters/bus/orders-inbox.js';
import { DocumentShelf } from './adapters/store/document-shelf.js';
import { OrderVault } from './adapters/store/order-vault.js';
import type { BankContext, Speaker } from './bank-context.js';
import type { ConnectorParts, HostedBank } from './connector-parts.js';
import { manifestOf } from '#bank-directory';
import { makeFactRecorder } from './facts.js';
import { Debounced, Gathering } from './gathering.js';
import { openDialect, type Door, type OpenedDialect } from './open-bank.js';
import { EraseCase } from './use-cases/erase-case/erase-case.js';
import { LettersAgain } from './use-cases/redrive-letter/letters-again.js';
import { PrepareOrder } from './use-cases/take-order/prepare-order.js';
import { recoverJournal } from './use-cases/recover-journal/recover-journal.js';

/** Real milliseconds for which work is gathered, so that it shares turns and commits. */
const GATHER_MS = 5;
const TOPICS = [ORDER_EVENTS_TOPIC, ANSWERS_TOPIC, NOTICES_TOPIC, FACTS_TOPIC];

/** The only process of a bank. */
const ALONE: Speaker = { held: true, assertHeld: () => Promise.resolve() };

/** One bank at work: its inbox, its journal's driver and its outbox. Nothing of it is shared with another bank (I15). */
export class BankHost {
  readonly context: BankContext;
  readonly facts: FactRecorder;
  readonly relay: Relay;
  readonly documents: DocumentShelf;
  /** Its dead letters. */
  readonly again: LettersAgain;
  private readonly dialect: OpenedDialect;
  private readonly inbox: OrdersInbox;
  private readonly running: { value: boolean } = { value: false };
  private readonly outbox = new ReceiptedOutbox();
  private readonly source: string | undefined;
  private readonly bus: MessageBus;

  constructor(hosted: HostedBank, parts: ConnectorParts) {
    const { profile, database } = hosted;
    const { clock, entropy, log, bus } = parts;
    this.source = parts.receipts ? `connector-${profile.bank}` : undefined;
    const { speaker } = hosted;
    const mode = { ...(speaker ? { leader: speaker } : {}), ...(this.source === undefined ? {} : { source: this.source }) };
    this.relay = new Relay(database, bus, TOPICS, clock, log, mode);
    this.bus = bus;
    this.facts = makeFactRecorder(profile.bank, parts);
    const nudge = new Debounced(clock, GATHER_MS, () => this.relay.nudge());
    const announce = new Announcer(this.facts, clock, entropy, nudge.call);
    const wake = new Debounced(clock, GATHER_MS, () => {
      if (this.running.value) this.dialect.driver.wake();
    });
    this.context = {
      bank: profile.bank,
      profile,
      manifest: manifestOf(profile.dialect),
      database,
      vault: new OrderVault(parts),
      announce,
      clock,
      entropy,
      log,
      gathering: new Gathering(clock, GATHER_MS),
      speaker: hosted.speaker ?? ALONE,
      isOpen: () => !profile.service || isOpenAt(profile.service, clock.now()),
      wake: wake.call,
    };
    this.documents = new DocumentShelf(parts.blobs);
    this.dialect = openDialect(this.context, hosted, parts);
    const prepare = new PrepareOrder(this.context, this.dialect.translation, this.dialect.signatures, this.documents);
    this.inbox = new OrdersInbox(this.context, bus, prepare, new EraseCase(this.context, this.facts));
    this.again = new LettersAgain(this.context, this.inbox.reader, this.facts, () => this.relay.nudge());
  }

  get signatures(): WireSignatures {
    return this.dialect.signatures;
  }

  get door(): Door {
    return this.dialect.door;
  }

  /** Recovery comes before everything else: nobody may find an order as SENDING that a dead process was sending. */
  async start(): Promise<void> {
    // Who only stands by must not doubt what another process is sending at this moment.
    if (this.context.speaker.held) await recoverJournal(this.context);
    this.relay.start();
    const { database, clock, log, speaker } = this.context;
    if (this.source !== undefined)
      await this.outbox.start({ database, clock, log, bus: this.bus, leader: speaker }, this.relay, this.source);
    this.running.value = true;
    await this.dialect.driver.start();
    await this.dialect.days?.start();
    await this.inbox.start();
    this.again.driving.start();
  }

  /** This process speaks to the bank from now on: what the one before it was sending is in doubt. */
  takeOver(): void {
    const { log, bank } = this.context;
    recoverJournal(this.context).then(
      () => this.context.wake(),
      (error: unknown) => log.write('error', 'journal-not-recovered', { bank, reason: errorText(error) }),
    );
  }

  async stop(): Promise<void> {
    this.running.value = false;
    await this.again.driving.stop();
    await this.dialect.days?.stop();
    await this.dialect.driver.stop();
    await this.outbox.stop();
    await this.relay.stop();
  }
}
