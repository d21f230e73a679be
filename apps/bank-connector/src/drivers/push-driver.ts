import type { AnsweredOutcome, GuardedPush, PushConnector, WireOrder, WireSignatures } from '#connector-sdk';
import { errorText, failPoint, Recurring, type Timer } from '#kernel';
import { inTrace, traceHeaders } from '#messaging';
import type { BankContext } from '../bank-context.js';
import { dueOrders, nextDueAt, type OrderRow } from '../adapters/store/order-rows.js';
import type { SendableOrder } from '../adapters/store/order-vault.js';
import { doubtfulOrders, ordersLeftSending } from '../adapters/store/push-rows.js';
import { RecordAnswer } from '../use-cases/record-answer/record-answer.js';
import { SettleDelivery } from '../use-cases/settle-delivery/settle-delivery.js';
import { StartSending } from '../use-cases/start-sending/start-sending.js';
import type { Driver } from './driver.js';

/** Business milliseconds between two looks when nobody wakes the driver. */
const LOOK_EVERY_MS = 500;
/** Orders that one turn takes in hand; they share a commit. */
const TURN_MAX = 100;
/** Business milliseconds until an order that could not be worked on is tried again. */
const BROKEN_PAUSE_MS = 60_000;
/** Real milliseconds between two looks for orders that nobody is working on any more. */
const LOST_EVERY_MS = 5_000;
const IN_DOUBT = ['UNKNOWN', 'ACCEPTED'] as const;

export interface PushDoor {
  readonly connector: PushConnector & { close(): void };
  readonly calls: GuardedPush;
  readonly signatures: Pick<WireSignatures, 'judgeReply'>;
}

/**
 * Calls a bank: asks about orders in doubt first, then sends those whose turn it is, never more than the door lets through. A process that
 * was stopped between its commit and its call, and has lost its claim meanwhile, keeps the bytes back: the order is then in doubt, and
 * whoever speaks now asks the bank.
 */
export class PushDriver implements Driver {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly turns: Recurring;
  private readonly startSending: StartSending;
  private readonly settle: SettleDelivery;
  private readonly recordAnswer: RecordAnswer;
  private doorTimer: Timer | undefined;
  private lostLookedForMs = -LOST_EVERY_MS;
  private stopped = false;

  constructor(
    private readonly context: BankContext,
    private readonly door: PushDoor,
  ) {
    const { clock, log, bank } = context;
    this.startSending = new StartSending(context);
    this.recordAnswer = new RecordAnswer(context);
    this.settle = new SettleDelivery(context, this.recordAnswer);
    const failed = (error: unknown): void => log.write('warn', 'push-turn-failed', { bank, reason: errorText(error) });
    this.turns = new Recurring(clock, LOOK_EVERY_MS, () => this.turn(), failed);
  }

  start(): Promise<void> {
    this.turns.start();
    return Promise.resolve();
  }

  wake(): void {
    this.turns.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.doorTimer?.cancel();
    await this.turns.stop();
    this.door.calls.abortAll();
    await Promise.all(this.underWay.values());
    this.door.connector.close();
  }

  private async turn(): Promise<void> {
    if (!this.context.speaker.held) return;
    await this.bringBackLost();
    // A question about an order in doubt is a call to the bank as well.
    if (!this.context.isOpen()) return;
    const { capacity } = this;
    // Orders in doubt stay UNKNOWN while they are asked about, so those under way are found again and must be counted in.
    const inDoubt = capacity() > 0 ? await this.questions(capacity() + this.underWay.size) : [];
    for (const known of await this.takeInHand(inDoubt)) this.track(known, this.ask(known));
    const ready = capacity() > 0 ? await dueOrders(this.context.database.reader, ['READY'], this.context.clock.now(), capacity()) : [];
    const due = await this.takeInHand(ready);
    for (const { known, bytes } of await this.startSending.execute(due, { event: 'sent' })) {
      failPoint('connector.sending-after-commit');
      if (this.context.speaker.held) this.track(known, this.send(known, bytes));
    }
    if (capacity() === 0) await this.comeBack();
  }

  private readonly capacity = (): number => (this.stopped ? 0 : Math.min(TURN_MAX, this.door.calls.capacity()));

  /** Rows that are nobody's at the moment, opened; one that cannot be opened is laid aside for a while and holds up no other. */
  private async takeInHand(found: readonly OrderRow[]): Promise<readonly SendableOrder[]> {
    const rows = found.filter((row) => !this.underWay.has(row.order_number)).slice(0, this.capacity());
    const opened = await Promise.all(rows.map((row) => this.open(row)));
    return opened.filter((known) => known !== undefined);
  }

  private async open(row: OrderRow): Promise<SendableOrder | undefined> {
    const { vault, log, bank, database, clock } = this.context;
    try {
      return await vault.know(row);
    } catch (error) {
      log.write('error', 'order-not-opened', { bank, orderNumber: row.order_number, reason: errorText(error) });
      const later = clock.now() + BROKEN_PAUSE_MS;
      await database.run((tx) => tx.run('UPDATE orders SET next_try_at = ? WHERE order_number = ?', [later, row.order_number]));
      return undefined;
    }
  }

  private async questions(limit: number): Promise<readonly OrderRow[]> {
    const { database, clock } = this.context;
    const open = await dueOrders(database.reader, IN_DOUBT, clock.now(), limit);
    return open.length >= limit ? open : [...open, ...(await doubtfulOrders(database.reader, clock.now(), limit - open.length))];
  }

  private track(known: SendableOrder, work: Promise<void>): void {
    const orderNumber = known.row.order_number;
    const done = work
      .catch((error: unknown) => {
        const { log, bank } = this.context;
        log.write('error', 'order-not-recorded', { bank, orderNumber, reason: errorText(error) });
      })
      .finally(() => {
        this.underWay.delete(orderNumber);
        this.context.wake();
      });
    this.underWay.set(orderNumber, done);
  }

  private async send(known: SendableOrder, bytes: Buffer): Promise<void> {
    const orderNumber = known.row.order_number;
    const outcome = await inTrace(`send to ${this.context.bank}`, traceHeaders(known.order.requestId), () =>
      this.door.calls.send(wireOrder(known, bytes)),
    );
    failPoint('connector.sent-before-record');
    switch (outcome.kind) {
      case 'answered':
        return this.heard(known, outcome);
      case 'accepted':
        return this.settle.accepted(orderNumber, outcome.receivedAt);
      case 'rejected':
        return this.settle.rejected(known, outcome);
      case 'unknown':
        return this.settle.unknown(orderNumber);
    }
  }

  /** The bank's own word on an order in doubt; only its NOT_FOUND lets the same bytes go out again (I5). */
  private async ask(known: SendableOrder): Promise<void> {
    const { order_number: orderNumber, code, standing } = known.row;
    const isParked = standing === 'parked';
    const bytes = this.context.vault.wireBytes(known);
    const outcome = code === 'send-again' ? ({ kind: 'not-found' } as const) : await this.door.calls.query(wireOrder(known, bytes));
    switch (outcome.kind) {
      case 'answered':
        return this.heard(known, outcome);
      case 'accepted':
        return isParked ? this.settle.stillInDoubt(orderNumber) : this.settle.accepted(orderNumber, outcome.receivedAt);
      case 'unknown':
        return isParked ? this.settle.stillInDoubt(orderNumber) : this.settle.unknown(orderNumber);
      case 'not-found':
        return isParked ? this.settle.stillInDoubt(orderNumber) : this.notFound(known);
    }
  }

  private async notFound(known: SendableOrder): Promise<void> {
    if (known.row.delivery === 'ACCEPTED') return this.settle.forgotten(known);
    for (const { known: sending, bytes } of await this.startSending.execute([known], { event: 'sent' })) {
      failPoint('connector.sending-after-commit');
      if (this.context.speaker.held) await this.send(sending, bytes);
    }
  }

  private async heard(known: SendableOrder, { heard }: AnsweredOutcome): Promise<void> {
    const { log, bank } = this.context;
    const orderNumber = known.row.order_number;
    const { worth, fault } = await this.door.signatures.judgeReply(heard, orderNumber);
    if (fault !== undefined) log.write('warn', 'answer-signature', { bank, orderNumber, fault });
    const reading = this.door.connector.readAnswer(heard.bytes, known.order);
    const fate = await this.recordAnswer.execute({ known, heard, worth, reading });
    // The same rubbish once more: the row has not moved, so its next question must be put off here.
    if (fate === 'repeated' || fate === 'disregarded') await this.settle.stillInDoubt(orderNumber);
  }

  /** An order whose outcome could not be recorded is in doubt like one of a process that died. */
  private async bringBackLost(): Promise<void> {
    const { clock, database } = this.context;
    if (clock.monotonicMs() < this.lostLookedForMs + LOST_EVERY_MS) return;
    this.lostLookedForMs = clock.monotonicMs();
    for (const orderNumber of await ordersLeftSending(database.reader, TURN_MAX + this.underWay.size)) {
      if (!this.underWay.has(orderNumber)) await this.settle.unknown(orderNumber);
    }
  }

  /** The door is shut for now by its own rules; nobody else would wake us when it opens. */
  private async comeBack(): Promise<void> {
    if (this.stopped || this.underWay.size > 0) return;
    if ((await nextDueAt(this.context.database.reader, ['READY', ...IN_DOUBT])) === undefined) return;
    this.doorTimer?.cancel();
    this.doorTimer = this.context.clock.setRealTimer(this.door.calls.retryInMs(), () => this.wake());
  }
}

function wireOrder({ row }: SendableOrder, bytes: Buffer): WireOrder {
  return { orderNumber: row.order_number, legalPerson: row.legal_person, bytes, signature: row.wire_signature };
}
