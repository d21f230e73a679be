import { endOfLegalDate, isLegalDate, type Minor } from '#kernel';
import type { Freeze } from './model.js';
import type { LineReport, OrderLine } from './order.js';
import { originalFreeze } from './original-freeze.js';
import type { LineContext } from './receive-order.js';
import { freezeFigures, refused } from './reports.js';

/** Extends the last day of a freeze that still runs; its rank stays (R14). A freeze that has ended is not renewed. */
export function renewLine(context: LineContext, line: OrderLine): LineReport {
  const { book, order, account, at } = context;
  const found = originalFreeze(context, line);
  if ('problem' in found) return refused(line, found.problem, account);
  if (context.partial) return refused(line, 'SYSTEM', account);
  const { freeze } = found;
  if (line.to === undefined || !isLegalDate(line.to) || (freeze.to !== undefined && line.to <= freeze.to))
    return refused(line, 'FORMAT', account);
  freeze.to = line.to;
  book.changes.freezes.add(freeze);
  book.dueNoLaterThan(endOfLegalDate(line.to));
  book.journal({
    at,
    orderNumber: order.orderNumber,
    line: line.seq,
    action: 'renew',
    account: account.number,
    amount: freeze.limit,
    currency: account.currency,
  });
  return { ...freezeFigures(book, account, freeze), seq: line.seq, status: 'executed' };
}

/** Lowers the limit of a freeze or lifts it; what becomes free goes to the freezes behind it first. */
export function releaseLine(context: LineContext, line: OrderLine): LineReport {
  const { book, order, account, at } = context;
  const found = originalFreeze(context, line);
  if ('problem' in found) return refused(line, found.problem, account);
  if (context.partial) return refused(line, 'SYSTEM', account);
  const { freeze } = found;
  const limit = limitAfter(freeze, line);
  if (limit === undefined) return refused(line, 'AMOUNT_OVER_FROZEN', account);
  const freed = freeze.limit - limit;
  book.changing(account, 'cleared', at, [freeze], () => {
    book.changes.freezes.add(freeze);
    if (limit === 0n) book.endFreeze(freeze, 'released');
    else freeze.limit = limit;
  });
  book.journal({
    at,
    orderNumber: order.orderNumber,
    line: line.seq,
    action: 'release',
    account: account.number,
    amount: freed,
    currency: account.currency,
  });
  return { ...freezeFigures(book, account, freeze), seq: line.seq, status: 'executed' };
}

/** The limit that a release leaves, 0 for the whole; nothing when it asks for more than there is. */
function limitAfter(freeze: Freeze, line: OrderLine): Minor | undefined {
  const limit = line.newLimit ?? (line.amount === undefined ? 0n : freeze.limit - line.amount);
  const lowers = limit >= 0n && limit < freeze.limit;
  return lowers ? limit : undefined;
}
