import { AppError, instantText, type Clock } from '#kernel';
import type { OrderRecord } from '../../store/order-rows.js';
import type { ExchangeFolder } from './exchange-folder.js';

/** Orders or answers in one file. */
export const ORDERS_MAX = 200;
/** How often one answer may be written; beyond that somebody has to look. */
const COPIES_MAX = 1_000;
/** Files whose content the bank remembers, to write it again when the court could not load one. */
const REMEMBERED_MAX = 10_000;

/** Names of the files that go up, and what was in them. */
export class UpNames {
  private count = 0;
  private readonly content = new Map<string, readonly string[]>();

  constructor(private readonly clock: Clock) {}

  /** A name that was never used. A later copy of the same answer has a higher number. */
  async next(up: ExchangeFolder, kind: 'CXFK' | 'KZFK', legalPerson: string, records: readonly OrderRecord[]): Promise<string> {
    const [first] = records;
    const middle = kind === 'KZFK' && first ? first.orderNumber : this.batch();
    for (let n = 1; n <= COPIES_MAX; n++) {
      const name = `${kind}_${legalPerson}_${middle}_${n}.json`;
      if (await up.isUsed(name)) continue;
      this.remember(name, records);
      return name;
    }
    throw new AppError('limit-exceeded', `${middle} was written too often`, { level: 'error' });
  }

  /** The orders whose answers were in a file; by the name alone where the file was written before a restart. */
  ordersIn(file: string): readonly string[] {
    const known = this.content.get(file);
    if (known) return known;
    const match = /^KZFK_.+_([^_]+)_\d+\.json$/.exec(file);
    return match?.[1] === undefined ? [] : [match[1]];
  }

  /** 14 digits of time and 6 of count. */
  private batch(): string {
    this.count = (this.count + 1) % 1_000_000;
    const digits = instantText(this.clock.now()).replace(/\D/g, '');
    return digits.slice(0, 14) + String(this.count).padStart(6, '0');
  }

  private remember(name: string, records: readonly OrderRecord[]): void {
    this.content.set(
      name,
      records.map((record) => record.orderNumber),
    );
    const [oldest] = this.content.keys();
    if (this.content.size > REMEMBERED_MAX && oldest !== undefined) this.content.delete(oldest);
  }
}
