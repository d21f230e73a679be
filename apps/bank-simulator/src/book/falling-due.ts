import { endOfLegalDate, type Instant } from '#kernel';
import type { Book } from './book.js';
import { redeemNow, settleTransfer } from './inflow.js';
import type { Freeze } from './model.js';

interface Due {
  readonly at: Instant;
  readonly happen: () => void;
}

/**
 * Lets everything happen that fell due by `now`, in the order of its due time, so that a jump of the clock ends in
 * the same state as the same time spent waiting. Returns how many things happened.
 */
export function fallDue(book: Book, now: Instant, isReturned: () => boolean): number {
  if (book.nextDueAt() > now) return 0;
  const due = [...lapses(book, now), ...settlements(book, now, isReturned), ...redemptions(book, now)].sort((a, b) => a.at - b.at);
  for (const one of due) one.happen();
  book.recomputeDue();
  return due.length;
}

function lapses(book: Book, now: Instant): Due[] {
  return book
    .liveFreezes()
    .filter((freeze) => freeze.to !== undefined && endOfLegalDate(freeze.to) <= now)
    .map((freeze) => ({ at: lapseTime(freeze), happen: () => lapse(book, freeze) }));
}

function lapseTime(freeze: Freeze): Instant {
  return freeze.to === undefined ? Infinity : endOfLegalDate(freeze.to);
}

/** A freeze that was not renewed loses its effect by itself at 24:00 of its last day (R14). */
function lapse(book: Book, freeze: Freeze): void {
  if (freeze.state !== 'live') return;
  const at = lapseTime(freeze);
  book.changing(book.account(freeze.account), 'cleared', at, [freeze], () => book.endFreeze(freeze, 'expired'));
  book.notify('lapsed', freeze, at);
}

function settlements(book: Book, now: Instant, isReturned: () => boolean): Due[] {
  return [...book.transfers.values()]
    .filter((transfer) => transfer.dueAt <= now)
    .map((transfer) => ({ at: transfer.dueAt, happen: () => settleTransfer(book, transfer.id, isReturned(), transfer.dueAt) }));
}

function redemptions(book: Book, now: Instant): Due[] {
  return [...book.redemptions.values()]
    .filter((redemption) => redemption.dueAt <= now)
    .map((redemption) => ({ at: redemption.dueAt, happen: () => redeemNow(book, book.account(redemption.account), redemption.dueAt) }));
}
