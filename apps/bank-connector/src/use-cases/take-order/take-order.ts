import { AppError, failPoint, parseInstant } from '#kernel';
import { placeholders, type Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { standingInLane } from '../../adapters/store/lanes.js';
import { seeOrder } from '../../adapters/store/order-rows.js';
import { withdraw, type WithdrawalReason } from '../withdraw-order/withdraw-order.js';
import type { PreparedOrder } from './prepare-order.js';

/** `order.dispatched.v1`: the order enters the journal, once for ever, and waits for its turn. */
export class TakeOrder {
  private readonly early = new WeakMap<Tx, ReadonlyMap<string, string>>();

  constructor(private readonly context: BankContext) {}

  /** Looks for the early withdrawals of many orders at once. Only for a transaction that brings orders and nothing else, so that none can come meanwhile. */
  async lookAhead(tx: Tx, orderNumbers: readonly string[]): Promise<void> {
    const rows = await tx.all<{ order_number: string; reason: string }>(
      `SELECT order_number, reason FROM early_withdrawals WHERE order_number IN (${placeholders(orderNumbers.length)})`,
      orderNumbers,
    );
    this.early.set(tx, new Map(rows.map(({ order_number, reason }) => [order_number, reason])));
  }

  async execute(tx: Tx, prepared: PreparedOrder): Promise<void> {
    const { order } = prepared;
    const standing = order.lane ? await standingInLane(tx, order.lane.id, order.lane.number) : 'open';
    if (!(await this.insert(tx, prepared, standing))) return;
    this.context.announce.progress(tx, { orderNumber: order.orderNumber, event: 'taken' });
    const lane = order.lane && { id: order.lane.id, number: order.lane.number };
    const content = { action: order.action, legalPerson: order.legalPerson, lane };
    this.context.announce.note(tx, { about: prepared, type: 'order.taken', content });
    const reason = await this.earlyReason(tx, order.orderNumber);
    if (reason !== undefined) await this.withdraw(tx, prepared, { code: 'withdrawn-by-officer', reason });
    else if (prepared.impossible) await this.withdraw(tx, prepared, prepared.impossible);
    tx.afterCommit(() => this.context.wake());
    failPoint('connector.taken-before-commit');
  }

  private async earlyReason(tx: Tx, orderNumber: string): Promise<string | undefined> {
    const seen = this.early.get(tx);
    if (seen) return seen.get(orderNumber);
    return (await tx.one<{ reason: string }>('SELECT reason FROM early_withdrawals WHERE order_number = ?', [orderNumber]))?.reason;
  }

  private async withdraw(tx: Tx, { order, key }: PreparedOrder, why: WithdrawalReason): Promise<void> {
    const row = await seeOrder(tx, order.orderNumber);
    if (row) await withdraw(this.context, tx, { row, order, key }, why);
  }

  private async insert(tx: Tx, { order, key, wire }: PreparedOrder, standing: 'open' | 'waiting'): Promise<boolean> {
    const { vault, clock, bank, log } = this.context;
    const { orderNumber } = order;
    const now = clock.now();
    const isNew = await tx.insertOnce('orders', {
      order_number: orderNumber,
      case_id: order.case.id,
      request_id: order.requestId,
      officer_id: order.officer.id,
      action: order.action,
      legal_person: order.legalPerson,
      lane_id: order.lane?.id ?? null,
      lane_number: order.lane?.number ?? null,
      delivery: 'READY',
      standing,
      attempts: 0,
      next_try_at: now,
      dispatched_at: parseInstant(order.dispatchedAt),
      taken_at: now,
    });
    if (isNew) {
      tx.append('order_papers', [
        {
          paper_of: orderNumber,
          order_sealed: vault.sealOrder(key, order),
          wire_sealed: vault.sealWire(key, orderNumber, wire.bytes),
          wire_signature: wire.signature,
        },
      ]);
      return true;
    }
    if (!(await seeOrder(tx, orderNumber))) {
      // Not the order number but the lane's number is taken: two orders in one place of a sequence is a defect of the sender.
      throw new AppError('invariant-broken', `lane number ${order.lane?.number ?? 0} of order ${orderNumber} is taken`, { level: 'error' });
    }
    log.write('warn', 'order-taken-before', { bank, orderNumber });
    return false;
  }
}
