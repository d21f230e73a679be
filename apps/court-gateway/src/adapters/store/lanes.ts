import { invariant, sha256Hex } from '#kernel';
import type { Tx } from '#persistence';

const LANE_ID_CHARS = 32;

/** The lane of one debtor at one legal-person bank, over all cases. It is derived from the blind index, so it tells nobody who he is. */
export function laneIdOf(debtorIdIndex: string, bank: string, legalPerson: string): string {
  return sha256Hex(`${debtorIdIndex}|${bank}|${legalPerson}`).slice(0, LANE_ID_CHARS);
}

/** The next number of a lane, under the lane's row; gapless, because it goes with its transaction if that fails. */
export async function nextLaneNumber(tx: Tx, laneId: string): Promise<number> {
  const grow = () => tx.run('UPDATE lanes SET last_number = last_number + 1 WHERE id = ?', [laneId]);
  if ((await grow()) === 0 && !(await tx.insertOnce('lanes', { id: laneId, last_number: 1 }))) await grow();
  const row = await tx.one<{ last_number: number }>('SELECT last_number FROM lanes WHERE id = ?', [laneId]);
  invariant(row, 'a lane that was just counted up is there');
  return row.last_number;
}
