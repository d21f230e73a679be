import type { Reader } from '#persistence';
import { findOrders, type OrderRow } from './order-rows.js';

/** Orders of one query: each brings its papers along, which may be large. */
const ORDERS_PER_QUERY = 20;

interface Asked {
  readonly orderNumber: string;
  resolve(row: OrderRow | undefined): void;
  reject(error: unknown): void;
}

/** Finds orders with their papers: what is asked in one turn of the event loop, as for the answers of one file, is asked in few queries. */
export class OrderLookup {
  private asked: Asked[] = [];

  constructor(private readonly reader: Reader) {}

  find(orderNumber: string): Promise<OrderRow | undefined> {
    return new Promise((resolve, reject) => {
      this.asked.push({ orderNumber, resolve, reject });
      if (this.asked.length === 1) setImmediate(() => this.answerAll());
    });
  }

  private answerAll(): void {
    const all = this.asked;
    this.asked = [];
    for (let from = 0; from < all.length; from += ORDERS_PER_QUERY) {
      const part = all.slice(from, from + ORDERS_PER_QUERY);
      this.answer(part).catch((error: unknown) => part.forEach((one) => one.reject(error)));
    }
  }

  private async answer(part: readonly Asked[]): Promise<void> {
    const rows = await findOrders(this.reader, [...new Set(part.map(({ orderNumber }) => orderNumber))]);
    for (const one of part) one.resolve(rows.find(({ order_number }) => order_number === one.orderNumber));
  }
}
