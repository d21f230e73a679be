import type { OrderDispatched } from '#contracts';
import { courtXml, type AnswerReading, type DialectCodes } from '#connector-sdk';
import { errorText } from '#kernel';
import { documentsOf, type PackageDocument } from './documents.js';
import { CODING } from './write-order.js';

const { bytesOfBase64, decodeElement, exactText, md5Hex, NotReadable, readCourtFeedback, readXml, valueOf } = courtXml;

const RECEIPTS_MAX = 20;

/**
 * Reads what a bank says of one order: one document of results or one of rollback, and beside results the receipts. Receipts are kept with
 * the original bytes; one that is not whole makes the answer unreadable, because nobody knows then what the bank has sealed.
 */
export function readAnswer(bytes: Buffer, order: OrderDispatched, codes: DialectCodes): AnswerReading {
  try {
    const documents = documentsOf(bytes);
    const [feedback, ...more] = documents.filter(({ part }) => part !== 'QRI');
    if (!feedback || more.length > 0) throw new NotReadable('not exactly one of result and rollback');
    for (const document of documents) if (document.part === 'QRI') checkReceipts(document, order);
    return readCourtFeedback(feedback.bytes, order, CODING, codes);
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function checkReceipts({ bytes }: PackageDocument, { orderNumber }: OrderDispatched): void {
  const { children } = decodeElement(readXml(bytes), CODING);
  if (children.length > RECEIPTS_MAX) throw new NotReadable(`more than ${RECEIPTS_MAX} receipts`);
  for (const receipt of children) {
    if (receipt.name !== 'hzxx' || valueOf(receipt, 'BDHM') !== orderNumber) throw new NotReadable('a receipt of another order');
    const content = bytesOfBase64(valueOf(receipt, 'WSNR') ?? '');
    if (exactText(receipt, 'MD5', 32).toLowerCase() !== md5Hex(content)) throw new NotReadable('a receipt with another MD5');
  }
}
