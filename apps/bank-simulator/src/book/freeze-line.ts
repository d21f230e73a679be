import { isLegalDate, legalDateOf } from '#kernel';
import type { Freeze } from './model.js';
import type { LineReport, OrderLine } from './order.js';
import type { LineContext } from './receive-order.js';
import type { RefusalCode } from './refusals.js';
import { freezeFigures, refused } from './reports.js';
import { forbids } from './restriction.js';

/** Sets a freeze with the rank of its arrival. What is not there to be covered waits for later inflows. */
export function freezeLine(context: LineContext, line: OrderLine): LineReport {
  const { book, order, account, at } = context;
  const problem = freezeProblem(context, line);
  if (problem) return refused(line, problem, account);
  const asked = line.amount ?? 0n;
  const limit = context.partial ? asked / 2n : asked;
  if (limit === 0n) return refused(line, 'SYSTEM', account);
  const freeze: Freeze = {
    id: book.next('arrival'),
    account: account.number,
    authority: order.authority,
    document: line.document ?? '',
    caseNumber: order.caseNumber,
    orderNumber: order.orderNumber,
    line: line.seq,
    scope: line.scope ?? 'funds',
    from: line.from,
    to: line.to,
    limit,
    covered: 0n,
    waiting: false,
    state: 'live',
  };
  book.changing(account, 'cleared', at, [freeze], () => book.addFreeze(freeze));
  book.journal({
    at,
    orderNumber: order.orderNumber,
    line: line.seq,
    action: 'freeze',
    account: account.number,
    amount: limit,
    currency: account.currency,
  });
  return { ...freezeFigures(book, account, freeze), seq: line.seq, status: context.partial ? 'partly-executed' : 'executed' };
}

function freezeProblem(context: LineContext, line: OrderLine): RefusalCode | undefined {
  if (context.account.kind === 'closed') return 'ACCOUNT_CLOSED';
  if (forbids(context.account.restriction, 'freeze')) return 'EXEMPT_ACCOUNT';
  if (line.amount === undefined || line.amount <= 0n || line.to === undefined || !isLegalDate(line.to)) return 'FORMAT';
  if (line.from !== undefined && (!isLegalDate(line.from) || line.from > line.to)) return 'FORMAT';
  return line.to < legalDateOf(context.at) ? 'FREEZE_EXPIRED' : undefined;
}
