import { AppError } from '#kernel';
import { courtXml, type BroughtAnswer, type PullCall, type PullContent } from '#connector-sdk';
import { refusing } from './read-call.js';

/** How the values of attributes stand in this dialect. */
export const CODING: courtXml.AttributeCoding = 'base64-gbk';

/** Answers, and receipts, of one call. */
export const ANSWERS_MAX = 100;
export const RECEIPTS_MAX = 500;

const CONTENT_TYPE = 'application/xml';

/** Which records an operation brings. */
const KINDS: Readonly<Partial<Record<PullCall['operation'], courtXml.FeedbackKind>>> = {
  'query-feedback': 'inquiry',
  transactions: 'transactions',
  'control-feedback': 'control',
  rollback: 'rollback',
};

/** @throws AppError `invalid` */
export function readContent(call: PullCall): PullContent {
  if (call.operation === 'receipts') return refusing('签收报文', () => ({ kind: 'receipts', receipts: receiptsOf(call.content) }));
  const answers = refusing('反馈报文', () => answersOf(call));
  if (answers.length > ANSWERS_MAX) throw new AppError('invalid', `一次上传不得超过${ANSWERS_MAX}件`);
  return { kind: 'answers', answers };
}

/**
 * The exact bytes of each answer. Where they cannot be cut, or name other orders than the signatures do, and one signature came, they are
 * that order's answer as a whole: its signature then decides that nothing in it counts, and the order does not wait in silence.
 */
function answersOf({ operation, content, signatures }: PullCall): readonly BroughtAnswer[] {
  const [signed] = signatures.keys();
  const slices = attempt(() => courtXml.cutFeedback(content, CODING));
  const fits =
    signatures.size === 0 || (slices.length === signatures.size && slices.every(({ orderNumber }) => signatures.has(orderNumber)));
  if (fits && slices.length > 0) {
    for (const { kind } of slices) if (kind !== KINDS[operation]) throw new courtXml.NotReadable(`${operation} brings no ${kind}`);
    return slices.map(({ orderNumber, bytes }) => answer(orderNumber, bytes, signatures));
  }
  if (signed !== undefined && signatures.size === 1) return [answer(signed, content, signatures)];
  courtXml.cutFeedback(content, CODING);
  throw new courtXml.NotReadable('the content and the signatures name different orders');
}

function attempt(cut: () => readonly courtXml.FeedbackSlice[]): readonly courtXml.FeedbackSlice[] {
  try {
    return cut();
  } catch (error) {
    if (error instanceof courtXml.NotReadable) return [];
    throw error;
  }
}

function answer(orderNumber: string, bytes: Buffer, signatures: ReadonlyMap<string, string>): BroughtAnswer {
  return { orderNumber, heard: { bytes, contentType: CONTENT_TYPE, signature: signatures.get(orderNumber) } };
}

/** `qsList/qs`: the bank has these orders, and since when (extension; R10). */
function receiptsOf(content: Buffer) {
  const { children } = courtXml.decodeElement(courtXml.readXml(content), CODING);
  if (children.length > RECEIPTS_MAX) throw new courtXml.NotReadable(`more than ${RECEIPTS_MAX} receipts`);
  return children.map((record) => {
    if (record.name !== 'qs') throw new courtXml.NotReadable('no receipt');
    const receivedAt = courtXml.timeOf(record, 'EX1_RECEIVEDAT');
    return { orderNumber: courtXml.exactText(record, 'BDHM', 30), ...(receivedAt === undefined ? {} : { receivedAt }) };
  });
}
