import { errorText, parseStrictJson } from '#kernel';
import type { NoticeReading } from '../readings.js';
import {
  compact,
  exactText,
  lineNumber,
  membersOf,
  moneyOf,
  NotReadable,
  optional,
  required,
  timeOf,
  wholeNumber,
  wordOf,
} from './members.js';

const KINDS = ['coverage', 'promoted', 'lapsed', 'redeemed', 'credited', 'returned'] as const;

/** Reads `chakong-notice/v1`. A kind that is not known is `unreadable`: the bank is told so and goes on offering it. */
export function readPlainNotice(bytes: Buffer): NoticeReading {
  try {
    return { kind: 'notice', notice: noticeOf(parseStrictJson(bytes)) };
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function noticeOf(parsed: unknown) {
  const row = membersOf(parsed, 'the notice');
  if (row['format'] !== 'chakong-notice/v1') throw new NotReadable('not a chakong-notice/v1');
  const noticeId = required(row, 'noticeId', exactText(80));
  // The id is a key of a table in plain ASCII.
  if (!/^[\x21-\x7e]+$/.test(noticeId)) throw new NotReadable('noticeId is not visible ASCII');
  return compact({
    noticeId,
    kind: required(row, 'kind', wordOf(KINDS)),
    orderNumber: required(row, 'orderNumber', exactText(30)),
    seq: required(row, 'seq', lineNumber),
    at: required(row, 'at', timeOf),
    limit: optional(row, 'limit', moneyOf),
    covered: optional(row, 'covered', moneyOf),
    uncovered: optional(row, 'uncovered', moneyOf),
    rank: optional(row, 'rank', wholeNumber),
    balance: optional(row, 'balance', moneyOf),
    amount: optional(row, 'amount', moneyOf),
    serial: optional(row, 'serial', exactText(60)),
    controlRestored: optional(row, 'controlRestored', booleanOf),
  });
}

function booleanOf(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new NotReadable(`${what} is neither true nor false`);
}
