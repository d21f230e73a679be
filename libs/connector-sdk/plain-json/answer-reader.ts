import { errorText, parseStrictJson } from '#kernel';
import type { ControlLine, MovedMoney, OrderDispatched } from '#contracts';
import type { AnswerContent, AnswerReading } from '../readings.js';
import { holdingOf, priorityRightsOf, priorMeasuresOf } from './holding-reader.js';
import {
  compact,
  dateOf,
  exactText,
  freeText,
  lineNumber,
  listOf,
  type Members,
  membersOf,
  moneyOf,
  NotReadable,
  optional,
  required,
  timeOf,
  wholeNumber,
  wordOf,
} from './members.js';

/** A dialect's words for what became of a line. A word that is not in the table is `undetermined` (I6). */
export type StatusTable = Readonly<Record<string, ControlLine['status']>>;

const HOLDINGS_MAX = 500;
const LINES_MAX = 500;

/**
 * Reads `chakong-answer/v1` to one order. A line that cannot be read is `undetermined` and leaves the others whole; an answer that
 * cannot be read, or answers something else than was asked, is `unreadable`.
 */
export function readPlainAnswer(bytes: Buffer, order: OrderDispatched, statusTable: StatusTable): AnswerReading {
  try {
    return answerOf(parseStrictJson(bytes), order, statusTable);
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function answerOf(parsed: unknown, order: OrderDispatched, statusTable: StatusTable): AnswerReading {
  const body = membersOf(parsed, 'the answer');
  if (body['format'] !== 'chakong-answer/v1') throw new NotReadable('not a chakong-answer/v1');
  if (body['orderNumber'] !== order.orderNumber) throw new NotReadable('the answer names another order');
  return compact({
    kind: 'answer' as const,
    orderNumber: order.orderNumber,
    answeredAt: required(body, 'answeredAt', timeOf),
    receivedAt: optional(body, 'receivedAt', timeOf),
    content: contentOf(body, order, statusTable),
  });
}

function contentOf(body: Members, order: OrderDispatched, statusTable: StatusTable): AnswerContent {
  const parts = ['inquiry', 'control', 'rollback'].filter((name) => body[name] !== undefined && body[name] !== null);
  const [part, ...more] = parts;
  if (part === undefined || more.length > 0) throw new NotReadable('not exactly one of inquiry, control and rollback');
  if (part === 'rollback') return { rollback: rollbackOf(membersOf(body[part], part)) };
  if ((part === 'inquiry') !== (order.action === 'inquire')) throw new NotReadable(`an answer of the kind ${part} to ${order.action}`);
  return part === 'inquiry'
    ? { inquiry: inquiryOf(membersOf(body[part], part)) }
    : { control: { lines: controlLinesOf(membersOf(body[part], part), order, statusTable) } };
}

function rollbackOf(row: Members) {
  return compact({
    code: required(row, 'code', exactText(20)),
    note: optional(row, 'note', freeText) ?? '',
    contact: optional(row, 'contact', freeText),
    phone: optional(row, 'phone', freeText),
  });
}

const RESULTS = ['found', 'no-account', 'identity-mismatch'] as const;

function inquiryOf(row: Members) {
  return {
    result: required(row, 'result', wordOf(RESULTS)),
    holdings: (optional(row, 'holdings', (value, what) => listOf(value, what, HOLDINGS_MAX)) ?? []).map(holdingOf),
  };
}

function controlLinesOf(row: Members, order: OrderDispatched, statusTable: StatusTable): readonly ControlLine[] {
  const asked = new Set(order.lines.map(({ seq }) => seq));
  const lines = required(row, 'lines', (value, what) => listOf(value, what, LINES_MAX)).map((one) => lineOf(one, statusTable));
  if (lines.length === 0) throw new NotReadable('an answer without a line');
  for (const { seq } of lines) {
    if (!asked.delete(seq)) throw new NotReadable(`line ${seq} was not asked, or is answered twice`);
  }
  return lines;
}

/** Without its number a line is nobody's; whatever else is wrong with it leaves that one line undetermined. */
function lineOf(value: unknown, statusTable: StatusTable): ControlLine {
  const row = membersOf(value, 'line');
  const seq = required(row, 'seq', lineNumber);
  try {
    return readLine(row, seq, statusTable);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    return { seq, status: 'undetermined', reason: { code: 'FORMAT', text: freeText(errorText(error), 'reason') } };
  }
}

function readLine(row: Members, seq: number, statusTable: StatusTable): ControlLine {
  const word = required(row, 'status', exactText(40));
  const status = Object.hasOwn(statusTable, word) ? statusTable[word] : undefined;
  if (status === undefined) throw new NotReadable(`status "${word}" is not known`);
  return compact({
    seq,
    status,
    limit: optional(row, 'limit', moneyOf),
    balance: optional(row, 'balance', moneyOf),
    available: optional(row, 'available', moneyOf),
    covered: optional(row, 'covered', moneyOf),
    uncovered: optional(row, 'uncovered', moneyOf),
    rank: optional(row, 'rank', wholeNumber),
    from: optional(row, 'from', dateOf),
    to: optional(row, 'to', dateOf),
    expectedOn: optional(row, 'expectedOn', dateOf),
    reason: optional(row, 'reason', reasonOf),
    priorMeasures: optional(row, 'priorMeasures', priorMeasuresOf),
    priorityRights: optional(row, 'priorityRights', priorityRightsOf),
    moved: optional(row, 'moved', movedOf),
  });
}

function reasonOf(value: unknown, what: string) {
  const row = membersOf(value, what);
  return { code: required(row, 'code', exactText(60)), text: optional(row, 'text', freeText) ?? '' };
}

function movedOf(value: unknown, what: string): MovedMoney {
  const row = membersOf(value, what);
  return compact({
    principal: required(row, 'principal', moneyOf),
    interest: optional(row, 'interest', moneyOf),
    fee: optional(row, 'fee', moneyOf),
    serial: required(row, 'serial', exactText(60)),
    valueDate: required(row, 'valueDate', dateOf),
    channel: required(row, 'channel', exactText(60)),
    state: required(row, 'state', wordOf(['sent', 'credited', 'returned'])),
  });
}
