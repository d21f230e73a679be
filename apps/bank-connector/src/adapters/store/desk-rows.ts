import { compareAndSet, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import type { OrderRow } from './order-rows.js';

/** `received` waits for a clerk, `in-review` for the second one. An answer with lines in progress brings an order back to `received`. */
export const DESK_STATUSES = ['received', 'in-review', 'answered', 'rolled-back', 'withdrawn', 'undetermined'] as const;
export type DeskStatus = (typeof DESK_STATUSES)[number];

export interface DeskRow extends Row {
  readonly order_number: string;
  readonly case_id: string;
  readonly action: OrderRow['action'];
  readonly status: DeskStatus;
  readonly version: number;
  readonly received_at: number;
  readonly due_at: number;
  readonly draft_sealed: Buffer | null;
  readonly answered_by: string | null;
  readonly answered_name: string | null;
  readonly answered_at: number | null;
  readonly reviewed_by: string | null;
  readonly reviewed_name: string | null;
  readonly reviewed_at: number | null;
  readonly rejected_sealed: Buffer | null;
}

export interface ReceiptRow extends Row {
  readonly id: string;
  readonly digest: string;
  readonly sha256: string;
  readonly size: number;
  readonly name_sealed: Buffer;
  readonly at: number;
}

export function findDeskOrder(reader: Reader, orderNumber: string): Promise<DeskRow | undefined> {
  return reader.one<DeskRow>('SELECT * FROM desk_orders WHERE order_number = ?', [orderNumber]);
}

export function receiptsOf(reader: Reader, orderNumber: string): Promise<readonly ReceiptRow[]> {
  return reader.all<ReceiptRow>(
    'SELECT id, digest, sha256, size, name_sealed, at FROM desk_receipts WHERE order_number = ? ORDER BY at, id',
    [orderNumber],
  );
}

/** Changes a desk order that still is as it was seen; false when another clerk was faster. */
export function changeDeskOrder(
  tx: Tx,
  seen: Pick<DeskRow, 'order_number' | 'version' | 'status'>,
  change: Readonly<Record<string, SqlValue>>,
): Promise<boolean> {
  const { order_number, version, status } = seen;
  return compareAndSet(tx, 'desk_orders', { ...change, version: version + 1 }, { order_number, version, status });
}

export interface DeskQuery {
  readonly status?: DeskStatus;
  /** Received at or after, and before. */
  readonly from?: number;
  readonly until?: number;
  /** The row after which the page begins, newest first. */
  readonly after?: { readonly at: number; readonly orderNumber: string };
  readonly limit: number;
}

/** A page of desk orders, newest first, with one row too many when there are more. */
export function deskPage(reader: Reader, { status, from, until, after, limit }: DeskQuery): Promise<readonly DeskRow[]> {
  const conditions: string[] = ['1 = 1'];
  const params: SqlValue[] = [];
  const where = (sql: string, ...values: SqlValue[]): void => {
    conditions.push(sql);
    params.push(...values);
  };
  if (status !== undefined) where('status = ?', status);
  if (from !== undefined) where('received_at >= ?', from);
  if (until !== undefined) where('received_at < ?', until);
  if (after) where('(received_at < ? OR (received_at = ? AND order_number < ?))', after.at, after.at, after.orderNumber);
  const sql = `SELECT * FROM desk_orders WHERE ${conditions.join(' AND ')} ORDER BY received_at DESC, order_number DESC LIMIT ${limit + 1}`;
  return reader.all<DeskRow>(sql, params);
}
