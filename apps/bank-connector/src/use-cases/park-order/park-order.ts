import type { SqlValue, Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { changeOrder } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';

export interface Doubt {
  /** A stable code: `no-status`, `signature-invalid`, `answer-unreadable`, `contradictory-answer`, … */
  readonly code: string;
  /** Chinese, for the officer's task. */
  readonly reason: string;
}

const REASON_MAX = 900;

/** Nobody knows whether the bank acted: a person must find out, and the lane waits until he has (I6). Inside the caller's transaction. */
export async function park(
  context: BankContext,
  tx: Tx,
  known: KnownOrder,
  doubt: Doubt,
  change: Readonly<Record<string, SqlValue>> = {},
): Promise<boolean> {
  if (!(await changeOrder(tx, known.row, { ...change, standing: 'parked', code: doubt.code }))) return false;
  await tellDoubt(context, tx, known, doubt);
  return true;
}

/** Tells of a doubt without changing where the order stands. */
export async function tellDoubt(context: BankContext, tx: Tx, known: KnownOrder, doubt: Doubt): Promise<string> {
  const { code } = doubt;
  const reason = doubt.reason.slice(0, REASON_MAX);
  context.announce.progress(tx, { orderNumber: known.row.order_number, event: 'undetermined', code, reason });
  return context.announce.fact(tx, known, 'order.undetermined', { code, reason });
}
