import { changeLater, compareAndSet, placeholders, type Reader, type Row, type SqlValue, type Tx } from '#persistence';
import { DELIVERY_LIFE, move, type Action, type DeliveryState } from '#orders';
import { AppError } from '#kernel';

/**
 * Where an order stands with us, beside what is known of its bytes. `waiting`: for its lane. `open`: to be sent, or to be answered.
 * `in-progress`: answered in part. `parked`: undetermined, a person must find out. All others end it, and the lane goes on.
 */
export type Standing = 'waiting' | 'open' | 'in-progress' | 'parked' | 'answered' | 'rolled-back' | 'rejected' | 'withdrawn' | 'settled';

const ENDED: ReadonlySet<Standing> = new Set<Standing>(['answered', 'rolled-back', 'rejected', 'withdrawn', 'settled']);

export function hasEnded(standing: Standing): boolean {
  return ENDED.has(standing);
}

/** A row as a transaction reads it again: without the sealed bytes, which never change. */
export interface SeenRow extends Row {
  readonly seq: number;
  readonly order_number: string;
  readonly case_id: string;
  readonly request_id: string;
  readonly officer_id: string;
  readonly action: Action;
  readonly legal_person: string;
  readonly lane_id: string | null;
  readonly lane_number: number | null;
  readonly delivery: DeliveryState;
  readonly standing: Standing;
  readonly code: string | null;
  readonly file_name: string | null;
  readonly attempts: number;
  readonly next_try_at: number;
  readonly dispatched_at: number;
  readonly taken_at: number;
  readonly available_at: number | null;
  readonly sent_at: number | null;
  readonly received_at: number | null;
  readonly ended_at: number | null;
}

/** With the order and its bytes as they were taken. */
export interface OrderRow extends SeenRow {
  readonly order_sealed: Buffer;
  readonly wire_sealed: Buffer;
  readonly wire_signature: string;
}

/** The columns of `SeenRow`. */
export const SEEN = `seq, order_number, case_id, request_id, officer_id, action, legal_person, lane_id, lane_number, delivery, standing, code, file_name,
  attempts, next_try_at, dispatched_at, taken_at, available_at, sent_at, received_at, ended_at`;

/** What an `OrderRow` is read from. */
export const WITH_PAPERS = 'orders JOIN order_papers ON paper_of = order_number';

/** Orders that one look-up names at most. */
const NUMBERS_MAX = 500;

export async function findOrder(reader: Reader, orderNumber: string): Promise<OrderRow | undefined> {
  return reader.one<OrderRow>(`SELECT * FROM ${WITH_PAPERS} WHERE order_number = ?`, [orderNumber]);
}

/** As `findOrder`, for a transaction that only has to know where the order stands. */
export function seeOrder(reader: Reader, orderNumber: string): Promise<SeenRow | undefined> {
  return reader.one<SeenRow>(`SELECT ${SEEN} FROM orders WHERE order_number = ?`, [orderNumber]);
}

export async function findOrders(reader: Reader, orderNumbers: readonly string[]): Promise<readonly OrderRow[]> {
  if (orderNumbers.length === 0) return [];
  if (orderNumbers.length > NUMBERS_MAX) throw new AppError('invariant-broken', 'too many order numbers', { level: 'fatal' });
  return reader.all<OrderRow>(`SELECT * FROM ${WITH_PAPERS} WHERE order_number IN (${placeholders(orderNumbers.length)})`, orderNumbers);
}

/** Some banks take inquiries and control orders apart. */
export type OrderList = 'inquiries' | 'controls';

const OF_LIST = { inquiries: "AND action = 'inquire'", controls: "AND action <> 'inquire'" } as const satisfies Readonly<
  Record<OrderList, string>
>;

/** Open orders in some state of delivery whose time has come, in the order in which they were taken; of one list, or of both. */
export async function dueOrders(
  reader: Reader,
  deliveries: readonly DeliveryState[],
  now: number,
  limit: number,
  list?: OrderList,
): Promise<readonly OrderRow[]> {
  return reader.all<OrderRow>(
    `SELECT * FROM ${WITH_PAPERS} WHERE standing = 'open' AND delivery IN (${placeholders(deliveries.length)}) AND next_try_at <= ?
       ${list === undefined ? '' : OF_LIST[list]}
     ORDER BY seq LIMIT ${Number(limit)}`,
    [...deliveries, now],
  );
}

/** When the next open order in one of these states falls due; undefined when there is none. */
export async function nextDueAt(reader: Reader, deliveries: readonly DeliveryState[]): Promise<number | undefined> {
  const row = await reader.one<{ at: number | null }>(
    `SELECT MIN(next_try_at) AS at FROM orders WHERE standing = 'open' AND delivery IN (${placeholders(deliveries.length)})`,
    deliveries,
  );
  return row?.at ?? undefined;
}

type Columns = Readonly<Record<string, SqlValue>>;
type Seen = Pick<SeenRow, 'order_number' | 'delivery' | 'standing'>;

/** Moves the delivery as its life cycle allows; false when the row is no longer as it was seen (I13). */
export function moveDelivery(tx: Tx, seen: Seen, to: DeliveryState, change: Columns = {}): Promise<boolean> {
  const delivery = move(DELIVERY_LIFE, seen.delivery, to);
  return compareAndSet(tx, 'orders', { ...change, delivery }, expectation(seen));
}

/** Changes a row that still is as it was seen. */
export function changeOrder(tx: Tx, seen: Seen, change: Columns): Promise<boolean> {
  return compareAndSet(tx, 'orders', change, expectation(seen));
}

/** As `changeOrder`, together with others of the closure. @throws AppError `stale-version`, at the closure's next statement */
export function changeOrderLater(tx: Tx, { order_number, delivery, standing }: Seen, change: Columns): void {
  changeLater(tx, 'orders', { change, key: { order_number }, guard: { delivery, standing } });
}

function expectation({ order_number, delivery, standing }: Seen): Columns {
  return { order_number, delivery, standing };
}
