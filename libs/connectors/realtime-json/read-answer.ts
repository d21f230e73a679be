import {
  compact,
  membersOf,
  NotReadable,
  optional,
  required,
  timeOf,
  type AnswerContent,
  type AnswerReading,
  type DialectCodes,
  type Members,
} from '#connector-sdk';
import { errorText, parseStrictJson } from '#kernel';
import type { OrderDispatched } from '#contracts';
import { BODY_VERSION } from './body/write-head.js';
import { CODES } from './codes.js';
import { readControl } from './control-lines.js';
import { readInquiry } from './inquire.js';
import { readRollback } from './rollback.js';

/**
 * Reads an answer to one order. A line that cannot be read is `undetermined` and leaves the others whole; an answer that cannot be
 * read, or answers something else than was asked, is `unreadable`.
 */
export function readAnswer(bytes: Buffer, order: OrderDispatched, codes: DialectCodes = CODES): AnswerReading {
  try {
    return answerOf(parseStrictJson(bytes), order, codes);
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function answerOf(parsed: unknown, order: OrderDispatched, codes: DialectCodes): AnswerReading {
  const body = membersOf(parsed, 'the answer');
  if (body['v'] !== BODY_VERSION) throw new NotReadable(`not of version ${BODY_VERSION}`);
  if (body['reqNo'] !== order.orderNumber) throw new NotReadable('the answer names another order');
  return compact({
    kind: 'answer' as const,
    orderNumber: order.orderNumber,
    answeredAt: required(body, 'ansTime', timeOf),
    receivedAt: optional(body, 'recvTime', timeOf),
    content: contentOf(body, order, codes),
  });
}

function contentOf(body: Members, order: OrderDispatched, codes: DialectCodes): AnswerContent {
  const parts = ['qryRslt', 'ctlRslt', 'rollback'].filter((name) => body[name] !== undefined && body[name] !== null);
  const [part, ...more] = parts;
  if (part === undefined || more.length > 0) throw new NotReadable('not exactly one of qryRslt, ctlRslt and rollback');
  const row = membersOf(body[part], part);
  if (part === 'rollback') return readRollback(row, codes);
  if ((part === 'qryRslt') !== (order.action === 'inquire')) throw new NotReadable(`${part} in answer to ${order.action}`);
  return part === 'qryRslt' ? readInquiry(row, codes) : readControl(row, order, codes);
}
