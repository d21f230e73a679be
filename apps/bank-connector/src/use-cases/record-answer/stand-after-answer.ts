import { DELIVERY_LIFE, mayMove, type DeliveryState } from '#orders';
import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { changeOrderLater, type SeenRow, type Standing } from '../../adapters/store/order-rows.js';
import { advanceLane } from '../../adapters/store/lanes.js';
import type { SettledUnit } from './settle-lines.js';

/** Business milliseconds after which a bank that can be asked is asked once more about an answer that could not be trusted. */
const ASK_AFTER_DOUBT_MS = 15_000;

/**
 * Where an order stands after an answer. One undetermined line parks it, one line in progress keeps it in progress, and its lane
 * waits in both cases; a rollback, which says that nothing was done, ends all lines; otherwise it is over.
 */
export function standingOf(units: readonly SettledUnit[], code: string | undefined): Standing {
  if (code !== undefined) return 'parked';
  if (units.some(({ status }) => status === 'rolled-back')) return 'rolled-back';
  if (units.some(({ status }) => status === 'undetermined')) return 'parked';
  return units.some(({ status }) => status === 'in-progress') ? 'in-progress' : 'answered';
}

/** Brings the order's row to where its units say it stands, inside the caller's transaction, which has read `row`. */
export async function standAfterAnswer(
  context: BankContext,
  tx: Tx,
  row: SeenRow,
  units: readonly SettledUnit[],
  delivery: DeliveryState,
  code?: string,
): Promise<void> {
  const standing = delivery === 'REJECTED' ? 'rejected' : standingOf(units, code);
  const now = context.clock.now();
  const isOver = standing === 'answered' || standing === 'rolled-back' || standing === 'rejected';
  const change = {
    standing,
    delivery: mayMove(DELIVERY_LIFE, row.delivery, delivery) ? delivery : row.delivery,
    code: code ?? null,
    // A bank that is asked again is asked a few times only; counting begins anew.
    ...(standing === 'parked' ? { attempts: 0, next_try_at: now + ASK_AFTER_DOUBT_MS } : {}),
    ...(isOver ? { ended_at: now } : {}),
  };
  changeOrderLater(tx, row, change);
  if (isOver && row.lane_id !== null && (await advanceLane(tx, row.lane_id))) tx.afterCommit(() => context.wake());
}
