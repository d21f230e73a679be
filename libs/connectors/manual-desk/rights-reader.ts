import type { TypedReader } from './typed-reader.js';

const LISTED_MAX = 200;

/** Prior measures and priority rights, which inquiries and control answers list alike. Amounts are in the line's currency. */
export function readPriorMeasures(read: TypedReader, value: unknown, pointer: string, currency: string) {
  return read.rows(value, pointer, LISTED_MAX).map((one, i) => {
    const at = `${pointer}/${i}`;
    const row = read.row(one, at, ['authority', 'document', 'amount', 'until']);
    return {
      authority: read.text(row['authority'], `${at}/authority`),
      document: read.text(row['document'], `${at}/document`),
      amount: read.money(row['amount'], `${at}/amount`, currency),
      ...read.optional(row, 'until', at, (v, p) => read.date(v, p)),
    };
  });
}

export function readPriorityRights(read: TypedReader, value: unknown, pointer: string, currency: string) {
  return read.rows(value, pointer, LISTED_MAX).map((one, i) => {
    const at = `${pointer}/${i}`;
    const row = read.row(one, at, ['type', 'holder', 'amount']);
    return {
      type: read.text(row['type'], `${at}/type`),
      holder: read.text(row['holder'], `${at}/holder`),
      ...read.optional(row, 'amount', at, (v, p) => read.money(v, p, currency)),
    };
  });
}
