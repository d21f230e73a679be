import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { addDays, endOfLegalDate, errorText, formatAmount, legalDateOf, Recurring, type LegalDate } from '#kernel';
import { FactRecorder, type Relay } from '#messaging';
import { expireMeasure, isOverdue } from '#orders';
import { compareAndSet, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { findCase, lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { endedMeasures, findMeasure, measuresEndingBy, measureStateOf, uncoveredMeasures } from '../../adapters/store/measure-writes.js';
import type { MeasureRow } from '../../adapters/store/measures-reading.js';
import { overdueOrders } from '../../adapters/store/order-reading.js';
import { findOrder, linesOfOrder, type OrderRow } from '../../adapters/store/order-rows.js';
import { findPayment, uncollectedPayments, type PaymentRow } from '../../adapters/store/payment-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MoneyBook } from '../keep-money/money-book.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { SYSTEM_ACTOR, type Scene } from '../scene.js';
import { SettleOrder } from '../settle-order/settle-order.js';
import { AskAgain } from '../watch-money/ask-again.js';

/** How often the calendar is looked at: what fell due shows within a second. */
const EVERY_MS = 500;
/** How often figures are looked through for those to be asked again; each is asked once a day. */
const REFRESH_EVERY_MS = 60_000;
/** Rows of one kind that one turn works on; the next turn follows at once while there are more. */
const PER_TURN_MAX = 200;

/** What the calendar changes. */
@Injectable()
export class DeadlineEffects {
  constructor(
    @Inject(MoneyBook) readonly book: MoneyBook,
    @Inject(SettleOrder) readonly settle: SettleOrder,
    @Inject(Tasks) readonly tasks: Tasks,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
    @Inject(AskAgain) readonly askAgain: AskAgain,
  ) {}
}

/**
 * What falls due by business time, without anybody's word: late answers (R11), the end of terms (R14), the expiry calendar, money that
 * does not arrive (R20), and figures to be asked for again (I16). A jump of the clock over many days runs it once.
 */
@Injectable()
export class WatchDeadlines implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Recurring;
  private readonly refreshing: Recurring;
  private reminded: LegalDate | undefined;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(DeadlineEffects) private readonly effects: DeadlineEffects,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {
    const failed = (error: unknown): void => parts.log.write('error', 'watch-deadlines-failed', { reason: errorText(error) });
    this.loop = new Recurring(parts.clock, EVERY_MS, () => this.turn(), failed);
    this.refreshing = new Recurring(parts.clock, REFRESH_EVERY_MS, () => this.refresh(), failed);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
    this.refreshing.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.refreshing.stop();
  }

  private async turn(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    const { reader } = this.parts.database;
    const now = this.parts.clock.now();
    const today = legalDateOf(now);
    const ended = await endedMeasures(reader, today, PER_TURN_MAX);
    for (const measure of ended) await this.inCase(measure.case_id, (tx, scene) => this.expire(tx, scene, measure));
    const late = await overdueOrders(reader, now, PER_TURN_MAX);
    for (const order of late) await this.inCase(order.case_id, (tx, scene) => this.markLate(tx, scene, order));
    if (this.reminded !== today) await this.remind(today);
    if (ended.length === PER_TURN_MAX) this.loop.wake();
  }

  /** One thing that fell due, under its case's lock; what it causes is recorded with it. A case whose key is gone is passed by. */
  private async inCase(caseId: string, work: (tx: Tx, scene: Scene) => Promise<boolean>): Promise<void> {
    let caseKey: DataKey;
    try {
      caseKey = await this.vault.keyOf(caseId);
    } catch (error) {
      this.parts.log.write('warn', 'deadline-passed-by', { caseId, reason: errorText(error) });
      return;
    }
    await this.parts.database.run(async (tx) => {
      const row: CaseRow = await lockCase(tx, caseId);
      const scene: Scene = { case: row, caseKey, actor: SYSTEM_ACTOR, facts: [] };
      const moneyChanged = await work(tx, scene);
      if (moneyChanged) await this.effects.watch.moneyChanged(tx, caseId, caseKey);
      await this.facts.recordMany(tx, scene.facts);
    });
    this.relay.nudge();
  }

  /** R14: at 24:00 of the last day the effect is gone; it needs no word of the bank. */
  private async expire(tx: Tx, scene: Scene, seen: MeasureRow): Promise<boolean> {
    const row = await findMeasure(tx, seen.id);
    if (!row) return false;
    const at = endOfLegalDate(row.to_date);
    const next = expireMeasure(measureStateOf(row), this.parts.clock.now());
    if (next.status === row.status) return false;
    // As of its legal end, not of the turn that noticed it; figures of the bank that are newer stay newer.
    await this.effects.book.changeMeasure(tx, scene, row, { ...next, asOf: Math.max(row.as_of, at) }, 'term-ended');
    return true;
  }

  private async markLate(tx: Tx, scene: Scene, seen: OrderRow): Promise<boolean> {
    const order = await findOrder(tx, seen.order_number);
    if (!order || order.overdue === 1) return false;
    const lines = await linesOfOrder(tx, order.order_number);
    const stated = lines.map((line) => ({ status: line.status, ...(line.expected_on === null ? {} : { expectedOn: line.expected_on }) }));
    if (!isOverdue(order.status, order.due_at ?? undefined, stated, this.parts.clock.now())) return false;
    const ofOrder = { ...scene, requestId: order.request_id, orderNumber: order.order_number };
    await this.effects.settle.markOverdue(tx, ofOrder, order, lines);
    return false;
  }

  /** Once a day, and at the start: measures whose end is near (new and renewed ones are looked at when written), money that has not come. */
  private async remind(today: LegalDate): Promise<void> {
    const [longest = 0] = this.parts.policy.deadlines.expiryCalendarDays;
    for (const measure of await measuresEndingBy(this.parts.database.reader, addDays(today, longest), today)) {
      await this.inCase(measure.case_id, async (tx, scene) => {
        const row = await findMeasure(tx, measure.id);
        if (row) await this.effects.book.remindOfEnd(tx, scene, row.id, row.order_number, measureStateOf(row));
        return false;
      });
    }
    const { claimDays } = this.parts.policy.deadlines;
    const missing = await uncollectedPayments(this.parts.database.reader, addDays(today, -claimDays));
    for (const payment of missing) await this.inCase(payment.case_id, (tx, scene) => this.askForMoney(tx, scene, payment));
    this.reminded = today;
  }

  /** Money that left the debtor's account and has not come to the court's within as many days as a claim may take. */
  private async askForMoney(tx: Tx, scene: Scene, seen: PaymentRow): Promise<boolean> {
    const payment = await findPayment(tx, seen.id);
    if (payment?.state !== 'sent') return false;
    const sum = formatAmount(BigInt(payment.amount), payment.currency);
    await this.effects.tasks.open(tx, {
      kind: 'uncollected',
      subject: payment.id,
      caseId: payment.case_id,
      courtCode: scene.case.court_code,
      caseKey: scene.caseKey,
      orderNumber: payment.order_number,
      seq: payment.seq,
      detail: { text: `${payment.value_date}划出的${sum}元尚未到账，请向银行核实`, paymentId: payment.id },
    });
    return false;
  }

  /** I16: banks that tell nothing unasked are asked daily while something is uncovered. */
  private async refresh(): Promise<void> {
    if (this.parts.leader?.held === false) return;
    const { banks, policy, database } = this.parts;
    const now = this.parts.clock.now();
    const silent = banks.all().flatMap(({ bank, notices }) => (notices ? [] : [bank]));
    const due = await uncoveredMeasures(database.reader, now - policy.deadlines.refreshMs, silent, PER_TURN_MAX);
    for (const caseId of new Set(due.map(({ case_id }) => case_id))) {
      const own = due.filter(({ case_id }) => case_id === caseId);
      const figures = new Map(own.map(({ bank, debtor_id }) => [`${bank}|${debtor_id}`, { bank, debtorId: debtor_id }]));
      // Marked before it is asked: a case that a gate shuts is tried again the next day, not the next second.
      await database.run((tx) => markAsked(tx, own, now));
      if (await findCase(database.reader, caseId)) await this.effects.askAgain.ask(caseId, [...figures.values()]);
    }
  }
}

async function markAsked(tx: Tx, measures: readonly MeasureRow[], now: number): Promise<void> {
  for (const { id, version } of measures) {
    await compareAndSet(tx, 'measures', { refreshed_at: now, version: version + 1 }, { id, version });
  }
}
