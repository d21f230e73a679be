import { encodeBody, type OrderAnswered, type OrderDispatched } from '#contracts';
import type { AnswerReading } from '#connector-sdk';
import { refusedFor, type REFUSED } from '../fuzzed-parser.js';
import { file } from '../places.js';

/** The freeze of the examples. */
export const FREEZE = JSON.parse(file('libs/contracts/examples/order.dispatched.v1.json').toString('utf8')) as OrderDispatched;
const { lane: _lane, ...asked } = FREEZE;
const lines = FREEZE.lines.map((line) => ({ ...line, account: '4201000000007755' }));

/** The orders that the records of the courts' interface answer, and the records that do. */
export const COURT_ORDERS = {
  freeze: {
    order: { ...FREEZE, orderNumber: '202603104201060000000202', lines } satisfies OrderDispatched,
    answers: ['control-feedback', 'control-feedback-partial', 'control-feedback-processing', 'control-feedback-refused'],
  },
  deduct: {
    order: { ...FREEZE, action: 'deduct', orderNumber: '202604024201060000000302', lines } satisfies OrderDispatched,
    answers: ['control-feedback-deduct', 'rollback'],
  },
  inquiry: {
    order: { ...asked, action: 'inquire', orderNumber: '202603104201060000000102', lines: [] } satisfies OrderDispatched,
    answers: ['query-feedback', 'query-feedback-nothing'],
  },
} as const;
export type CourtOrder = keyof typeof COURT_ORDERS;

const DIGEST = '0'.repeat(64);

/**
 * What a reader of answers has understood, once it fits the contract that the gateway reads by: nothing else may come out of a reader.
 * @throws AppError `contract-broken`
 */
export function answerOf(reading: AnswerReading, { orderNumber, bank }: OrderDispatched): AnswerReading | typeof REFUSED {
  if (reading.kind === 'unreadable') return refusedFor(reading.reason);
  const { answeredAt, content } = reading;
  if (reading.orderNumber !== orderNumber) throw new Error('an answer to another order');
  const original = { digest: DIGEST, size: 0, contentType: 'application/octet-stream', signature: 'valid' } as const;
  const body: OrderAnswered = { ...content, orderNumber, bank, answeredAt, original, receipts: [], factLeafHash: DIGEST };
  encodeBody('order.answered.v1', body);
  return reading;
}
