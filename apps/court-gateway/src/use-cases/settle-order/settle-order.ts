import { Inject, Injectable } from '@nestjs/common';
import { type Instant } from '#kernel';
import { isFinal, isOverdue, mayMove, ORDER_LIFE, requestStatusOf, type OrderProgress, type OrderStatus } from '#orders';
import { compareAndSetOrStale, type SqlValue, type Tx } from '#persistence';
import { moveOrder, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { OrdersInHand, progressesOf, siblingsOf } from '../../adapters/store/orders-in-hand.js';
import { RequestEvents, type RequestEvent } from '../../adapters/store/request-events.js';
import { findRequest, lockRequest, moveRequest } from '../../adapters/store/request-rows.js';
import { Tasks } from '../../adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { happened, type Scene } from '../scene.js';

type Change = Pick<RequestEvent, 'type' | 'body'>;

/** The columns of an order that change with its status. */
export type OrderColumns = Readonly<Record<string, SqlValue>>;

/**
 * Moves an order and, when it was the last open one, its request; tells the request's readers. Every status after dispatch is
 * written here and derived by libs/orders.
 */
@Injectable()
export class SettleOrder {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(RequestEvents) private readonly events: RequestEvents,
    @Inject(Tasks) private readonly tasks: Tasks,
    @Inject(OrdersInHand) private readonly inHand: OrdersInHand,
  ) {}

  /**
   * Writes an order's status as far as its life cycle allows: an `undetermined` one stays so while its lines are still under way.
   * `lines` are its lines as they stand now.
   */
  async move(tx: Tx, scene: Scene, order: OrderRow, to: OrderStatus, lines: readonly LineRow[], change: OrderColumns): Promise<void> {
    const status = order.status === to || mayMove(ORDER_LIFE, order.status, to) ? to : order.status;
    const due = (change['due_at'] ?? order.due_at) as Instant | null;
    const stated = lines.map((line) => ({ status: line.status, ...(line.expected_on === null ? {} : { expectedOn: line.expected_on }) }));
    const overdue = order.overdue === 1 && isOverdue(status, due ?? undefined, stated, this.parts.clock.now()) ? 1 : 0;
    moveOrder(tx, order, status, { ...change, overdue });
    if (order.overdue === 1 && overdue === 0) await this.tasks.settle(tx, ['overdue'], [order.order_number]);
    if (order.status === 'undetermined' && status !== 'undetermined') await this.tasks.settle(tx, ['undetermined'], [order.order_number]);
    const progress = { status, lines: lines.map((line) => line.status), overdue: overdue === 1 };
    const ofRequest = isFinal(ORDER_LIFE, status) ? await this.settleRequest(tx, scene, order, progress) : undefined;
    const changes = [orderChange({ ...order, overdue }, status, lines), ...(ofRequest ? [ofRequest] : [])];
    this.events.recordMany(tx, order.request_id, this.parts.clock.now(), changes);
  }

  /** Marks an order as late (R11) and asks a person to press the bank. */
  async markOverdue(tx: Tx, scene: Scene, order: OrderRow, lines: readonly LineRow[]): Promise<void> {
    await compareAndSetOrStale(
      tx,
      'orders',
      { overdue: 1, version: order.version + 1 },
      { order_number: order.order_number, version: order.version, status: order.status },
    );
    happened(scene, 'order.overdue', `order:${order.order_number}`, { orderNumber: order.order_number, bank: order.bank });
    await this.tasks.open(tx, {
      kind: 'overdue',
      subject: order.order_number,
      caseId: order.case_id,
      courtCode: scene.case.court_code,
      caseKey: scene.caseKey,
      requestId: order.request_id,
      orderNumber: order.order_number,
      ...(order.due_at === null ? {} : { dueAt: order.due_at }),
      detail: { text: `银行未在期限内反馈，请催办`, bank: order.bank },
    });
    this.events.recordMany(tx, order.request_id, this.parts.clock.now(), [orderChange({ ...order, overdue: 1 }, order.status, lines)]);
  }

  /** The request's status follows when no other of its orders is open. Returns what its readers are told. */
  private async settleRequest(tx: Tx, scene: Scene, order: OrderRow, progress: OrderProgress): Promise<Change | undefined> {
    const inHand = this.inHand.ended(tx, order, progress);
    if (inHand?.hasOpenOrders ?? (await hasOpenSiblings(tx, order))) return undefined;
    const request = inHand?.request ?? (await findRequest(tx, order.request_id));
    if (request?.status !== 'dispatched') return undefined;
    const next = requestStatusOf([{ ...progress, overdue: false }, ...(inHand?.others ?? (await othersOf(tx, order)))]);
    if (next === 'dispatched') return undefined;
    moveRequest(tx, request, next, { ended_at: this.parts.clock.now() });
    happened(scene, `request.${next}`, `request:${request.id}`, { requestId: request.id, status: next }, { requestId: request.id });
    return { type: 'status', body: { status: next } };
  }
}

async function othersOf(tx: Tx, { request_id, order_number }: OrderRow): Promise<readonly OrderProgress[]> {
  const progresses = progressesOf(await siblingsOf(tx, [request_id])).get(request_id);
  return [...(progresses ?? [])].filter(([number]) => number !== order_number).map(([, progress]) => progress);
}

async function hasOpenSiblings(tx: Tx, order: OrderRow): Promise<boolean> {
  // Two last orders that are answered at the same moment, in two processes, would each find the other open.
  await lockRequest(tx, order.request_id);
  const open = await tx.one(
    `SELECT 1 AS found FROM orders WHERE request_id = ? AND order_number <> ?
     AND status IN ('queued', 'sent', 'received', 'undetermined') LIMIT 1`,
    [order.request_id, order.order_number],
  );
  return open !== undefined;
}

function orderChange(order: OrderRow, status: OrderStatus, lines: readonly LineRow[]): Change {
  return {
    type: 'order',
    body: {
      orderNumber: order.order_number,
      bank: order.bank,
      legalPerson: order.legal_person,
      status,
      overdue: order.overdue === 1,
      lines: lines.flatMap((line) => (line.status === 'open' ? [] : [{ seq: line.seq, status: line.status }])),
    },
  };
}
