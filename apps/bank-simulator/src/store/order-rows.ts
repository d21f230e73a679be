import { AppError, type Instant } from '#kernel';
import { placeholders, type Reader, type Row, type Tx } from '#persistence';
import type { OrderAction } from '../book/model.js';
import type { BankAnswer, BankOrder } from '../book/order.js';
import { maybe, num, text } from './book-rows.js';
import { put } from './put.js';

/** What a bank knows of an order number. An answered order keeps its answer for ever: a repetition is answered from here. */
export interface OrderRecord {
  readonly bank: string;
  readonly orderNumber: string;
  readonly action: OrderAction;
  /** SHA-256 over the order's content, so that another order under the same number is noticed. */
  readonly digest: string;
  readonly receivedAt: Instant;
  readonly legalPerson?: string;
  readonly state: 'received' | 'answered';
  /** While `received`: the order itself, and when the bank will work on it. */
  readonly order?: BankOrder;
  readonly dueAt?: Instant;
  readonly answeredAt?: Instant;
  readonly answer?: BankAnswer;
  /** The answer still has to be taken to the court. */
  readonly toDeliver: boolean;
}

/** How many order numbers one query looks up; SQLite takes far more, other stores do not have to. */
const LOOKUP_MAX = 200;

export async function findOrders(reader: Reader, bank: string, orderNumbers: readonly string[]): Promise<OrderRecord[]> {
  const found: OrderRecord[] = [];
  for (let i = 0; i < orderNumbers.length; i += LOOKUP_MAX) {
    const some = orderNumbers.slice(i, i + LOOKUP_MAX);
    const sql = `SELECT * FROM sim_order WHERE bank = ? AND order_number IN (${placeholders(some.length)})`;
    found.push(...(await reader.all(sql, [bank, ...some])).map(orderRecordOf));
  }
  return found;
}

/** Answers that the court has not taken yet, oldest first. */
export async function undeliveredOrders(reader: Reader, bank: string, limit: number): Promise<OrderRecord[]> {
  const sql = 'SELECT * FROM sim_order WHERE bank = ? AND to_deliver = 1 ORDER BY answered_at, order_number LIMIT ?';
  return (await reader.all(sql, [bank, limit])).map(orderRecordOf);
}

/** Orders that a slow bank has received and should have worked on by `now`. */
export async function postponedOrders(reader: Reader, now: Instant, limit: number): Promise<OrderRecord[]> {
  const sql = "SELECT * FROM sim_order WHERE state = 'received' AND due_at <= ? ORDER BY due_at LIMIT ?";
  return (await reader.all(sql, [now, limit])).map(orderRecordOf);
}

export async function writeOrder(tx: Tx, record: OrderRecord): Promise<void> {
  const row = {
    bank: record.bank,
    order_number: record.orderNumber,
    action: record.action,
    digest: record.digest,
    received_at: record.receivedAt,
    legal_person: record.legalPerson ?? null,
    state: record.state,
    order_json: record.order ? orderText(record.order) : null,
    due_at: record.dueAt ?? null,
    answered_at: record.answeredAt ?? null,
    answer_json: record.answer ? JSON.stringify(record.answer) : null,
    to_deliver: record.toDeliver ? 1 : 0,
  };
  await put(tx, 'sim_order', row, ['bank', 'order_number']);
}

function orderRecordOf(row: Row): OrderRecord {
  const order = maybe(row, 'order_json');
  const answer = maybe(row, 'answer_json');
  return {
    bank: text(row, 'bank'),
    orderNumber: text(row, 'order_number'),
    action: text(row, 'action') as OrderAction,
    digest: text(row, 'digest'),
    receivedAt: num(row, 'received_at'),
    legalPerson: maybe(row, 'legal_person'),
    state: text(row, 'state') === 'answered' ? 'answered' : 'received',
    order: order === undefined ? undefined : orderFromText(order),
    dueAt: row['due_at'] === null ? undefined : num(row, 'due_at'),
    answeredAt: row['answered_at'] === null ? undefined : num(row, 'answered_at'),
    answer: answer === undefined ? undefined : (JSON.parse(answer) as BankAnswer),
    toDeliver: num(row, 'to_deliver') === 1,
  };
}

const MINOR = 'minor:';

/** An order as text, the same for the same order. Amounts are the only integers that JSON cannot carry. */
export function orderText(order: BankOrder): string {
  return JSON.stringify(order, (_, value: unknown) => (typeof value === 'bigint' ? `${MINOR}${value}` : sorted(value)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function orderFromText(json: string): BankOrder {
  const order = JSON.parse(json, (key, value: unknown) => {
    const isMinor = (key === 'amount' || key === 'newLimit') && typeof value === 'string' && value.startsWith(MINOR);
    return isMinor ? BigInt(value.slice(MINOR.length)) : value;
  }) as BankOrder | undefined;
  if (!order) throw new AppError('invariant-broken', 'a received order is empty in the store', { level: 'fatal' });
  return order;
}
