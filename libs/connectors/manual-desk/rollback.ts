import type { TypedAnswer } from '#connector-sdk';
import { TypedReader } from './typed-reader.js';

/** docs/rules.md, Reasons, XCHTYY: why a bank gives an order back. */
export const ROLLBACK_CODES = ['01', '02', '03', '04', '0401', '0402', '0403', '0404', '05', '06', '09'] as const;

/** Reads `{code, note, contact, phone}`: a rollback says why, and whom to call. */
export function readRollback(typed: unknown): TypedAnswer {
  const read = new TypedReader();
  const row = read.row(typed, '', ['code', 'note', 'contact', 'phone']);
  const rollback = {
    code: read.word(row['code'], '/code', ROLLBACK_CODES),
    note: read.text(row['note'], '/note', 200),
    ...read.optional(row, 'contact', '', (v, p) => read.text(v, p, 60)),
    ...read.optional(row, 'phone', '', (v, p) => read.text(v, p, 40)),
  };
  read.done();
  return { rollback };
}
