import { sha256Hex, type Instant } from '#kernel';
import type { Database } from '#persistence';
import type { BankAnswer, BankOrder } from '../book/order.js';
import { receiveOrder } from '../book/receive-order.js';
import { rollbackNote } from '../book/refusals.js';
import { strikes } from '../faults/faults.js';
import { misstated, type DebtorFaults } from '../faults/misdeeds.js';
import { findOrders, orderText, postponedOrders, undeliveredOrders, type OrderRecord } from '../store/order-rows.js';
import type { BankCores, Seat } from './bank-cores.js';

/** How many postponed orders one turn works on. */
const POSTPONED_MAX = 500;

export interface Received {
  readonly record: OrderRecord;
  /** The bank has seen this order number before. */
  readonly repeated: boolean;
}

/**
 * How a bank takes orders, whatever the dialect: once each. The order number is the key; the same number again is
 * answered with the stored answer and changes nothing, and another content under it is refused as a duplicate (02).
 */
export class BankOrders {
  constructor(
    private readonly cores: BankCores,
    private readonly database: Database,
  ) {}

  /**
   * Executes an order, or repeats its answer. `toDeliver`: the dialect will take the answer to the court afterwards.
   * `rollback`: the bank has found the papers wanting, so the order is rolled back with this code instead.
   */
  receive(bank: string, order: BankOrder, toDeliver: boolean, rollback?: string): Promise<Received> {
    return this.cores.submit(bank, [order.orderNumber], (seat) => {
      const known = seat.order(order.orderNumber);
      const digest = digestOf(order);
      if (known) return { record: repetition(seat, { known, order, digest, toDeliver }), repeated: true };
      const record = answered(seat, order, { bank, digest, receivedAt: seat.at, toDeliver }, rollback);
      return { record, repeated: false };
    });
  }

  /** Takes an order durably and works on it `delayMs` of business time later. */
  postpone(bank: string, order: BankOrder, delayMs: number): Promise<Received> {
    return this.cores.submit(bank, [order.orderNumber], (seat) => {
      const known = seat.order(order.orderNumber);
      const digest = digestOf(order);
      if (known) return { record: repetition(seat, { known, order, digest, toDeliver: false }), repeated: true };
      const { orderNumber, action, legalPerson } = order;
      const times = { receivedAt: seat.at, dueAt: seat.at + delayMs };
      const record: OrderRecord = { bank, orderNumber, action, digest, legalPerson, state: 'received', order, toDeliver: false, ...times };
      seat.save(record);
      return { record, repeated: false };
    });
  }

  /** Works on the postponed orders of all banks that are due, and says how many they were. */
  async workOnPostponed(now: Instant): Promise<number> {
    const due = await postponedOrders(this.database.reader, now, POSTPONED_MAX);
    await Promise.all(due.map((record) => this.workOn(record)));
    return due.length;
  }

  /** What the bank knows of an order number; only what is durable. */
  async find(bank: string, orderNumber: string): Promise<OrderRecord | undefined> {
    const [record] = await findOrders(this.database.reader, bank, [orderNumber]);
    return record;
  }

  undelivered(bank: string, limit: number): Promise<OrderRecord[]> {
    return undeliveredOrders(this.database.reader, bank, limit);
  }

  delivered(bank: string, orderNumbers: readonly string[]): Promise<void> {
    return this.cores.submit(bank, orderNumbers, (seat) => {
      for (const number of orderNumbers) {
        const record = seat.order(number);
        if (record?.toDeliver) seat.save({ ...record, toDeliver: false });
      }
    });
  }

  /** The court could not use an answer that it was given: it is taken there again. */
  deliverAgain(bank: string, orderNumbers: readonly string[]): Promise<void> {
    return this.cores.submit(bank, orderNumbers, (seat) => {
      for (const number of orderNumbers) {
        const record = seat.order(number);
        if (record?.state === 'answered') seat.save({ ...record, toDeliver: true });
      }
    });
  }

  private workOn({ bank, orderNumber }: OrderRecord): Promise<void> {
    return this.cores.submit(bank, [orderNumber], (seat) => {
      const record = seat.order(orderNumber);
      if (record?.state !== 'received' || !record.order) return;
      answered(seat, record.order, { bank, digest: record.digest, receivedAt: record.receivedAt, toDeliver: true });
    });
  }
}

function digestOf(order: BankOrder): string {
  return sha256Hex(orderText(order));
}

interface Repetition {
  readonly known: OrderRecord;
  /** What came under the known number. */
  readonly order: BankOrder;
  readonly digest: string;
  readonly toDeliver: boolean;
}

/** A repetition of an order is answered as before; when its answer was taken along once, it is taken along again. */
function repetition(seat: Seat, { known, order, digest, toDeliver }: Repetition): OrderRecord {
  const { misdeed } = debtorFaults(seat, order);
  if (misdeed === 'executes-again') return executedAgain(seat, known, order, toDeliver);
  if (known.digest !== digest && misdeed !== 'takes-other-content') {
    // Nothing is stored: the first order under this number stays what it is.
    return { ...known, state: 'answered', answeredAt: seat.at, answer: rolledBack('02') };
  }
  if (!toDeliver || known.toDeliver || known.state !== 'answered') return known;
  const again = { ...known, toDeliver };
  seat.save(again);
  return again;
}

/** A misdeed. The journal holds one effect per number and line, so the second effect stands under a number of its own. */
function executedAgain(seat: Seat, known: OrderRecord, order: BankOrder, toDeliver: boolean): OrderRecord {
  const answer = answerOf(seat, { ...order, orderNumber: `${order.orderNumber}~${seat.at}` });
  const again: OrderRecord = { ...known, state: 'answered', answeredAt: seat.at, answer, toDeliver };
  seat.save(again);
  return again;
}

function debtorFaults(seat: Seat, { subject }: BankOrder): DebtorFaults {
  return seat.faults.byDebtor?.[subject.idNumber] ?? {};
}

type Taken = Pick<OrderRecord, 'bank' | 'digest' | 'receivedAt' | 'toDeliver'>;

function answered(seat: Seat, order: BankOrder, taken: Taken, rollback?: string): OrderRecord {
  const truth = rollback === undefined ? answerOf(seat, order) : rolledBack(rollback);
  const answer = misstated(truth, debtorFaults(seat, order).misdeed);
  const { orderNumber, action, legalPerson } = order;
  const record: OrderRecord = { ...taken, orderNumber, action, legalPerson, state: 'answered', answeredAt: seat.at, answer };
  seat.save(record);
  return record;
}

/** The court account is wrong: no reason to roll an inquiry back, since an inquiry names none. */
const COURT_ACCOUNT_WRONG = '0404';

/** Rejections come before anything happens to money; a rejection that is meant once is used up by being stored with its answer. */
function answerOf(seat: Seat, order: BankOrder): BankAnswer {
  const { rejectOnce, ...others } = seat.faults;
  const once = rejectOnce === COURT_ACCOUNT_WRONG && order.action === 'inquire' ? undefined : rejectOnce;
  if (once !== undefined) seat.faults = others;
  const onDebtor = debtorFaults(seat, order);
  const code = once ?? others.rejectWith ?? onDebtor.rejectWith;
  if (code !== undefined) return rolledBack(code);
  return receiveOrder(seat.book, order, seat.at, () => onDebtor.partial === true || strikes(seat.faults.partial, seat.entropy));
}

function rolledBack(code: string): BankAnswer {
  return { kind: 'rollback', code, note: rollbackNote(code) };
}
