import { AppError, formatAmount, legalDateOf, MINOR_MAX, type Instant, type Minor } from '#kernel';
import type { Book } from './book.js';
import { worthOfShares } from './coverage.js';
import type { Account, Redemption } from './model.js';

/** Money comes in; uncovered parts of the freezes catch it in the order of their rank. */
export function credit(book: Book, number: string, amount: Minor, at: Instant): void {
  const account = book.account(number);
  if (account.kind === 'closed') throw new AppError('wrong-state', `账户 ${number} 已销户`);
  if (amount <= 0n) throw new AppError('invalid', '金额必须大于 0');
  if (account.cash + amount > MINOR_MAX) throw new AppError('wrong-state', '余额将超过银行可记录的最大金额');
  book.changing(account, 'inflow', at, [], () => book.post(account, 'inflow', amount, at));
}

/**
 * A wealth product turns into cash in the same account, `delayMs` from now (T+n). The freezes on it go on with their
 * ranks: what they covered as shares they cover as money afterwards.
 */
export function redeem(book: Book, number: string, delayMs: number, at: Instant): void {
  const account = book.account(number);
  if (account.kind !== 'wealth-product' || worthOfShares(account) === 0n) {
    throw new AppError('wrong-state', `账户 ${number} 没有可赎回的理财产品`);
  }
  if (delayMs <= 0) return redeemNow(book, account, at);
  if (book.redemptions.has(number)) return;
  const redemption: Redemption = { account: number, dueAt: at + delayMs };
  book.redemptions.set(number, redemption);
  book.changes.redemptions.add(redemption);
  book.dueNoLaterThan(redemption.dueAt);
}

export function redeemNow(book: Book, account: Account, at: Instant): void {
  book.redemptions.delete(account.number);
  book.changes.endedRedemptions.add(account.number);
  const worth = worthOfShares(account);
  if (worth === 0n) return;
  book.changing(account, 'inflow', at, [], () => {
    account.shares = '0';
    book.post(account, 'redemption', worth, at);
  });
  for (const freeze of book.liveOf(account.number)) book.notify('redeemed', freeze, at);
}

/** Where money to another bank stands when it is due: it is there, or it comes back under the freeze it was taken from. */
export function settleTransfer(book: Book, id: number, returned: boolean, at: Instant): void {
  const transfer = book.transfers.get(id);
  if (!transfer) return;
  transfer.state = returned ? 'returned' : 'credited';
  book.transfers.delete(id);
  book.changes.transfers.add(transfer);
  const account = book.accounts.get(transfer.account);
  const freeze = book.freezesOf(transfer.account).find((candidate) => candidate.id === transfer.freezeId);
  if (!account || !freeze) return;
  // A freeze that was lifted or has lapsed meanwhile does not come back: the money is the customer's again.
  const controlRestored = freeze.state === 'live' || freeze.state === 'exhausted';
  if (returned) {
    book.changing(account, 'inflow', at, [freeze], () => {
      book.post(account, 'return', transfer.amount, at, transfer.serial);
      if (!controlRestored) return;
      if (freeze.state === 'exhausted') book.reviveFreeze(freeze);
      freeze.limit += transfer.amount;
      book.changes.freezes.add(freeze);
    });
  }
  book.notify(returned ? 'returned' : 'credited', freeze, at, {
    orderNumber: transfer.orderNumber,
    line: transfer.line,
    amount: formatAmount(transfer.amount, transfer.currency),
    serial: transfer.serial,
    valueDate: legalDateOf(at),
    controlRestored: returned ? controlRestored : undefined,
  });
}
