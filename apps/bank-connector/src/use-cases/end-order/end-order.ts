import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { advanceLane } from '../../adapters/store/lanes.js';
import { changeOrder, type SeenRow, type Standing } from '../../adapters/store/order-rows.js';

type EndStanding = Extract<Standing, 'answered' | 'rolled-back' | 'rejected' | 'withdrawn' | 'settled'>;

/**
 * Ends an order inside the caller's transaction and lets its lane go on.
 * @returns false when the row is no longer as it was seen; then nothing has changed
 */
export async function endOrder(
  context: BankContext,
  tx: Tx,
  seen: SeenRow,
  standing: EndStanding,
  change: Readonly<Record<string, string | number | null>> = {},
): Promise<boolean> {
  if (!(await changeOrder(tx, seen, { ...change, standing, ended_at: context.clock.now() }))) return false;
  if (seen.lane_id !== null && (await advanceLane(tx, seen.lane_id))) tx.afterCommit(() => context.wake());
  return true;
}
