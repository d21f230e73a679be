import type { Instant } from '#kernel';
import { figuresAreStale, type Policy } from '#orders';
import type { BankDirectory } from '../gateway-parts.js';

/** One debtor at one bank whose figures are too old to act on. */
export interface StaleFigures {
  readonly bank: string;
  readonly debtorId: string;
}

/**
 * I16: asks banks that tell nothing unasked once more before a plan or a deduct. It runs outside any transaction, waits a bounded
 * time for the answers, and resolves also when they have not come: a desk may take a day, and every figure says as of when it is.
 */
export interface RefreshFigures {
  refresh(caseId: string, stale: readonly StaleFigures[]): Promise<void>;
}

/** Nest token. The default asks nobody; the answers' part provides the real one. */
export const REFRESH_FIGURES = Symbol('refresh figures');

export const noRefresh: RefreshFigures = { refresh: () => Promise.resolve() };

/** What of some figures must be asked again, each debtor and bank once. */
export function staleFigures(
  policy: Policy,
  banks: BankDirectory,
  figures: readonly { readonly bank: string; readonly debtor_id: string; readonly as_of: Instant }[],
  at: Instant,
): readonly StaleFigures[] {
  const stale = new Map<string, StaleFigures>();
  for (const { bank, debtor_id, as_of } of figures) {
    if (banks.find(bank)?.notices !== false || !figuresAreStale(policy, as_of, at)) continue;
    stale.set(`${bank}|${debtor_id}`, { bank, debtorId: debtor_id });
  }
  return [...stale.values()];
}
