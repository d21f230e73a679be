import { encodeBody, type OrderAnswered, type OrderDispatched, type OriginalRef } from '#contracts';
import { AppError } from '#kernel';
import { MESSAGE_BYTES_MAX } from '#messaging';
import type { AnswerContent, AnswerReading, SignatureWorth } from '#connector-sdk';
import { SEAL_OVERHEAD_BYTES } from '#privacy';
import type { Doubt } from '../park-order/park-order.js';

/** An answer that counts, or why it does not. Nothing here looks at earlier answers. */
export type Judgement =
  | { readonly kind: 'counts'; readonly content: AnswerContent; readonly answeredAt: string; readonly receivedAt?: string }
  | { readonly kind: 'doubt'; readonly doubt: Doubt };

const NO_LEAF = '0'.repeat(64);

/**
 * Judges what was heard: the bank's own signature must stand beside it where the dialect has one, it must be readable, and the
 * message that will tell of it must fit its contract.
 */
export function judgeAnswer(order: OrderDispatched, worth: SignatureWorth, isSignedDialect: boolean, reading: AnswerReading): Judgement {
  if (isSignedDialect && worth.signature !== 'valid') {
    return doubt(`signature-${worth.signature}`, worth.signature === 'absent' ? '银行反馈没有签名' : '银行反馈的签名验证不通过');
  }
  if (reading.kind === 'unreadable')
    return reading.isMismatch ? doubt('receipt-mismatch', '银行回执与请求单或反馈不符') : doubt('answer-unreadable', '银行反馈无法识别');
  const { content, answeredAt, receivedAt } = reading;
  const fault = faultOfMessage(order, content, answeredAt);
  return fault
    ? doubt(fault, '银行反馈无法转换')
    : { kind: 'counts', content, answeredAt, ...(receivedAt === undefined ? {} : { receivedAt }) };
}

function doubt(code: string, reason: string): Judgement {
  return { kind: 'doubt', doubt: { code, reason } };
}

/** Tries the message before the transaction, where a message that does not fit would fail again and again. */
function faultOfMessage(order: OrderDispatched, content: AnswerContent, answeredAt: string): string | undefined {
  const original: OriginalRef = { digest: NO_LEAF, size: 0, contentType: 'application/json', signature: 'valid' };
  const body: OrderAnswered = {
    ...content,
    orderNumber: order.orderNumber,
    bank: order.bank,
    answeredAt,
    original,
    receipts: [],
    factLeafHash: NO_LEAF,
  };
  try {
    // Receipts and names are added later; half a kilobyte each leaves room for the most that a message carries.
    const bytes = encodeBody('order.answered.v1', body);
    return bytes.length + SEAL_OVERHEAD_BYTES + 20 * 512 > MESSAGE_BYTES_MAX ? 'answer-too-large' : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'contract-broken') return 'answer-unreadable';
    throw error;
  }
}
