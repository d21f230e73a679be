import { maxMinor, minMinor, type Minor } from '#kernel';
import type { Account, Freeze } from './model.js';
import { productWorth } from './product-worth.js';

/** What the account is worth: its cash and, for a product, its shares at the current price. */
export function balanceOf(account: Account): Minor {
  return account.cash + worthOfShares(account);
}

export function worthOfShares(account: Account): Minor {
  if (account.shares === undefined || account.unitPrice === undefined) return 0n;
  return productWorth(account.shares, account.unitPrice, account.currency);
}

/** The part of a freeze's limit that nothing in the account stands behind. */
export function uncoveredOf(freeze: Freeze): Minor {
  return freeze.state === 'live' ? maxMinor(0n, freeze.limit - freeze.covered) : 0n;
}

/**
 * Gives the balance to the live freezes in the order of their arrival, each at most its limit, so that no fen is
 * covered twice (R17) and no more is covered than there is. A freeze of the whole account takes all that is left.
 * Where somebody has a right of priority the freezes stand but control nothing (docs/rules.md).
 * This is the simulator's own reading of the rule; it must not share code with ours, whose truth it checks.
 */
export function spread(account: Account, freezes: readonly Freeze[]): void {
  let left = account.priorityRights.length > 0 || account.kind === 'closed' ? 0n : balanceOf(account);
  let ahead = 0;
  for (const freeze of freezes) {
    if (freeze.state !== 'live') {
      freeze.covered = 0n;
      freeze.waiting = false;
      continue;
    }
    freeze.covered = freeze.scope === 'account' ? left : minMinor(freeze.limit, left);
    freeze.waiting = freeze.covered === 0n && ahead > 0;
    left -= freeze.covered;
    ahead += 1;
  }
}

/** What the customer could still take out. */
export function availableOf(account: Account, freezes: readonly Freeze[]): Minor {
  if (account.priorityRights.length > 0 || account.kind === 'closed') return 0n;
  let left = balanceOf(account);
  for (const freeze of freezes) if (freeze.state === 'live') left -= freeze.covered;
  return left;
}

/** The place of a live freeze among the live ones of its account, from 1; 0 when it is no longer live. */
export function rankOf(freeze: Freeze, freezes: readonly Freeze[]): number {
  if (freeze.state !== 'live') return 0;
  return freezes.filter((other) => other.state === 'live' && other.id <= freeze.id).length;
}
