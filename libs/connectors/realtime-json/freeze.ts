import { dateOf, optional, wholeNumber, type Members } from '#connector-sdk';
import type { ControlLine, OrderLine } from '#contracts';
import { priorFreezesOf, priorityRightsOf, type AmountReader } from './body/amounts.js';
import { accountPart, sumPart } from './body/line-parts.js';
import { codeOf, SCOPES } from './codes.js';

/** SF02: the limit asked for, and for how long. */
export function writeFreeze(line: OrderLine): Record<string, unknown> {
  const { scope = 'funds', from, to } = line;
  return { ...accountPart(line), frzAmt: sumPart(line, line.amount), scope: codeOf(SCOPES, scope), beginDate: from, endDate: to };
}

/** What the bank states of the freeze as it stands, after any control order. @throws NotReadable */
export function readFreezeFigures(row: Members, amount: AmountReader): Omit<ControlLine, 'seq' | 'status'> {
  return {
    limit: optional(row, 'frzAmt', amount),
    covered: optional(row, 'ctlAmt', amount),
    uncovered: optional(row, 'lackAmt', amount),
    rank: optional(row, 'rank', wholeNumber),
    balance: optional(row, 'bal', amount),
    available: optional(row, 'avlBal', amount),
    from: optional(row, 'beginDate', dateOf),
    to: optional(row, 'endDate', dateOf),
    priorMeasures: optional(row, 'priorFrz', priorFreezesOf(amount)),
    priorityRights: optional(row, 'priorRight', priorityRightsOf(amount)),
  };
}
