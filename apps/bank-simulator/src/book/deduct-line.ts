import { formatAmount, legalDateOf, type Minor } from '#kernel';
import type { Freeze, Transfer } from './model.js';
import type { LineReport, MovedReport, OrderLine } from './order.js';
import { originalFreeze } from './original-freeze.js';
import type { LineContext } from './receive-order.js';
import type { RefusalCode } from './refusals.js';
import { freezeFigures, refused } from './reports.js';
import { forbids } from './restriction.js';

/**
 * Moves money out from under one freeze: never more than that freeze covers, never more than there is cash (R20).
 * Limit and coverage of the freeze fall by what moved, so nobody behind it gains or loses by a deduct.
 */
export function deductLine(context: LineContext, line: OrderLine): LineReport {
  const { book, order, account, at } = context;
  const found = originalFreeze(context, line);
  if ('problem' in found) return refused(line, found.problem, account);
  const { freeze } = found;
  const asked = line.amount ?? 0n;
  const amount = context.partial ? asked / 2n : asked;
  const problem = deductProblem(context, freeze, amount);
  if (problem) return refused(line, problem, account);
  const row = book.journal({
    at,
    orderNumber: order.orderNumber,
    line: line.seq,
    action: 'deduct',
    account: account.number,
    amount,
    currency: account.currency,
  });
  const serial = `${order.orderNumber.slice(0, 8)}${String(row.seq).padStart(8, '0')}`;
  book.changing(account, 'cleared', at, [freeze], () => {
    book.post(account, 'deduct', -amount, at, serial);
    takeFrom(context, freeze, amount);
  });
  const moved = send(context, line, freeze, amount, serial);
  return { ...freezeFigures(book, account, freeze), seq: line.seq, status: context.partial ? 'partly-executed' : 'executed', moved };
}

function deductProblem(context: LineContext, freeze: Freeze, amount: Minor): RefusalCode | undefined {
  if (forbids(context.account.restriction, 'deduct')) return 'EXEMPT_ACCOUNT';
  if (amount <= 0n) return context.partial ? 'SYSTEM' : 'FORMAT';
  if (amount > freeze.covered) return 'AMOUNT_OVER_FROZEN';
  return amount > context.account.cash ? 'INSUFFICIENT_FUNDS' : undefined;
}

function takeFrom(context: LineContext, freeze: Freeze, amount: Minor): void {
  context.book.changes.freezes.add(freeze);
  // A freeze of the whole account may cover more than its limit, so the limit stops at nothing.
  freeze.limit = freeze.limit > amount ? freeze.limit - amount : 0n;
  if (freeze.limit === 0n) context.book.endFreeze(freeze, 'exhausted');
}

/** Money to a court account at this bank is there at once; to another bank it is sent and may come back. */
function send(context: LineContext, line: OrderLine, freeze: Freeze, amount: Minor, serial: string): MovedReport {
  const { book, order, account, at } = context;
  const ownBank = book.identity.bankNumbers.includes(line.courtAccount?.bankNumber.trim() ?? '');
  const dueAt = ownBank ? at : at + book.identity.interbankDelayMs;
  if (!ownBank) {
    const transfer: Transfer = {
      id: book.next('transfer'),
      account: account.number,
      freezeId: freeze.id,
      orderNumber: order.orderNumber,
      line: line.seq,
      amount,
      currency: account.currency,
      serial,
      dueAt,
      state: 'sent',
    };
    book.transfers.set(transfer.id, transfer);
    book.changes.transfers.add(transfer);
    book.dueNoLaterThan(transfer.dueAt);
  }
  return {
    principal: formatAmount(amount, account.currency),
    interest: formatAmount(0n, account.currency),
    fee: formatAmount(0n, account.currency),
    serial,
    valueDate: legalDateOf(dueAt),
    channel: ownBank ? 'own-bank' : 'interbank',
    state: ownBank ? 'credited' : 'sent',
  };
}
