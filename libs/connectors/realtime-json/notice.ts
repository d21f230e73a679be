import {
  compact,
  exactText,
  lineNumber,
  membersOf,
  NotReadable,
  optional,
  required,
  timeOf,
  wholeNumber,
  type NoticeContent,
  type NoticeReading,
} from '#connector-sdk';
import { errorText, parseStrictJson } from '#kernel';
import { amountIn, currencyOf } from './body/amounts.js';
import { BODY_VERSION } from './body/write-head.js';
import { codeIn, NOTICE_KINDS } from './codes.js';

/** What the bank says unasked. A kind that is not known is `unreadable`: the bank is told so and goes on offering it. */
export function readNotice(bytes: Buffer): NoticeReading {
  try {
    return { kind: 'notice', notice: noticeOf(parseStrictJson(bytes)) };
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function noticeOf(parsed: unknown): NoticeContent {
  const row = membersOf(parsed, 'the notice');
  if (row['v'] !== BODY_VERSION) throw new NotReadable(`not of version ${BODY_VERSION}`);
  const noticeId = required(row, 'noticeNo', exactText(80));
  // The number is a key of a table in plain ASCII.
  if (!/^[\x21-\x7e]+$/.test(noticeId)) throw new NotReadable('noticeNo is not visible ASCII');
  const amount = amountIn(required(row, 'ccy', currencyOf));
  return compact({
    noticeId,
    kind: required(row, 'kind', codeIn(NOTICE_KINDS)),
    orderNumber: required(row, 'reqNo', exactText(30)),
    seq: required(row, 'seq', lineNumber),
    at: required(row, 'time', timeOf),
    limit: optional(row, 'frzAmt', amount),
    covered: optional(row, 'ctlAmt', amount),
    uncovered: optional(row, 'lackAmt', amount),
    rank: optional(row, 'rank', wholeNumber),
    balance: optional(row, 'bal', amount),
    amount: optional(row, 'amt', amount),
    serial: optional(row, 'serialNo', exactText(60)),
    controlRestored: optional(row, 'ctlRestored', booleanOf),
  });
}

function booleanOf(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new NotReadable(`${what} is neither true nor false`);
}
