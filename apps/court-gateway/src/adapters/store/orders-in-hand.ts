import { Injectable } from '@nestjs/common';
import type { OrderStatus } from '#orders';
import { placeholders, type Tx } from '#persistence';
import { findCase, type CaseRow } from './case-rows.js';
import { findOrder, linesOfOrder, linesOfOrders, type LineRow, type OrderRow } from './order-rows.js';

interface Hand {
  readonly orders: Map<string, OrderRow>;
  readonly lines: Map<string, readonly LineRow[]>;
  readonly cases: ReadonlyMap<string, CaseRow>;
  /** Numbers of the open orders of each request whose row this transaction holds. */
  readonly open: ReadonlyMap<string, Set<string>>;
}

/** Orders that have no last word yet. */
const OPEN: readonly OrderStatus[] = ['queued', 'sent', 'received', 'undetermined'];
const NUMBERS_MAX = 500;

/**
 * Orders that the messages of one transaction are about, locked and read together: answers and progress of one order come to two readers at the same
 * moment, and whoever comes second would otherwise find its rows changed and do all of its work again. An order and its lines are given out once,
 * because whoever takes them changes them; asked again they are read again.
 */
@Injectable()
export class OrdersInHand {
  private readonly hands = new WeakMap<Tx, Hand>();

  /** Holds the orders and then their requests until the commit: everywhere in this order and by key, so that two never wait for each other. */
  async take(tx: Tx, orderNumbers: readonly string[]): Promise<void> {
    const numbers = [...new Set(orderNumbers)].sort().slice(0, NUMBERS_MAX);
    if (numbers.length < 2) return;
    const list = placeholders(numbers.length);
    await tx.run(`UPDATE orders SET version = version WHERE order_number IN (${list})`, numbers);
    const orders = await tx.all<OrderRow>(`SELECT * FROM orders WHERE order_number IN (${list})`, numbers);
    if (orders.length === 0) return;
    const requestIds = [...new Set(orders.map(({ request_id }) => request_id))].sort();
    const requests = placeholders(requestIds.length);
    await tx.run(`UPDATE requests SET event_seq = event_seq WHERE id IN (${requests})`, requestIds);
    const unended = await tx.all<{ request_id: string; order_number: string }>(
      `SELECT request_id, order_number FROM orders WHERE request_id IN (${requests}) AND status IN (${placeholders(OPEN.length)})`,
      [...requestIds, ...OPEN],
    );
    const open = new Map(requestIds.map((id) => [id, new Set<string>()]));
    for (const { request_id, order_number } of unended) open.get(request_id)?.add(order_number);
    const caseIds = [...new Set(orders.map(({ case_id }) => case_id))];
    const cases = await tx.all<CaseRow>(`SELECT * FROM cases WHERE id IN (${placeholders(caseIds.length)})`, caseIds);
    this.hands.set(tx, {
      orders: new Map(orders.map((row) => [row.order_number, row])),
      lines: byOrder(await linesOfOrders(tx, numbers)),
      cases: new Map(cases.map((row) => [row.id, row])),
      open,
    });
  }

  async order(tx: Tx, orderNumber: string): Promise<OrderRow | undefined> {
    const hand = this.hands.get(tx);
    const row = hand?.orders.get(orderNumber);
    hand?.orders.delete(orderNumber);
    return row ?? findOrder(tx, orderNumber);
  }

  async lines(tx: Tx, orderNumber: string): Promise<readonly LineRow[]> {
    const hand = this.hands.get(tx);
    const rows = hand?.lines.get(orderNumber);
    hand?.lines.delete(orderNumber);
    return rows ?? linesOfOrder(tx, orderNumber);
  }

  /** A case whose money the caller does not touch; whoever does takes its lock, which reads it anew. */
  async caseOf(tx: Tx, caseId: string): Promise<CaseRow | undefined> {
    return this.hands.get(tx)?.cases.get(caseId) ?? findCase(tx, caseId);
  }

  /** Notes that an order has ended. @returns whether others of its request are open, or undefined when its request is not held here */
  ended(tx: Tx, { request_id, order_number }: OrderRow): boolean | undefined {
    const open = this.hands.get(tx)?.open.get(request_id);
    open?.delete(order_number);
    return open && open.size > 0;
  }
}

function byOrder(lines: readonly LineRow[]): Map<string, readonly LineRow[]> {
  const found = new Map<string, LineRow[]>();
  for (const line of lines) {
    const own = found.get(line.order_number);
    if (own) own.push(line);
    else found.set(line.order_number, [line]);
  }
  return found;
}
