import { AppError } from '#kernel';
import type { OrderRecord } from '../../store/order-rows.js';
import type { ExchangeFolder } from './exchange-folder.js';
import { answerName } from './package-names.js';

/** Orders or answers in one package. */
export const ORDERS_MAX = 200;
/** How often one answer may be written; beyond that somebody has to look. */
const COPIES_MAX = 1_000;
/** Packages whose content the bank remembers, to write it again when the court could not load one, and orders whose batch it remembers. */
const REMEMBERED_MAX = 10_000;

/** Names of the packages that go up, what was in them, and in which batch each order came. */
export class UpNames {
  private readonly content = new Map<string, readonly string[]>();
  private readonly batches = new Map<string, string>();

  came(orderNumber: string, batch: string): void {
    remember(this.batches, orderNumber, batch);
  }

  /** After a restart the bank no longer knows in which package an order came; its number then stands for the batch. */
  batchOf(orderNumber: string): string {
    return this.batches.get(orderNumber) ?? orderNumber.replace(/\D/g, '');
  }

  /** A name that was never used. A later copy of the same answer has a higher number. */
  async next(up: ExchangeFolder, type: 'CXFK' | 'KZFK', institution: string, records: readonly OrderRecord[]): Promise<string> {
    const orderNumber = records[0]?.orderNumber ?? '';
    for (let copy = 1; copy <= COPIES_MAX; copy++) {
      const name = answerName(type, institution, this.batchOf(orderNumber), orderNumber, copy);
      if (await up.isUsed(name)) continue;
      const numbers = records.map((record) => record.orderNumber);
      remember(this.content, name.slice(4), numbers);
      return name;
    }
    throw new AppError('limit-exceeded', `the answer to ${orderNumber} was written too often`, { level: 'error' });
  }

  /** The orders whose answers were in the package that a failure is named after; by the name alone where it was written before a restart. */
  ordersIn(failureName: string, orderNumber: string | undefined): readonly string[] {
    return this.content.get(failureName.slice(4)) ?? (orderNumber === undefined ? [] : [orderNumber]);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED_MAX && oldest !== undefined) map.delete(oldest);
}
