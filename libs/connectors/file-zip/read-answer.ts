import type { OrderDispatched } from '#contracts';
import { courtXml, type AnswerReading, type DialectCodes } from '#connector-sdk';
import { documentsOf, type PackageDocument } from './documents.js';
import { CODING } from './write-order.js';

const { decodeElement, NotReadable, readCourtFeedback, readXml, receiptsOf, unreadable } = courtXml;

/**
 * Reads what a bank says of one order: one document of results or one of rollback, and beside results the receipts. One that is not whole, or
 * not about this order and answer, makes the answer unreadable, because nobody knows then what the bank has sealed.
 */
export function readAnswer(bytes: Buffer, order: OrderDispatched, codes: DialectCodes): AnswerReading {
  try {
    const documents = documentsOf(bytes);
    const [feedback, ...more] = documents.filter(({ part }) => part !== 'QRI');
    if (!feedback || more.length > 0) throw new NotReadable('not exactly one of result and rollback');
    const records = documents.filter(({ part }) => part === 'QRI').flatMap(recordsOf);
    const reading = readCourtFeedback(feedback.bytes, order, CODING, codes);
    if (reading.kind === 'unreadable' || records.length === 0) return reading;
    return { ...reading, receipts: [...(reading.receipts ?? []), ...receiptsOf(records, order, reading.content)] };
  } catch (error) {
    return unreadable(error);
  }
}

function recordsOf({ bytes }: PackageDocument): readonly courtXml.XmlElement[] {
  return decodeElement(readXml(bytes), CODING).children;
}
