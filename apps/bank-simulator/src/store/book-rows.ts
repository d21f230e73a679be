import type { Reader, Row } from '#persistence';
import { AppError } from '#kernel';
import type { BookRecords, LastNumbers } from '../book/book.js';
import type {
  Account,
  AccountKind,
  Customer,
  Freeze,
  FreezeScope,
  FreezeState,
  Movement,
  MovementKind,
  Opaque,
  Redemption,
  Transfer,
} from '../book/model.js';

/** Reads the books of one bank. Movements are read only as far as an inquiry can show them. */
export async function readBook(reader: Reader, bank: string): Promise<BookRecords> {
  const customers = (await reader.all('SELECT * FROM sim_customer WHERE bank = ? ORDER BY id', [bank])).map(customerOf);
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  const accounts = await reader.all('SELECT * FROM sim_account WHERE bank = ? ORDER BY customer_id, number', [bank]);
  const freezes = await reader.all('SELECT * FROM sim_freeze WHERE bank = ? ORDER BY id', [bank]);
  const transfers = await reader.all("SELECT * FROM sim_transfer WHERE bank = ? AND state = 'sent' ORDER BY id", [bank]);
  const redemptions = await reader.all('SELECT * FROM sim_redemption WHERE bank = ?', [bank]);
  const movements = await reader.all('SELECT * FROM sim_movement WHERE bank = ? ORDER BY seq DESC LIMIT ?', [bank, MOVEMENTS_READ_MAX]);
  const last = await reader.one('SELECT * FROM sim_bank WHERE bank = ?', [bank]);
  return {
    customers,
    accounts: accounts.map((row) => accountOf(row, byId)),
    freezes: freezes.map(freezeOf),
    transfers: transfers.map(transferOf),
    redemptions: redemptions.map((row): Redemption => ({ account: text(row, 'account'), dueAt: num(row, 'due_at') })),
    movements: movements.reverse().map(movementOf),
    last: lastOf(last),
  };
}

/** Enough for the transactions of a demo's accounts; older bookings stay in the store and are no longer shown. */
const MOVEMENTS_READ_MAX = 200_000;

function lastOf(row: Row | undefined): LastNumbers {
  const of = (column: string) => (row ? num(row, column) : 0);
  return {
    customer: of('customer_last'),
    arrival: of('arrival_last'),
    journal: of('journal_last'),
    notice: of('notice_last'),
    movement: of('movement_last'),
    transfer: of('transfer_last'),
  };
}

function customerOf(row: Row): Customer {
  return { id: num(row, 'id'), name: text(row, 'name'), idType: text(row, 'id_type'), idNumber: text(row, 'id_number') };
}

function accountOf(row: Row, customers: ReadonlyMap<number, Customer>): Account {
  const customer = customers.get(num(row, 'customer_id'));
  if (!customer) throw new AppError('invariant-broken', `account without a customer in the simulator's store`, { level: 'fatal' });
  const restriction = maybe(row, 'restriction');
  return {
    number: text(row, 'number'),
    customer,
    kind: text(row, 'kind') as AccountKind,
    currency: text(row, 'currency'),
    state: text(row, 'state'),
    legalPerson: maybe(row, 'legal_person'),
    restriction: restriction === undefined ? undefined : (JSON.parse(restriction) as Opaque),
    priorityRights: JSON.parse(text(row, 'priority_rights')) as Opaque[],
    productNumber: maybe(row, 'product_number'),
    shares: maybe(row, 'shares'),
    unitPrice: maybe(row, 'unit_price'),
    cash: minor(row, 'cash'),
  };
}

function freezeOf(row: Row): Freeze {
  const line = row['line'];
  return {
    id: num(row, 'id'),
    account: text(row, 'account'),
    authority: text(row, 'authority'),
    document: text(row, 'document'),
    caseNumber: maybe(row, 'case_number'),
    orderNumber: maybe(row, 'order_number'),
    line: line === null || line === undefined ? undefined : Number(line),
    scope: text(row, 'scope') as FreezeScope,
    from: maybe(row, 'from_date'),
    to: maybe(row, 'to_date'),
    limit: minor(row, 'limit_minor'),
    covered: minor(row, 'covered'),
    waiting: num(row, 'waiting') === 1,
    state: text(row, 'state') as FreezeState,
  };
}

function transferOf(row: Row): Transfer {
  return {
    id: num(row, 'id'),
    account: text(row, 'account'),
    freezeId: num(row, 'freeze_id'),
    orderNumber: text(row, 'order_number'),
    line: num(row, 'line'),
    amount: minor(row, 'amount'),
    currency: text(row, 'currency'),
    serial: text(row, 'serial'),
    dueAt: num(row, 'due_at'),
    state: text(row, 'state') as Transfer['state'],
  };
}

function movementOf(row: Row): Movement {
  return {
    seq: num(row, 'seq'),
    account: text(row, 'account'),
    at: num(row, 'at'),
    kind: text(row, 'kind') as MovementKind,
    amount: minor(row, 'amount'),
    balance: minor(row, 'balance'),
    serial: text(row, 'serial'),
  };
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new AppError('invariant-broken', `column ${column} holds no text`, { level: 'fatal' });
  return value;
}

export function maybe(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}

export function num(row: Row, column: string): number {
  const value = Number(row[column]);
  if (!Number.isSafeInteger(value)) throw new AppError('invariant-broken', `column ${column} holds no whole number`, { level: 'fatal' });
  return value;
}

export function minor(row: Row, column: string): bigint {
  return BigInt(num(row, column));
}
