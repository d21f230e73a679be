import { Inject, Injectable } from '@nestjs/common';
import type { OrderProgressed } from '#contracts';
import { parseInstant, type Instant } from '#kernel';
import { FactRecorder } from '#messaging';
import { dueAt, isFinal, isOpenLine, LINE_LIFE, mayMove, ORDER_LIFE, type OrderStatus } from '#orders';
import { changeLater, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { lockCase, type CaseRow } from '../../adapters/store/case-rows.js';
import { changeLine, linesOfOrder, sealOutcome, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { OrdersInHand } from '../../adapters/store/orders-in-hand.js';
import { AnswerTasks } from '../record-answer/answer-tasks.js';
import { ControlEffects } from '../record-answer/control-effects.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MONEY_WATCH, type MoneyWatch } from '../money-watch.js';
import { bankActor, happened, type Scene } from '../scene.js';
import { SettleOrder, type OrderColumns } from '../settle-order/settle-order.js';

@Injectable()
export class ProgressPorts {
  constructor(
    @Inject(PARTS) readonly parts: GatewayParts,
    @Inject(Vault) readonly vault: Vault,
    @Inject(FactRecorder) readonly facts: FactRecorder,
    @Inject(MONEY_WATCH) readonly watch: MoneyWatch,
    @Inject(SettleOrder) readonly settle: SettleOrder,
  ) {}
}

/** Takes a connector's word of an order's way to the bank into effect: its times and status, withdrawal, and nobody knowing (I6). */
@Injectable()
export class RecordProgress {
  constructor(
    @Inject(ProgressPorts) private readonly ports: ProgressPorts,
    @Inject(ControlEffects) private readonly control: ControlEffects,
    @Inject(AnswerTasks) private readonly tasks: AnswerTasks,
    @Inject(OrdersInHand) private readonly inHand: OrdersInHand,
  ) {}

  /** `keyOf` gives the data keys that were fetched before the transaction. */
  async execute(tx: Tx, progress: OrderProgressed, keyOf: (caseId: string) => DataKey): Promise<void> {
    // That the connector has it changes nothing that a court user sees; the connector's own fact says so.
    if (progress.event === 'taken') return;
    const order = await this.inHand.order(tx, progress.orderNumber);
    if (!order) return this.unknown(tx, progress);
    switch (progress.event) {
      case 'available':
      case 'sent':
      case 'received':
        return this.advance(tx, order, progress, keyOf(order.case_id));
      case 'undetermined':
        return this.undetermined(tx, order, progress, keyOf(order.case_id));
      case 'withdrawn':
        return this.withdraw(tx, order, progress, keyOf(order.case_id));
    }
  }

  /** R11: the bank's 24 hours run from its receipt, else from when it could have the order. Events may come late and out of order. */
  private async advance(tx: Tx, order: OrderRow, progress: OrderProgressed, caseKey: DataKey): Promise<void> {
    const change = this.timesOf(order, progress);
    const to = this.statusAfter(order, progress);
    if (!mayMove(ORDER_LIFE, order.status, to)) {
      if (Object.keys(change).length > 0) writeTimes(tx, order, change);
      return;
    }
    const left: OrderColumns = order.withdrawal === 'asked' ? { withdrawal: 'already-sent' } : {};
    const row = await this.inHand.caseOf(tx, order.case_id);
    if (!row) return;
    await this.ports.settle.move(tx, this.sceneOf(order, row, caseKey), order, to, [], { ...change, ...left });
  }

  /** What a polling bank may fetch is still here, so it stays `queued` and can be withdrawn; a file or a desk's list is with the bank. */
  private statusAfter(order: OrderRow, { event }: OrderProgressed): OrderStatus {
    if (event === 'received') return 'received';
    return event === 'available' && this.ports.parts.banks.find(order.bank)?.delivery === 'pull' ? 'queued' : 'sent';
  }

  private timesOf(order: OrderRow, { event, at }: OrderProgressed): OrderColumns {
    const when = parseInstant(at);
    const change: Record<string, Instant> = {};
    if (event === 'sent' && order.sent_at === null) change['sent_at'] = when;
    if (event !== 'received' && order.available_at === null) change['available_at'] = when;
    if (event === 'received' && order.received_at === null) change['received_at'] = when;
    if (Object.keys(change).length === 0) return {};
    const availableAt = change['available_at'] ?? order.available_at ?? undefined;
    const receivedAt = change['received_at'] ?? order.received_at ?? undefined;
    const due = dueAt(this.ports.parts.policy, {
      ...(availableAt === undefined ? {} : { availableAt }),
      ...(receivedAt === undefined ? {} : { receivedAt }),
    });
    return due === undefined ? change : { ...change, due_at: due };
  }

  private async undetermined(tx: Tx, order: OrderRow, progress: OrderProgressed, caseKey: DataKey): Promise<void> {
    if (isFinal(ORDER_LIFE, order.status)) return;
    const row = await lockCase(tx, order.case_id);
    const scene = this.sceneOf(order, row, caseKey);
    const reason = progress.reason ?? '连接端不能确定银行是否已执行';
    const lines: LineRow[] = [];
    for (const line of await linesOfOrder(tx, order.order_number)) lines.push(await this.control.markUndetermined(tx, scene, line, reason));
    await this.tasks.open(tx, scene, order, undefined, ['undetermined'], reason);
    happened(scene, 'order.undetermined', `order:${order.order_number}`, contentOf(progress));
    await this.ports.settle.move(tx, scene, order, 'undetermined', lines, {});
    this.ports.facts.note(tx, scene.facts);
  }

  /** It never left: its lines end, the ceiling is free again (I7), and its rulings are no longer used up by it. */
  private async withdraw(tx: Tx, order: OrderRow, progress: OrderProgressed, caseKey: DataKey): Promise<void> {
    if (order.status === 'withdrawn') return;
    const row = await lockCase(tx, order.case_id);
    const scene = this.sceneOf(order, row, caseKey);
    const lines = await linesOfOrder(tx, order.order_number);
    const free = mayMove(ORDER_LIFE, order.status, 'withdrawn') && lines.every(({ status }) => mayMove(LINE_LIFE, status, 'withdrawn'));
    happened(scene, free ? 'order.withdrawn' : 'order.withdrawal-refused', `order:${order.order_number}`, contentOf(progress));
    if (free) {
      const { vault, settle, watch } = this.ports;
      const written: LineRow[] = [];
      for (const line of lines) written.push(endLine(tx, line));
      // Of what an officer asked back his own words stand here already.
      const said = order.withdrawal === 'asked' && progress.code === 'withdrawn-by-officer' ? order.outcome_sealed : null;
      const sealed = said ?? sealOutcome(vault, caseKey, order.order_number, { note: progress.reason ?? '' });
      await settle.move(tx, scene, order, 'withdrawn', written, { outcome_code: progress.code ?? 'withdrawn', outcome_sealed: sealed });
      if (order.action !== 'inquire') await watch.moneyChanged(tx, order.case_id, caseKey);
    } else {
      await this.tasks.open(tx, scene, order, undefined, ['mismatch'], '连接端称未发出，但银行已收到或已反馈');
    }
    this.ports.facts.note(tx, scene.facts);
  }

  /** The connector names an order that is not here: a defect of ours, written down where it cannot be overlooked. */
  private async unknown(tx: Tx, progress: OrderProgressed): Promise<void> {
    this.ports.parts.log.write('error', 'progress-of-unknown-order', { orderNumber: progress.orderNumber, event: progress.event });
    const subject = `order:${progress.orderNumber}`;
    await this.ports.facts.record(tx, { type: 'order.unknown', subject, orderNumber: progress.orderNumber, content: contentOf(progress) });
  }

  private sceneOf(order: OrderRow, row: CaseRow, caseKey: DataKey): Scene {
    return {
      case: row,
      caseKey,
      actor: bankActor(order.bank),
      requestId: order.request_id,
      orderNumber: order.order_number,
      facts: [],
    };
  }
}

function endLine(tx: Tx, line: LineRow): LineRow {
  if (!isOpenLine(line.status)) return line;
  changeLine(tx, line, { status: 'withdrawn' });
  return { ...line, status: 'withdrawn', version: line.version + 1 };
}

function writeTimes(tx: Tx, order: OrderRow, change: OrderColumns): void {
  changeLater(tx, 'orders', {
    change: { ...change, version: order.version + 1 },
    key: { order_number: order.order_number },
    guard: { version: order.version },
  });
}

function contentOf({ orderNumber, event, at, code, reason }: OrderProgressed) {
  return { orderNumber, event, at, code, reason };
}
