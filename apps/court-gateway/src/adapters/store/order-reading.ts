import { legalDateOf, type Instant } from '#kernel';
import type { OrderStatus } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import type { OrderRow } from './order-rows.js';

/**
 * Orders without a last word whose time is over and that are not marked yet, longest overdue first. Those whose open lines the bank
 * has all promised for a day to come are left out, so that they do not fill every turn.
 */
export function overdueOrders(reader: Reader, now: Instant, limit: number): Promise<OrderRow[]> {
  return reader.all<OrderRow>(
    `SELECT o.* FROM orders o WHERE o.status IN ('queued', 'sent', 'received', 'undetermined') AND o.due_at <= ? AND o.overdue = 0
       AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_number = o.order_number AND l.status IN ('open', 'undetermined', 'in-progress')
         AND (l.status <> 'in-progress' OR l.expected_on IS NULL OR l.expected_on < ?))
     ORDER BY o.due_at, o.order_number LIMIT ${limit}`,
    [now, legalDateOf(now)],
  );
}

/** Whose an order is. */
export interface OrderPlace extends Row {
  readonly order_number: string;
  readonly request_id: string;
  readonly case_id: string;
  readonly court_code: string;
}

/** Those of some order numbers that are orders of ours at a bank; at most a few hundred. */
export async function casesOfOrders(reader: Reader, bank: string, orderNumbers: readonly string[]): Promise<OrderPlace[]> {
  if (orderNumbers.length === 0) return [];
  return reader.all<OrderPlace>(
    `SELECT o.order_number AS order_number, o.request_id AS request_id, o.case_id AS case_id, c.court_code AS court_code
     FROM orders o JOIN cases c ON c.id = o.case_id WHERE o.bank = ? AND o.order_number IN (${placeholders(orderNumbers.length)})`,
    [bank, ...orderNumbers],
  );
}

const OPEN: readonly OrderStatus[] = ['queued', 'sent', 'received', 'undetermined'];

/** How many orders have no last word yet, by status. */
export async function openOrderCounts(reader: Reader): Promise<ReadonlyMap<OrderStatus, number>> {
  const rows = await reader.all<{ status: OrderStatus; n: number }>(
    `SELECT status, COUNT(*) AS n FROM orders WHERE status IN (${placeholders(OPEN.length)}) GROUP BY status`,
    OPEN,
  );
  return new Map(rows.map(({ status, n }) => [status, n]));
}

/** How a bank stands to its deadlines: orders overdue, and the nearest deadline of those without a last word. */
export interface BankDeadlines {
  readonly bank: string;
  readonly overdue: number;
  readonly next: Instant | null;
}

export function deadlinesByBank(reader: Reader, now: Instant): Promise<(BankDeadlines & Row)[]> {
  return reader.all<BankDeadlines & Row>(
    `SELECT bank, SUM(CASE WHEN due_at <= ? THEN 1 ELSE 0 END) AS overdue, MIN(due_at) AS next FROM orders
     WHERE status IN (${placeholders(OPEN.length)}) GROUP BY bank`,
    [now, ...OPEN],
  );
}

export async function openTaskCounts(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.all<{ kind: string; n: number }>("SELECT kind, COUNT(*) AS n FROM tasks WHERE state = 'open' GROUP BY kind");
  return new Map(rows.map(({ kind, n }) => [kind, n]));
}
