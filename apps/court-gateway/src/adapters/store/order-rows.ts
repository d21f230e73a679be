import type { Instant, LegalDate } from '#kernel';
import {
  isOpenLine,
  move,
  OPEN_LINE_STATUSES,
  ORDER_LIFE,
  type Action,
  type Credit,
  type LineStatus,
  type OrderProgress,
  type OrderStatus,
  type Scope,
} from '#orders';
import { changeLater, insertMany, placeholders, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

/** A row of `orders`. */
export interface OrderRow extends Row {
  readonly order_number: string;
  readonly request_id: string;
  readonly case_id: string;
  readonly bank: string;
  readonly legal_person: string;
  readonly debtor_id: string;
  readonly action: Action;
  readonly status: OrderStatus;
  readonly version: number;
  readonly lane_id: string | null;
  readonly lane_number: number | null;
  /** An officer asked to withdraw it: `asked` while the connector has not said, `already-sent` when it had left. */
  readonly withdrawal: 'asked' | 'already-sent' | null;
  readonly available_at: Instant | null;
  readonly sent_at: Instant | null;
  readonly received_at: Instant | null;
  readonly due_at: Instant | null;
  readonly answered_at: Instant | null;
  readonly overdue: number;
  readonly nothing_found: number | null;
  /** The code of a rollback or a withdrawal. */
  readonly outcome_code: string | null;
  readonly outcome_sealed: Buffer | null;
  readonly answer_leaf: string | null;
}

/** What is sealed beside `outcome_code`: the bank's words of a rollback, or the reason of a withdrawal. */
export interface SealedOutcome {
  readonly note: string;
  readonly contact?: string;
  readonly phone?: string;
}

/** The columns of an order that have something to say before it is dispatched. */
export type NewOrder = Pick<OrderRow, 'order_number' | 'request_id' | 'case_id' | 'bank' | 'legal_person' | 'debtor_id' | 'action'> &
  Partial<Pick<OrderRow, 'lane_id' | 'lane_number'>>;

/** A row of `order_lines`; money in the minor unit of `currency`. An inquiry has one line, without an account. */
export interface LineRow extends Row {
  readonly order_number: string;
  readonly seq: number;
  readonly request_id: string;
  readonly case_id: string;
  readonly action: Action;
  readonly status: LineStatus;
  readonly version: number;
  readonly holding_id: string | null;
  readonly measure_id: string | null;
  readonly account_index: string | null;
  readonly account_sealed: Buffer | null;
  readonly currency: string;
  readonly kind: string;
  readonly amount: number | null;
  readonly new_limit: number | null;
  readonly scope: Scope | null;
  readonly from_date: LegalDate | null;
  readonly to_date: LegalDate | null;
  readonly result_limit: number | null;
  readonly covered: number | null;
  readonly uncovered: number | null;
  readonly moved: number | null;
  readonly credit: Credit | null;
  readonly expected_on: LegalDate | null;
  readonly reason_code: string | null;
  readonly reason_sealed: Buffer | null;
  /** The legal day of the bank's last word on the line; null while it is open, and of lines that never reached the bank. */
  readonly settled_on: LegalDate | null;
  /** What it did in money by then (`effectOf` of libs/orders). */
  readonly effect: number | null;
}

export interface NewLine {
  readonly order_number: string;
  readonly seq: number;
  readonly request_id: string;
  readonly case_id: string;
  readonly action: Action;
  readonly holding_id?: string;
  readonly measure_id?: string;
  readonly account?: { readonly number: string; readonly index: string };
  readonly currency: string;
  readonly kind: string;
  readonly amount?: bigint;
  readonly new_limit?: bigint;
  readonly scope?: Scope;
  readonly from_date?: LegalDate;
  readonly to_date?: LegalDate;
}

/** The `kind` of an inquiry's line, which concerns no account. */
export const NO_KIND = 'none';

export async function insertOrders(tx: Tx, orders: readonly NewOrder[]): Promise<void> {
  await insertMany(
    tx,
    'orders',
    orders.map(({ lane_id, lane_number, ...order }) => ({
      ...order,
      status: 'queued',
      version: 1,
      lane_id: lane_id ?? null,
      lane_number: lane_number ?? null,
      overdue: 0,
    })),
  );
}

export async function insertLines(tx: Tx, vault: Vault, caseKey: DataKey, lines: readonly NewLine[]): Promise<void> {
  await insertMany(
    tx,
    'order_lines',
    lines.map((line) => ({
      order_number: line.order_number,
      seq: line.seq,
      request_id: line.request_id,
      case_id: line.case_id,
      action: line.action,
      status: 'open',
      version: 1,
      holding_id: line.holding_id ?? null,
      measure_id: line.measure_id ?? null,
      account_index: line.account?.index ?? null,
      account_sealed: line.account ? vault.seal(caseKey, 'order_lines', 'account_sealed', lineKey(line), line.account.number) : null,
      currency: line.currency,
      kind: line.kind,
      amount: line.amount ?? null,
      new_limit: line.new_limit ?? null,
      scope: line.scope ?? null,
      from_date: line.from_date ?? null,
      to_date: line.to_date ?? null,
    })),
  );
}

function lineKey(line: Pick<LineRow, 'order_number' | 'seq'>): string {
  return `${line.order_number}/${line.seq}`;
}

export function lineAccount(vault: Vault, caseKey: DataKey, line: LineRow): string | undefined {
  if (line.account_sealed === null) return undefined;
  return vault.open<string>(caseKey, 'order_lines', 'account_sealed', lineKey(line), line.account_sealed);
}

/** The reason that a bank, or the connector, gave for a line. */
export function sealLineReason(vault: Vault, caseKey: DataKey, line: Pick<LineRow, 'order_number' | 'seq'>, reason: string): Buffer {
  return vault.seal(caseKey, 'order_lines', 'reason_sealed', lineKey(line), reason);
}

export function lineReason(vault: Vault, caseKey: DataKey, line: LineRow): string | undefined {
  if (line.reason_sealed === null) return undefined;
  return vault.open<string>(caseKey, 'order_lines', 'reason_sealed', lineKey(line), line.reason_sealed);
}

export function sealOutcome(vault: Vault, caseKey: DataKey, orderNumber: string, outcome: SealedOutcome): Buffer {
  return vault.seal(caseKey, 'orders', 'outcome_sealed', orderNumber, outcome);
}

export function openOutcome(vault: Vault, caseKey: DataKey, order: OrderRow): SealedOutcome | undefined {
  if (order.outcome_sealed === null) return undefined;
  return vault.open<SealedOutcome>(caseKey, 'orders', 'outcome_sealed', order.order_number, order.outcome_sealed);
}

export function findOrder(reader: Reader, orderNumber: string): Promise<OrderRow | undefined> {
  return reader.one<OrderRow>('SELECT * FROM orders WHERE order_number = ?', [orderNumber]);
}

export function ordersOfRequest(reader: Reader, requestId: string): Promise<OrderRow[]> {
  return reader.all<OrderRow>('SELECT * FROM orders WHERE request_id = ? ORDER BY order_number', [requestId]);
}

export async function ordersOfRequests(reader: Reader, requestIds: readonly string[]): Promise<OrderRow[]> {
  if (requestIds.length === 0) return [];
  return reader.all<OrderRow>(
    `SELECT * FROM orders WHERE request_id IN (${placeholders(requestIds.length)}) ORDER BY order_number`,
    requestIds,
  );
}

export function linesOfOrder(reader: Reader, orderNumber: string): Promise<LineRow[]> {
  return reader.all<LineRow>('SELECT * FROM order_lines WHERE order_number = ? ORDER BY seq', [orderNumber]);
}

/** Orders asked for in one query. */
const ORDERS_PER_QUERY = 500;

/** The lines of many orders, by order and sequence. */
export async function linesOfOrders(reader: Reader, orderNumbers: readonly string[]): Promise<LineRow[]> {
  const lines: LineRow[] = [];
  for (let from = 0; from < orderNumbers.length; from += ORDERS_PER_QUERY) {
    const part = orderNumbers.slice(from, from + ORDERS_PER_QUERY);
    const sql = `SELECT * FROM order_lines WHERE order_number IN (${placeholders(part.length)}) ORDER BY order_number, seq`;
    lines.push(...(await reader.all<LineRow>(sql, part)));
  }
  return lines;
}

/** An order as its request's status is derived from it. */
export function progressOfOrder(order: OrderRow, lines: readonly LineRow[]): OrderProgress {
  const own = lines.filter((line) => line.order_number === order.order_number).map((line) => line.status);
  return { status: order.status, lines: own, overdue: order.overdue === 1 };
}

/** Moves an order along its life cycle by compare-and-set (I13). @throws AppError `stale-version`, at the closure's next statement */
export function moveOrder(tx: Tx, order: OrderRow, to: OrderStatus, change: Readonly<Record<string, SqlValue>> = {}): void {
  const status = order.status === to ? to : move(ORDER_LIFE, order.status, to);
  changeLater(tx, 'orders', {
    change: { ...change, status, version: order.version + 1 },
    key: { order_number: order.order_number },
    guard: { version: order.version, status: order.status },
  });
}

/** Changes an open line that still is as it was read (I13). @throws AppError `stale-version`, at the closure's next statement */
export function changeLine(tx: Tx, line: LineRow, change: Readonly<Record<string, SqlValue>>): void {
  changeLater(tx, 'order_lines', {
    change: { ...change, version: line.version + 1 },
    key: { order_number: line.order_number, seq: line.seq },
    guard: { version: line.version, status: line.status },
  });
}

/** A line that may still take effect: what I7 and I8 sum. */
export interface OpenLine extends Row {
  readonly request_id: string;
  readonly order_number: string;
  readonly seq: number;
  readonly action: Action;
  readonly debtor_id: string;
  readonly holding_id: string | null;
  readonly measure_id: string | null;
  readonly amount: number | null;
  readonly new_limit: number | null;
}

/** Open control lines of a case, awaiting approval included. Inside a transaction call it after `lockCase`. */
export function openLinesOfCase(reader: Reader, caseId: string): Promise<OpenLine[]> {
  return reader.all<OpenLine>(
    `SELECT l.request_id AS request_id, l.order_number AS order_number, l.seq AS seq, l.action AS action, o.debtor_id AS debtor_id,
       l.holding_id AS holding_id, l.measure_id AS measure_id, l.amount AS amount, l.new_limit AS new_limit
     FROM order_lines l JOIN orders o ON o.order_number = l.order_number
     WHERE l.case_id = ? AND l.action IN ('freeze', 'release', 'deduct') AND l.status IN (${placeholders(OPEN_LINE_STATUSES.length)})`,
    [caseId, ...OPEN_LINE_STATUSES],
  );
}

/** Why orders that never left have ended; `note` is Chinese and shown to officers. */
export interface WithdrawalCause {
  readonly code: string;
  readonly note: string;
}

/** Ends orders that never left: they and their open lines become `withdrawn`, which frees the ceiling. */
export function withdrawUnsent(
  tx: Tx,
  vault: Vault,
  caseKey: DataKey,
  orders: readonly OrderRow[],
  lines: readonly LineRow[],
  { code, note }: WithdrawalCause,
): void {
  for (const order of orders) {
    const outcome_sealed = sealOutcome(vault, caseKey, order.order_number, { note });
    moveOrder(tx, order, 'withdrawn', { outcome_code: code, outcome_sealed });
  }
  for (const line of lines) {
    if (!isOpenLine(line.status)) continue;
    changeLine(tx, line, { status: 'withdrawn' });
  }
}

/** The sealed bytes of an order as they were dispatched (I11), under the aad of their message; undefined before. */
export async function originalOf(reader: Reader, orderNumber: string): Promise<Buffer | undefined> {
  const row = await reader.one<{ body_sealed: Buffer }>('SELECT body_sealed FROM order_originals WHERE order_number = ?', [orderNumber]);
  return row?.body_sealed;
}
