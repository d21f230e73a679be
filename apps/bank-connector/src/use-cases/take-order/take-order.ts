import { AppError, failPoint, parseInstant } from '#kernel';
import { insertLater, placeholders, type Columns, type Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { standingInLane } from '../../adapters/store/lanes.js';
import { seeOrder } from '../../adapters/store/order-rows.js';
import { withdraw, type WithdrawalReason } from '../withdraw-order/withdraw-order.js';
import type { PreparedOrder } from './prepare-order.js';

/** What one look has shown of the orders that a transaction brings. */
interface Ahead {
  /** Reasons by order number. */
  readonly early: ReadonlyMap<string, string>;
  /** Those that are not here yet. */
  readonly fresh: Set<string>;
}

/** `order.dispatched.v1`: the order enters the journal, once for ever, and waits for its turn. */
export class TakeOrder {
  private readonly ahead = new WeakMap<Tx, Ahead>();

  constructor(private readonly context: BankContext) {}

  /**
   * Looks for the early withdrawals of many orders at once, and which of them are here. Only for a transaction that brings orders and nothing else, so
   * that none can come meanwhile; what another transaction brings after the look fails this one, which is then run again.
   */
  async lookAhead(tx: Tx, orderNumbers: readonly string[]): Promise<void> {
    const among = `WHERE order_number IN (${placeholders(orderNumbers.length)})`;
    const early = await tx.all<{ order_number: string; reason: string }>(
      `SELECT order_number, reason FROM early_withdrawals ${among}`,
      orderNumbers,
    );
    const here = await tx.all<{ order_number: string }>(`SELECT order_number FROM orders ${among}`, orderNumbers);
    const fresh = new Set(orderNumbers);
    for (const { order_number } of here) fresh.delete(order_number);
    this.ahead.set(tx, { early: new Map(early.map(({ order_number, reason }) => [order_number, reason])), fresh });
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
    const ahead = this.ahead.get(tx);
    if (ahead) return ahead.early.get(orderNumber);
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
    const row = {
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
    };
    if (await this.insertRow(tx, row)) {
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

  /** What was looked for ahead and is not here goes in with the others; a number of a lane is taken by whoever is first. */
  private async insertRow(tx: Tx, row: Columns & { readonly order_number: string }): Promise<boolean> {
    const isFresh = this.ahead.get(tx)?.fresh.delete(row.order_number) ?? false;
    if (!isFresh || row['lane_id'] !== null) return tx.insertOnce('orders', row);
    insertLater(tx, 'orders', [row]);
    return true;
  }
}
