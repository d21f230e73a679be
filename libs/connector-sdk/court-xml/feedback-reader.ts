import { errorText } from '#kernel';
import type { OrderDispatched } from '#contracts';
import type { DialectCodes } from '../profile-codes.js';
import type { AnswerContent, AnswerReading } from '../readings.js';
import type { AttributeCoding } from './attribute-coding.js';
import { controlLineOf } from './control-reader.js';
import { inquiryOf } from './inquiry-reader.js';
import { codeOf, compact, freeText, timeOf, valueOf, wholeNumber } from './values.js';
import { ReceiptMismatch, receiptsOf } from './receipt-reader.js';
import { NotReadable, type XmlElement } from './xml-element.js';
import { decodeElement, readXmlPieces, XML_LIMITS, type RawElement } from './xml-reader.js';

/** Accounts or lines that one answer may hold. */
const RECORDS_MAX = 500;

/** What a record is called that answers, the list around it, and which part of an answer it is. */
export const FEEDBACK_RECORDS = { zhxx: 'inquiry', wlxx: 'transactions', kzxx: 'control', htxx: 'rollback' } as const;
export type FeedbackKind = (typeof FEEDBACK_RECORDS)[keyof typeof FEEDBACK_RECORDS];
export const FEEDBACK_LISTS = { inquiry: 'zhxxList', transactions: 'wlxxList', control: 'kzxxList', rollback: 'htxxList' } as const;

/**
 * Reads the records that answer one order: `zhxx`, `kzxx` or `htxx`, side by side or in their list; behind `zhxx` the bookings of their
 * accounts may stand as `wlxx` with the account's CCXH, as the web service brings them. A line that cannot be read is
 * `undetermined` and leaves the others whole; an answer that cannot be read, or answers something else than was asked, is `unreadable`.
 */
export function readCourtFeedback(bytes: Buffer, order: OrderDispatched, coding: AttributeCoding, codes: DialectCodes): AnswerReading {
  try {
    const records = recordsOf(readXmlPieces(bytes, XML_LIMITS)).map((record) => decodeElement(record, coding));
    return readingOf(records, order, codes);
  } catch (error) {
    return unreadable(error);
  }
}

/** What could not be read, and whether a receipt is to blame. */
export function unreadable(error: unknown): AnswerReading {
  return { kind: 'unreadable', reason: errorText(error), ...(error instanceof ReceiptMismatch ? { isMismatch: true as const } : {}) };
}

/** The records of a document, with or without the list around them. */
export function recordsOf(pieces: readonly RawElement[]): readonly RawElement[] {
  const [only, ...more] = pieces;
  const isList = only !== undefined && more.length === 0 && Object.values<string>(FEEDBACK_LISTS).includes(only.name);
  const records = isList ? only.children : pieces;
  if (records.length > RECORDS_MAX * RECORDS_MAX) throw new NotReadable('too many records');
  return records;
}

/** Records that stand beside an answer's own: bookings of its accounts, the bank's receipts. */
const BESIDE: Readonly<Record<string, string>> = { zhxx: 'wlxx', kzxx: 'hzxx' };

function readingOf(all: readonly XmlElement[], order: OrderDispatched, codes: DialectCodes): AnswerReading {
  const records = all.filter(({ name }) => name !== 'wlxx' && name !== 'hzxx');
  const receipts = all.filter(({ name }) => name === 'hzxx');
  const bookings = all.filter(({ name }) => name === 'wlxx');
  const [first] = records;
  if (!first) throw new NotReadable('an answer without a record');
  if (records.length > RECORDS_MAX) throw new NotReadable(`an answer with more than ${RECORDS_MAX} records`);
  for (const record of all) {
    if (valueOf(record, 'BDHM') !== order.orderNumber) throw new NotReadable('the answer names another order');
    const isBeside = record.name === BESIDE[first.name];
    if (record.name !== first.name && !isBeside) throw new NotReadable('an answer of two kinds');
  }
  const content = first.name === 'zhxx' ? inquiryContent(records, bookings, order, codes) : contentOf(records, first, order, codes);
  return compact({
    kind: 'answer' as const,
    orderNumber: order.orderNumber,
    answeredAt: answeredAtOf(records),
    receivedAt: timeOf(first, 'EX1_RECEIVEDAT'),
    content,
    receipts: receipts.length === 0 ? undefined : receiptsOf(receipts, order, content),
  });
}

/** Accounts of one answer may be looked up one after the other; the answer is as old as its last. */
function answeredAtOf(records: readonly XmlElement[]): string {
  const times = records.flatMap((record) => timeOf(record, 'EX1_ANSWEREDAT') ?? timeOf(record, 'FKSJ') ?? []).sort();
  const last = times.at(-1);
  if (last === undefined) throw new NotReadable('the answer does not say when it was given');
  return last;
}

function contentOf(records: readonly XmlElement[], first: XmlElement, order: OrderDispatched, codes: DialectCodes): AnswerContent {
  if (first.name === 'htxx') return { rollback: rollbackOf(records, codes) };
  if (first.name !== 'kzxx') throw new NotReadable(`"${first.name.slice(0, 40)}" is no record of an answer`);
  if (order.action === 'inquire') throw new NotReadable('an answer of the kind control to inquire');
  return { control: { lines: controlLinesOf(records, order, codes) } };
}

function inquiryContent(
  records: readonly XmlElement[],
  bookings: readonly XmlElement[],
  order: OrderDispatched,
  codes: DialectCodes,
): AnswerContent {
  if (order.action !== 'inquire') throw new NotReadable(`an answer of the kind inquiry to ${order.action}`);
  return { inquiry: inquiryOf(records, bookings, codes) };
}

function rollbackOf(records: readonly XmlElement[], codes: DialectCodes) {
  const [record, ...more] = records;
  if (!record || more.length > 0) throw new NotReadable('an order is given back once');
  return compact({
    code: codeOf(record, 'XCHTYY', codes.rollback),
    note: freeText(record, 'XCHTBZ') ?? '',
    contact: freeText(record, 'XCHTR'),
    phone: freeText(record, 'XCHTDH'),
  });
}

function controlLinesOf(records: readonly XmlElement[], order: OrderDispatched, codes: DialectCodes) {
  const asked = new Map(order.lines.map((line) => [line.seq, line]));
  return records.map((record) => {
    const seq = wholeNumber(record, 'CCXH', 1);
    const line = asked.get(seq);
    if (!line || !asked.delete(seq)) throw new NotReadable(`line ${seq} was not asked, or is answered twice`);
    return controlLineOf(record, line, codes);
  });
}
