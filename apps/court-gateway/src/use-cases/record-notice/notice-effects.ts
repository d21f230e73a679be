import { Inject, Injectable } from '@nestjs/common';
import type { BankNotified } from '#contracts';
import { AppError, parseInstant, type Instant } from '#kernel';
import { applyCredited, applyNotice, applyReturned, type MeasureNotice } from '#orders';
import type { Tx } from '#persistence';
import { restateBalance } from '../../adapters/store/holding-writes.js';
import { findMeasure, findMeasureByOrigin, hasOpenLines, measureStateOf } from '../../adapters/store/measure-writes.js';
import type { MeasureRow } from '../../adapters/store/measures-reading.js';
import { markApplied, waitingNotices } from '../../adapters/store/notice-rows.js';
import { findPaymentByOrigin, paymentsOnTheWay, type PaymentRow } from '../../adapters/store/payment-rows.js';
import { Vault } from '../../vault.js';
import { MoneyBook } from '../keep-money/money-book.js';
import { AnswerTasks } from '../record-answer/answer-tasks.js';
import { minorOf } from '../record-answer/translate-answer.js';
import type { Scene } from '../scene.js';

/** `early`: what the notice speaks of is not known here yet; it waits for its answer. */
export type NoticeEffect = 'applied' | 'ignored' | 'early';

/** Applies a bank's unasked word to a measure or a payment of ours (I7, I16). Callers hold the case's lock. */
@Injectable()
export class NoticeEffects {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MoneyBook) private readonly book: MoneyBook,
    @Inject(AnswerTasks) private readonly tasks: AnswerTasks,
  ) {}

  async apply(tx: Tx, scene: Scene, notice: BankNotified): Promise<NoticeEffect> {
    const effect = isOfPayment(notice) ? await this.onPayment(tx, scene, notice) : await this.onMeasure(tx, scene, notice);
    if (effect !== 'early') await markApplied(tx, notice);
    return effect;
  }

  /** After an answer: the notices about its line that came before it. */
  async applyWaiting(tx: Tx, scene: Scene, orderNumber: string, seq: number): Promise<void> {
    for (const notice of await waitingNotices(tx, this.vault, scene.caseKey, orderNumber, seq)) await this.apply(tx, scene, notice);
  }

  private async onMeasure(tx: Tx, scene: Scene, notice: BankNotified): Promise<NoticeEffect> {
    const row = await findMeasureByOrigin(tx, notice.orderNumber, notice.seq);
    if (!row) return 'early';
    const said = readNotice(notice, row.currency);
    if (!said) {
      await this.tasks.open(tx, scene, row, row.seq, ['mismatch'], '银行主动通知的金额、币种或时间无法读取');
      return 'ignored';
    }
    const outcome = applyNotice(measureStateOf(row), said, await hasOpenLines(tx, row.id));
    await this.tasks.open(tx, scene, row, row.seq, outcome.tasks, `银行主动通知（${notice.kind}）与记录不符`);
    if (row.holding_id !== null && notice.balance !== undefined && notice.balance.currency === row.currency) {
      await restateBalance(tx, row.holding_id, { balance: minorOf(notice.balance), asOf: said.asOf });
    }
    if (!outcome.measure) return 'ignored';
    await this.book.changeMeasure(tx, scene, row, outcome.measure, notice.kind);
    return 'applied';
  }

  private async onPayment(tx: Tx, scene: Scene, notice: BankNotified): Promise<NoticeEffect> {
    const payment = await findPaymentByOrigin(tx, notice.orderNumber, notice.seq);
    if (!payment) return 'early';
    const measure = await findMeasure(tx, payment.measure_id);
    if (!measure) return 'early';
    const at = instantOf(notice.at);
    if (at === undefined || contradicts(notice, payment)) {
      const order = { order_number: payment.order_number, case_id: payment.case_id, bank: notice.bank };
      await this.tasks.open(tx, scene, order, payment.seq, ['mismatch'], '银行通知的到账或退回金额与划出金额不符');
      return 'ignored';
    }
    const facts = await this.factsOf(tx, payment, measure);
    const outcome = notice.kind === 'credited' ? applyCredited(facts) : applyReturned(facts, notice.controlRestored ?? false);
    return (await this.book.changePayment(tx, scene, payment, measure, outcome, at)) ? 'applied' : 'ignored';
  }

  /** A payment with what decides about it; a person's word of it is judged on the same facts. */
  async factsOf(tx: Tx, payment: PaymentRow, measure: MeasureRow) {
    return {
      state: payment.state,
      amount: BigInt(payment.amount),
      measure: measureStateOf(measure),
      paymentsOnTheWay: await paymentsOnTheWay(tx, payment.case_id, measure.id, payment.id),
    };
  }
}

export function isOfPayment({ kind }: BankNotified): boolean {
  return kind === 'credited' || kind === 'returned';
}

function contradicts({ amount }: BankNotified, payment: PaymentRow): boolean {
  if (amount === undefined) return false;
  return amount.currency !== payment.currency || minorOf(amount) !== BigInt(payment.amount);
}

function instantOf(text: string): Instant | undefined {
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Nothing when its figures cannot be read or are in another currency: then it changes nothing and is looked at (I6). */
function readNotice(notice: BankNotified, currency: string): MeasureNotice | undefined {
  const { kind, limit, covered, uncovered, rank } = notice;
  if ([limit, covered, uncovered].some((money) => money !== undefined && money.currency !== currency)) return undefined;
  try {
    return {
      kind,
      ...(limit === undefined ? {} : { limit: minorOf(limit) }),
      ...(covered === undefined ? {} : { covered: minorOf(covered) }),
      ...(uncovered === undefined ? {} : { uncovered: minorOf(uncovered) }),
      ...(rank === undefined ? {} : { rank }),
      asOf: parseInstant(notice.at),
    };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
