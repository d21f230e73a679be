import type { AttributeCoding } from './attribute-coding.js';
import { FEEDBACK_RECORDS, recordsOf, type FeedbackKind } from './feedback-reader.js';
import { decodeAttribute } from './attribute-coding.js';
import { NotReadable } from './xml-element.js';
import { readXmlPieces, XML_LIMITS, type RawElement } from './xml-reader.js';

/** The records of one order in a document of many, as the exact bytes that they are there. */
export interface FeedbackSlice {
  readonly orderNumber: string;
  readonly kind: FeedbackKind;
  readonly bytes: Buffer;
}

/**
 * Cuts a document of feedback into the answers to its orders. The records of one order stand together; nothing between them is kept.
 * @throws NotReadable when the document, or a record's number, cannot be read
 */
export function cutFeedback(bytes: Uint8Array, coding: AttributeCoding): readonly FeedbackSlice[] {
  const slices = new Map<string, { kind: FeedbackKind; records: string[] }>();
  let last = '';
  for (const record of recordsOf(readXmlPieces(bytes, XML_LIMITS))) {
    const orderNumber = orderNumberOf(record, coding);
    const known = slices.get(orderNumber);
    // A receipt stands behind what it seals and is signed with it.
    const kind = record.name === 'hzxx' && known ? known.kind : kindOf(record);
    if (known && (orderNumber !== last || known.kind !== kind))
      throw new NotReadable(`the records of ${orderNumber} do not stand together`);
    if (known) known.records.push(record.source);
    else slices.set(orderNumber, { kind, records: [record.source] });
    last = orderNumber;
  }
  return [...slices].map(([orderNumber, { kind, records }]) => ({ orderNumber, kind, bytes: Buffer.from(records.join(''), 'utf8') }));
}

function kindOf({ name }: RawElement): FeedbackKind {
  const kinds: Readonly<Record<string, FeedbackKind>> = FEEDBACK_RECORDS;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw new NotReadable(`"${name.slice(0, 40)}" is no record of an answer`);
  return kind;
}

/** Becomes part of look-ups and file names, so nothing may stand in it that leads elsewhere. */
const ORDER_NUMBER = /^[0-9A-Za-z-]{1,30}$/;

function orderNumberOf({ attributes }: RawElement, coding: AttributeCoding): string {
  const value = decodeAttribute(attributes['BDHM'] ?? '', coding).trim();
  if (!ORDER_NUMBER.test(value)) throw new NotReadable('a record without a number of an order');
  return value;
}
