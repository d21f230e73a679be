import { AppError, instantText, type Instant } from '#kernel';
import type { OrderRecord } from '../../store/order-rows.js';
import { answerBytes } from '../plain-json/message-writer.js';
import { readOrder, type ReadOrder } from '../plain-json/order-reader.js';
import { unwrapJson, wrapJson } from './interim.js';
import type { PackageEntry } from './zip-packages.js';

/** The orders of a package, each of the entries that carry its number. @throws AppError `invalid` */
export function ordersIn(entries: readonly PackageEntry[]): readonly ReadOrder[] {
  return [...new Set(entries.map(({ key }) => key))].map((key) => {
    const request = entries.find((entry) => entry.key === key && entry.part === 'QA');
    if (!request) throw new AppError('invalid', `no request for ${key}`);
    const read = readOrder(unwrapJson(request.bytes));
    if (read.order.orderNumber !== key) throw new AppError('invalid', `another order under the name ${key}`);
    return read;
  });
}

/** What the bank says of one order. */
export function answerEntries(record: OrderRecord): readonly PackageEntry[] {
  const isRollback = record.answer?.kind === 'rollback';
  const root = isRollback ? 'htxxList' : record.action === 'inquire' ? 'zhxxList' : 'kzxxList';
  return [{ part: isRollback ? 'QNA' : 'QR', key: record.orderNumber, bytes: wrapJson(root, answerBytes(record)) }];
}

/** The country's time, to the millisecond. */
const COUNTRY_OFFSET_MS = 8 * 3_600_000;

export function receiptEntry(batch: string, at: Instant): PackageEntry {
  const time = instantText(at + COUNTRY_OFFSET_MS)
    .replace('T', ' ')
    .replace('Z', '');
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<slxxList><slxx SLSJ="${time}"/></slxxList>`;
  return { part: 'QSL', key: batch, bytes: Buffer.from(xml, 'utf8') };
}
