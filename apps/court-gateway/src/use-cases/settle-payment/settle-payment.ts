import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Action, type Principal } from '#access';
import { AppError, formatAmount, instantText, invariant } from '#kernel';
import { FactRecorder } from '#messaging';
import { applyCredited, applyReturned } from '#orders';
import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, lockCase, notFound, pathId } from '../../adapters/store/case-rows.js';
import { findMeasure } from '../../adapters/store/measure-writes.js';
import { findOrder } from '../../adapters/store/order-rows.js';
import { findPayment, movePayment, type PaymentRow } from '../../adapters/store/payment-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MoneyBook } from '../keep-money/money-book.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { NoticeEffects } from '../record-notice/notice-effects.js';
import { happened, type Scene } from '../scene.js';

/** What a person found in the court's account, or heard from the bank. */
export interface PaymentFinding {
  readonly reason?: string;
  /** returned: the bank has confirmed in writing that the money is under the freeze again (I7). */
  readonly controlRestored?: boolean;
}

export interface PreparedPayment {
  readonly caseId: string;
  readonly caseKey: DataKey;
  readonly paymentId: string;
}

@Injectable()
export class PaymentPorts {
  constructor(
    @Inject(PARTS) readonly parts: GatewayParts,
    @Inject(Vault) readonly vault: Vault,
    @Inject(FactRecorder) readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
    @Inject(Tasks) readonly tasks: Tasks,
  ) {}
}

/** A court user says what became of deducted money, where no notice of the bank does, and claims it to the case (R20, R21). */
@Injectable()
export class SettlePayment {
  constructor(
    @Inject(PaymentPorts) private readonly ports: PaymentPorts,
    @Inject(NoticeEffects) private readonly effects: NoticeEffects,
    @Inject(MoneyBook) private readonly book: MoneyBook,
  ) {}

  /** @throws AppError `not-found` */
  async prepare(
    principal: Principal,
    action: Extract<Action, 'payment.credited' | 'payment.returned' | 'payment.claim'>,
    paymentId: string,
  ): Promise<PreparedPayment> {
    const { reader } = this.ports.parts.database;
    const payment = await findPayment(reader, pathId(paymentId));
    if (!payment) throw notFound();
    const row = await loadCase(reader, payment.case_id);
    assertMay(principal, action, { courtCode: row.court_code });
    return { caseId: row.id, caseKey: await this.ports.vault.keyOf(row.id), paymentId };
  }

  /** @throws AppError `wrong-state` when the payment was claimed, returned or credited before */
  async settle(
    tx: Tx,
    prepared: PreparedPayment,
    to: 'credited' | 'returned',
    finding: PaymentFinding,
    by: Principal,
  ): Promise<PaymentRow> {
    const { payment, scene } = await this.read(tx, prepared, by);
    const measure = await findMeasure(tx, payment.measure_id);
    invariant(measure, 'a payment names the measure that it came from');
    const facts = await this.effects.factsOf(tx, payment, measure);
    const outcome = to === 'credited' ? applyCredited(facts) : applyReturned(facts, finding.controlRestored ?? false);
    if (outcome.state === payment.state) throw wrongState(payment);
    const at = this.ports.parts.clock.now();
    happened(scene, 'payment.found', `payment:${payment.id}`, { paymentId: payment.id, state: to, at: instantText(at), ...finding });
    await this.book.changePayment(tx, scene, payment, measure, outcome, at);
    await this.ports.watch.moneyChanged(tx, prepared.caseId, prepared.caseKey);
    return this.end(tx, scene, payment.id);
  }

  /** The money is the case's own now. @throws AppError `wrong-state` unless it was credited */
  async claim(tx: Tx, prepared: PreparedPayment, by: Principal): Promise<PaymentRow> {
    const { payment, scene } = await this.read(tx, prepared, by);
    if (payment.state !== 'credited') throw wrongState(payment);
    await movePayment(tx, payment, 'claimed', { claimed_at: this.ports.parts.clock.now() });
    await this.ports.tasks.settle(tx, ['claim'], [payment.id]);
    happened(scene, 'payment.claimed', `payment:${payment.id}`, {
      paymentId: payment.id,
      amount: formatAmount(BigInt(payment.amount), payment.currency),
      currency: payment.currency,
    });
    return this.end(tx, scene, payment.id);
  }

  private async read(
    tx: Tx,
    { caseId, caseKey, paymentId }: PreparedPayment,
    by: Principal,
  ): Promise<{ payment: PaymentRow; scene: Scene }> {
    const row = await lockCase(tx, caseId);
    const payment = await findPayment(tx, paymentId);
    if (!payment) throw notFound();
    const order = await findOrder(tx, payment.order_number);
    const scene: Scene = {
      case: row,
      caseKey,
      actor: by.userId,
      orderNumber: payment.order_number,
      ...(order ? { requestId: order.request_id } : {}),
      facts: [],
    };
    return { payment, scene };
  }

  private async end(tx: Tx, scene: Scene, paymentId: string): Promise<PaymentRow> {
    this.ports.facts.note(tx, scene.facts);
    const payment = await findPayment(tx, paymentId);
    invariant(payment, 'a payment that was just written is there');
    return payment;
  }
}

function wrongState({ state }: PaymentRow): AppError {
  return new AppError('wrong-state', `该执行款的状态为${state}，不能执行此操作`);
}
