import { sha256Hex, type Instant } from '#kernel';
import type { Database } from '#persistence';
import type { BankAnswer, BankOrder } from '../book/order.js';
import { receiveOrder } from '../book/receive-order.js';
import { rollbackNote } from '../book/refusals.js';
import { strikes } from '../faults/faults.js';
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

  /** Executes an order, or repeats its answer. `toDeliver`: the dialect will take the answer to the court afterwards. */
  receive(bank: string, order: BankOrder, toDeliver: boolean): Promise<Received> {
    return this.cores.submit(bank, [order.orderNumber], (seat) => {
      const known = seat.order(order.orderNumber);
      const digest = digestOf(order);
      if (known) return { record: repetition(seat, known, digest, toDeliver), repeated: true };
      const record = answered(seat, order, { bank, digest, receivedAt: seat.at, toDeliver });
      return { record, repeated: false };
    });
  }

  /** Takes an order durably and works on it `delayMs` of business time later. */
  postpone(bank: string, order: BankOrder, delayMs: number): Promise<Received> {
    return this.cores.submit(bank, [order.orderNumber], (seat) => {
      const known = seat.order(order.orderNumber);
      const digest = digestOf(order);
      if (known) return { record: repetition(seat, known, digest, false), repeated: true };
      const { orderNumber, legalPerson } = order;
      const times = { receivedAt: seat.at, dueAt: seat.at + delayMs };
      const record: OrderRecord = { bank, orderNumber, digest, legalPerson, state: 'received', order, toDeliver: false, ...times };
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

/** A repetition of an order is answered as before; when its answer was taken along once, it is taken along again. */
function repetition(seat: Seat, known: OrderRecord, digest: string, toDeliver: boolean): OrderRecord {
  if (known.digest !== digest) {
    // Nothing is stored: the first order under this number stays what it is.
    return { ...known, state: 'answered', answeredAt: seat.at, answer: { kind: 'rollback', code: '02', note: rollbackNote('02') } };
  }
  if (!toDeliver || known.toDeliver || known.state !== 'answered') return known;
  const again = { ...known, toDeliver };
  seat.save(again);
  return again;
}

type Taken = Pick<OrderRecord, 'bank' | 'digest' | 'receivedAt' | 'toDeliver'>;

function answered(seat: Seat, order: BankOrder, taken: Taken): OrderRecord {
  const answer = answerOf(seat, order);
  const { orderNumber, legalPerson } = order;
  const record: OrderRecord = { ...taken, orderNumber, legalPerson, state: 'answered', answeredAt: seat.at, answer };
  seat.save(record);
  return record;
}

/** Rejections come before anything happens to money; a rejection that is meant once is used up by being stored with its answer. */
function answerOf(seat: Seat, order: BankOrder): BankAnswer {
  const { rejectOnce, ...others } = seat.faults;
  const code = rejectOnce ?? others.rejectWith;
  if (rejectOnce !== undefined) seat.faults = others;
  if (code !== undefined) return { kind: 'rollback', code, note: rollbackNote(code) };
  return receiveOrder(seat.book, order, seat.at, () => strikes(seat.faults.partial, seat.entropy));
}
