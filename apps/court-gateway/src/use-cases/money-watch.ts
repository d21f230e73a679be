import type { Tx } from '#persistence';
import type { DataKey } from '#privacy';

/**
 * Called in the transaction that lowered a case's ceiling or raised its satisfactions, after the change and under the case's lock:
 * what must follow from a new excess (I7) belongs into the same commit. It awaits nothing but the Tx.
 */
export interface MoneyWatch {
  moneyChanged(tx: Tx, caseId: string, caseKey: DataKey): Promise<void>;
}

/** Nest token. The default does nothing; the request feature provides the real one. */
export const MONEY_WATCH = Symbol('money watch');

export const noMoneyWatch: MoneyWatch = { moneyChanged: () => Promise.resolve() };
