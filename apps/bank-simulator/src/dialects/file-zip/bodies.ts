import { courtXml } from '#connector-sdk';
import { AppError, errorText, instantText, type Instant } from '#kernel';
import type { OrderRecord } from '../../store/order-rows.js';
import { readCourtDocuments } from '../court-xml/document-reader.js';
import { writeFeedback, writeReceipt } from '../court-xml/feedback-writer.js';
import { cutOrders, readCourtOrder } from '../court-xml/order-reader.js';
import type { ReadOrder } from '../papers.js';
import type { PackageEntry } from './zip-packages.js';

/** In files the attributes stand as they are, in UTF-8. */
const CODING = 'plain';

/** The orders of a package, each of the entries that carry its number. @throws AppError `invalid` */
export function ordersIn(entries: readonly PackageEntry[]): readonly ReadOrder[] {
  const numbers = [...new Set(entries.map(({ key }) => key))];
  try {
    return numbers.map((number) =>
      orderOf(number, new Map(entries.filter(({ key }) => key === number).map(({ part, bytes }) => [part, bytes]))),
    );
  } catch (error) {
    if (error instanceof courtXml.NotReadable) throw new AppError('invalid', errorText(error), { cause: error });
    throw error;
  }
}

/** What is missing is left out, so that the look at the papers finds it: documents (0403) and credentials (0402). */
function orderOf(number: string, parts: ReadonlyMap<string, Buffer>): ReadOrder {
  const [record, ...more] = cutOrders(parts.get('QA') ?? Buffer.alloc(0), CODING);
  if (!record || more.length > 0 || record.orderNumber !== number) throw new AppError('invalid', `not the one order ${number}`);
  const read = readCourtOrder(record.bytes, CODING);
  const papers = parts.get('QI');
  const contents = new Map((papers ? readCourtDocuments(papers, CODING) : []).map(({ type, content }) => [type, content]));
  return {
    ...read,
    documents: read.documents.flatMap((document) => {
      const content = contents.get(document.type);
      return content === undefined ? [] : [{ ...document, content }];
    }),
    officer: parts.has('QC') ? read.officer : { workId: '', dutyId: '' },
  };
}

/** What the bank says of one order. */
export function answerEntries(record: OrderRecord): readonly PackageEntry[] {
  const { kind, bytes } = writeFeedback(record, CODING);
  const list = courtXml.wrapRecords(courtXml.FEEDBACK_LISTS[kind], [bytes]);
  const result = { part: kind === 'rollback' ? 'QNA' : 'QR', key: record.orderNumber, bytes: list } as const;
  const receipt = writeReceipt(record, CODING);
  return receipt ? [result, { part: 'QRI', key: record.orderNumber, bytes: courtXml.wrapRecords('hzxxList', [receipt]) }] : [result];
}

export function receiptEntry(batch: string, at: Instant): PackageEntry {
  const record = courtXml.xmlElement('slxx', { SLSJ: courtXml.courtTime(instantText(at), 'milliseconds') });
  return { part: 'QSL', key: batch, bytes: courtXml.writeDocument(courtXml.xmlElement('slxxList', {}, [record]), CODING) };
}
