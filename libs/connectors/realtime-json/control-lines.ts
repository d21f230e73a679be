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
  type Members,
} from '#connector-sdk';
import { errorText } from '#kernel';
import type { ControlLine, OrderDispatched } from '#contracts';
import { amountIn, currencyOf } from './body/amounts.js';
import { codeIn, REASONS } from './codes.js';
import { movedOf } from './deduct.js';
import { readFreezeFigures } from './freeze.js';
import { STATUS_TABLE } from './status-table.js';

const LINES_MAX = 500;

/** `ctlRslt`: what became of each line of a control order. @throws NotReadable when it answers other lines than were asked */
export function readControl(row: Members, order: OrderDispatched): Extract<AnswerContent, { control: unknown }> {
  const asked = new Set(order.lines.map(({ seq }) => seq));
  const lines = required(row, 'items', (value, what) => listOf(value, what, LINES_MAX)).map(lineOf);
  if (lines.length === 0) throw new NotReadable('an answer without a line');
  for (const { seq } of lines) {
    if (!asked.delete(seq)) throw new NotReadable(`line ${seq} was not asked, or is answered twice`);
  }
  return { control: { lines } };
}

/** Without its number a line is nobody's; whatever else is wrong with it leaves that one line undetermined (I6). */
function lineOf(value: unknown): ControlLine {
  const row = membersOf(value, 'item');
  const seq = required(row, 'seq', lineNumber);
  try {
    return readLine(row, seq);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    return { seq, status: 'undetermined', reason: { code: 'FORMAT', text: freeText(errorText(error), 'reason') } };
  }
}

function readLine(row: Members, seq: number): ControlLine {
  const code = required(row, 'stat', exactText(40));
  if (!Object.hasOwn(STATUS_TABLE, code)) throw new NotReadable(`status "${code}" is not known`);
  const status = STATUS_TABLE[code as keyof typeof STATUS_TABLE];
  const reason = optional(row, 'reason', reasonOf);
  // A refusal always has a reason (R26); one without is no word to build on.
  if (status === 'refused' && !reason) throw new NotReadable('a refusal without a reason');
  const amount = amountIn(required(row, 'ccy', currencyOf));
  return compact({
    seq,
    status,
    ...readFreezeFigures(row, amount),
    expectedOn: optional(row, 'expectDate', dateOf),
    reason,
    moved: optional(row, 'moved', movedOf(amount)),
  });
}

function reasonOf(value: unknown, what: string): NonNullable<ControlLine['reason']> {
  const row = membersOf(value, what);
  return { code: required(row, 'code', codeIn(REASONS)), text: optional(row, 'text', freeText) ?? '' };
}
