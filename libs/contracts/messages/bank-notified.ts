import type { MoneyJson } from '#kernel';
import type { OriginalRef } from './order-answered.js';

/**
 * `bank.notified.v1` on `notices.v1`: the bank's unasked word about one measure or payment. `coverage`: covered or balance
 * changed; `promoted`: a waiting freeze took effect; `lapsed`: the term ended; `redeemed`: a product became cash under the freeze;
 * `credited`, `returned`: what became of deducted money. Sealed under the case's key.
 */
export interface BankNotified {
  readonly noticeId: string;
  readonly bank: string;
  readonly kind: 'coverage' | 'promoted' | 'lapsed' | 'redeemed' | 'credited' | 'returned';
  /** The freeze that is meant; for credited and returned the deduct order. */
  readonly orderNumber: string;
  readonly seq: number;
  /** When it happened, by the bank's clock (the figures' "as of when", I16). */
  readonly at: string;
  readonly limit?: MoneyJson;
  readonly covered?: MoneyJson;
  readonly uncovered?: MoneyJson;
  readonly rank?: number;
  readonly balance?: MoneyJson;
  /** credited, returned: the sum and the bank's serial. */
  readonly amount?: MoneyJson;
  readonly serial?: string;
  /** returned: whether the money is back under the freeze (I7). */
  readonly controlRestored?: boolean;
  readonly original: OriginalRef;
  readonly factLeafHash: string;
}
