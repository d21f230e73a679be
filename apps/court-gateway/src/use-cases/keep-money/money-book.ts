import { Inject, Injectable } from '@nestjs/common';
import { endOfLegalDate, formatAmount, instantText, legalDateOf, newId, type Instant } from '#kernel';
import {
  claimDueAt,
  creditOf,
  expiryMark,
  isLiveMeasure,
  type MeasureState,
  type NewPayment,
  type PaymentOutcome,
  type TaskKind,
} from '#orders';
import type { SqlValue, Tx } from '#persistence';
import { insertMeasure, updateMeasure, type MeasureOrigin } from '../../adapters/store/measure-writes.js';
import type { MeasureRow } from '../../adapters/store/measures-reading.js';
import { insertPayment, movePayment, type PaymentRow } from '../../adapters/store/payment-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { happened, type Scene } from '../scene.js';

/** What a measure's fact says of it. */
function measureContent(id: string, orderNumber: string, seq: number, state: MeasureState, currency: string, cause: string) {
  return {
    measureId: id,
    orderNumber,
    seq,
    cause,
    status: state.status,
    limit: formatAmount(state.limit, currency),
    covered: formatAmount(state.covered, currency),
    uncovered: formatAmount(state.uncovered, currency),
    currency,
    rank: state.rank,
    from: state.from,
    to: state.to,
    asOf: instantText(state.asOf),
  };
}

export interface PaymentPlace {
  readonly orderNumber: string;
  readonly seq: number;
  readonly measureId: string;
  readonly currency: string;
}

/** Writes measures, payments and what was collected, each with its fact and its tasks. Callers hold the case's lock. */
@Injectable()
export class MoneyBook {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Tasks) private readonly tasks: Tasks,
  ) {}

  /** A measure is born by a freeze's answer. */
  async openMeasure(tx: Tx, scene: Scene, of: Omit<MeasureOrigin, 'id' | 'caseId' | 'courtCode'>, state: MeasureState): Promise<string> {
    const id = newId(this.parts.clock, this.parts.entropy);
    const origin: MeasureOrigin = { ...of, id, caseId: scene.case.id, courtCode: scene.case.court_code };
    await insertMeasure(tx, this.vault, scene.caseKey, origin, state);
    happened(scene, 'measure.opened', `measure:${id}`, measureContent(id, of.orderNumber, of.seq, state, of.currency, 'answer'));
    await this.remindOfEnd(tx, scene, id, of.orderNumber, state);
    return id;
  }

  /** Writes a measure's next state; nothing when nothing is new. Returns the row as it stands now. */
  async changeMeasure(
    tx: Tx,
    scene: Scene,
    row: MeasureRow,
    next: MeasureState,
    cause: string,
    change: Readonly<Record<string, SqlValue>> = {},
  ): Promise<MeasureRow> {
    const isNews = saysMore(row, next);
    if (!isNews && next.asOf === row.as_of && Object.keys(change).length === 0) return row;
    const written = await updateMeasure(tx, row, next, change);
    if (!isNews) return written;
    const ended = isLiveMeasure(row.status) && !isLiveMeasure(next.status);
    const content = measureContent(row.id, row.order_number, row.seq, next, row.currency, cause);
    happened(scene, ended ? 'measure.ended' : 'measure.changed', `measure:${row.id}`, content);
    if (ended || next.to !== row.to_date) await this.forgetReminders(tx, row);
    if (!ended && next.to !== row.to_date) await this.remindOfEnd(tx, scene, row.id, row.order_number, next);
    return written;
  }

  /** R14: a task at each mark of the expiry calendar that has been reached; an earlier mark's gives way to it. */
  async remindOfEnd(tx: Tx, scene: Scene, measureId: string, orderNumber: string, state: MeasureState): Promise<void> {
    const mark = expiryMark(this.parts.policy, state.to, legalDateOf(this.parts.clock.now()));
    if (mark === undefined || !isLiveMeasure(state.status)) return;
    const subject = reminderSubject(measureId, state.to, mark);
    const known = await tx.one('SELECT 1 AS found FROM tasks WHERE kind = ? AND subject = ? LIMIT 1', ['expiring', subject]);
    if (known) return;
    const earlier = this.parts.policy.deadlines.expiryCalendarDays.filter((one) => one > mark);
    await this.tasks.settle(
      tx,
      ['expiring'],
      earlier.map((one) => reminderSubject(measureId, state.to, one)),
    );
    await this.tasks.open(tx, {
      kind: 'expiring',
      subject,
      caseId: scene.case.id,
      courtCode: scene.case.court_code,
      caseKey: scene.caseKey,
      orderNumber,
      dueAt: endOfLegalDate(state.to),
      detail: { text: `冻结将于${state.to}届满（${mark}日内），如需延续须在届满前续行冻结`, measureId, to: state.to, days: mark },
    });
  }

  /** Deducted money: on its way, or credited at once (R20). */
  async openPayment(tx: Tx, scene: Scene, place: PaymentPlace, payment: NewPayment, at: Instant): Promise<string> {
    const id = newId(this.parts.clock, this.parts.entropy);
    const credited = payment.state === 'credited';
    const due = credited ? claimDueAt(this.parts.policy, at) : null;
    await insertPayment(tx, { id, caseId: scene.case.id, ...place, creditedAt: credited ? at : null, claimDueAt: due }, payment);
    const { currency } = place;
    happened(scene, `payment.${payment.state}`, `payment:${id}`, {
      paymentId: id,
      orderNumber: place.orderNumber,
      seq: place.seq,
      measureId: place.measureId,
      amount: formatAmount(payment.amount, currency),
      principal: formatAmount(payment.principal, currency),
      interest: formatAmount(payment.interest, currency),
      fee: formatAmount(payment.fee, currency),
      currency,
      channel: payment.channel,
      bankSerial: payment.bankSerial,
      valueDate: payment.valueDate,
      state: payment.state,
    });
    if (credited) await this.askForClaim(tx, scene, id, place.orderNumber, due);
    return id;
  }

  /** What became of a payment, with its line's credit, its measure and the tasks that follow. */
  async changePayment(tx: Tx, scene: Scene, row: PaymentRow, measure: MeasureRow, outcome: PaymentOutcome, at: Instant): Promise<boolean> {
    for (const kind of outcome.tasks) if (kind !== 'claim') await this.alarm(tx, scene, row, kind);
    if (outcome.state === row.state) return false;
    const due = outcome.state === 'credited' ? claimDueAt(this.parts.policy, at) : null;
    await movePayment(tx, row, outcome.state, outcome.state === 'credited' ? { credited_at: at, claim_due_at: due } : {});
    await tx.run('UPDATE order_lines SET credit = ?, version = version + 1 WHERE order_number = ? AND seq = ?', [
      creditOf(outcome.state),
      row.order_number,
      row.seq,
    ]);
    happened(scene, `payment.${outcome.state}`, `payment:${row.id}`, {
      paymentId: row.id,
      orderNumber: row.order_number,
      seq: row.seq,
      amount: formatAmount(BigInt(row.amount), row.currency),
      currency: row.currency,
      at: instantText(at),
    });
    await this.changeMeasure(tx, scene, measure, outcome.measure, `payment-${outcome.state}`);
    await this.collect(tx, scene, outcome.collected);
    await this.tasks.settle(tx, outcome.state === 'credited' ? ['uncollected'] : ['uncollected', 'claim'], [row.id]);
    if (outcome.state === 'credited') await this.askForClaim(tx, scene, row.id, row.order_number, due);
    return true;
  }

  /** The case's collected sum, which only payments change. */
  async collect(tx: Tx, scene: Scene, amount: bigint): Promise<void> {
    if (amount === 0n) return;
    await tx.run('UPDATE cases SET collected = collected + ? WHERE id = ?', [amount, scene.case.id]);
  }

  private async alarm(tx: Tx, scene: Scene, row: PaymentRow, kind: TaskKind): Promise<void> {
    const amount = formatAmount(BigInt(row.amount), row.currency);
    const text =
      kind === 'control-lost'
        ? `执行款${amount}已退回，银行未确认恢复控制，须立即处理`
        : `银行关于执行款${amount}的反馈与已记录的状态不符，须核实`;
    await this.tasks.open(tx, {
      kind,
      subject: row.id,
      caseId: scene.case.id,
      courtCode: scene.case.court_code,
      caseKey: scene.caseKey,
      orderNumber: row.order_number,
      seq: row.seq,
      detail: { text, paymentId: row.id },
    });
  }

  /** R21: credited money is claimed to its case in time. */
  private async askForClaim(tx: Tx, scene: Scene, paymentId: string, orderNumber: string, due: Instant | null): Promise<void> {
    await this.tasks.open(tx, {
      kind: 'claim',
      subject: paymentId,
      caseId: scene.case.id,
      courtCode: scene.case.court_code,
      caseKey: scene.caseKey,
      orderNumber,
      ...(due === null ? {} : { dueAt: due }),
      detail: { text: '执行款已到账，请在期限内认领到本案', paymentId },
    });
  }

  private forgetReminders(tx: Tx, row: MeasureRow): Promise<void> {
    const marks = this.parts.policy.deadlines.expiryCalendarDays;
    return this.tasks.settle(
      tx,
      ['expiring'],
      marks.map((mark) => reminderSubject(row.id, row.to_date, mark)),
    );
  }
}

/** One task for each measure, end and mark: after a renewal the calendar begins anew. */
function reminderSubject(measureId: string, to: string, mark: number): string {
  return `${measureId}/${to}/${mark}`;
}

function saysMore(row: MeasureRow, next: MeasureState): boolean {
  return (
    next.status !== row.status ||
    next.limit !== BigInt(row.limit_amount) ||
    next.covered !== BigInt(row.covered) ||
    next.uncovered !== BigInt(row.uncovered) ||
    next.rank !== (row.rank_no ?? 1) ||
    next.from !== row.from_date ||
    next.to !== row.to_date
  );
}
