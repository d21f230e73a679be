import {
  compact,
  dateOf,
  exactText,
  freeText,
  lineNumber,
  listOf,
  membersOf,
  NotReadable,
  optional,
  required,
  type AnswerContent,
  type DialectCodes,
  type Members,
} from '#connector-sdk';
import { errorText } from '#kernel';
import type { ControlLine, OrderDispatched } from '#contracts';
import { amountIn, currencyOf } from './body/amounts.js';
import { codeIn } from './codes.js';
import { movedOf } from './deduct.js';
import { readFreezeFigures } from './freeze.js';

const LINES_MAX = 500;

/** `ctlRslt`: what became of each line of a control order. @throws NotReadable when it answers other lines than were asked */
export function readControl(row: Members, order: OrderDispatched, codes: DialectCodes): Extract<AnswerContent, { control: unknown }> {
  const asked = new Set(order.lines.map(({ seq }) => seq));
  const lines = required(row, 'items', (value, what) => listOf(value, what, LINES_MAX)).map((line) => lineOf(line, codes));
  if (lines.length === 0) throw new NotReadable('an answer without a line');
  for (const { seq } of lines) {
    if (!asked.delete(seq)) throw new NotReadable(`line ${seq} was not asked, or is answered twice`);
  }
  return { control: { lines } };
}

/** Without its number a line is nobody's; whatever else is wrong with it leaves that one line undetermined (I6). */
function lineOf(value: unknown, codes: DialectCodes): ControlLine {
  const row = membersOf(value, 'item');
  const seq = required(row, 'seq', lineNumber);
  try {
    return readLine(row, seq, codes);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    return { seq, status: 'undetermined', reason: { code: 'FORMAT', text: freeText(errorText(error), 'reason') } };
  }
}

function readLine(row: Members, seq: number, codes: DialectCodes): ControlLine {
  const code = required(row, 'stat', exactText(60));
  const status = Object.hasOwn(codes.status, code) ? codes.status[code] : undefined;
  if (status === undefined) throw new NotReadable(`status "${code}" is not known`);
  const reason = optional(row, 'reason', reasonIn(codes));
  // A refusal always has a reason (R26); one without is no word to build on.
  if (status === 'refused' && !reason) throw new NotReadable('a refusal without a reason');
  const amount = amountIn(required(row, 'ccy', currencyOf));
  return compact({
    seq,
    status,
    ...readFreezeFigures(row, amount),
    expectedOn: optional(row, 'expectDate', dateOf),
    reason,
    moved: optional(row, 'moved', movedOf(amount, codes)),
  });
}

function reasonIn(codes: DialectCodes) {
  return (value: unknown, what: string): NonNullable<ControlLine['reason']> => {
    const row = membersOf(value, what);
    return { code: required(row, 'code', codeIn(codes.reason)), text: optional(row, 'text', freeText) ?? '' };
  };
}
