import type { Reader } from '#persistence';
import { WITH_PAPERS, type OrderRow } from './order-rows.js';

/** Times that a bank is asked by itself about an answer that could not be trusted or read; then only persons go on. */
const QUESTIONS_AFTER_DOUBT_MAX = 3;

/** Parked orders whose answer could not be trusted or read: the bank may say it again, better. */
export function doubtfulOrders(reader: Reader, now: number, limit: number): Promise<readonly OrderRow[]> {
  return reader.all<OrderRow>(
    `SELECT * FROM ${WITH_PAPERS} WHERE standing = 'parked' AND delivery IN ('UNKNOWN', 'ACCEPTED') AND next_try_at <= ? AND attempts < ?
     AND code IN ('signature-invalid', 'signature-absent', 'answer-unreadable') ORDER BY seq LIMIT ${Number(limit)}`,
    [now, QUESTIONS_AFTER_DOUBT_MAX],
  );
}

/** Numbers of the orders that stand as SENDING in the journal. */
export async function ordersLeftSending(reader: Reader, limit: number): Promise<readonly string[]> {
  const rows = await reader.all<{ order_number: string }>(
    `SELECT order_number FROM orders WHERE delivery = 'SENDING' AND standing = 'open' LIMIT ${Number(limit)}`,
  );
  return rows.map((row) => row.order_number);
}
