import { compareAndSet, type Tx } from '#persistence';
import { hasEnded, type Standing } from './order-rows.js';

/** Numbers that one end of an order can let pass; more than wait in any lane. */
const STEPS_MAX = 10_000;

/** Whether number n of a lane may start: only when 1 … n-1 are over. A gap waits, however late the missing number comes. */
export async function standingInLane(tx: Tx, laneId: string, number: number): Promise<'open' | 'waiting'> {
  await tx.insertOnce('lanes', { lane_id: laneId, done_through: 0 });
  await holdLane(tx, laneId);
  const lane = await tx.one<{ done_through: number }>('SELECT done_through FROM lanes WHERE lane_id = ?', [laneId]);
  return number <= (lane?.done_through ?? 0) + 1 ? 'open' : 'waiting';
}

/** Lets a lane go on after one of its orders has ended, and opens the order whose turn it is. Says whether one was opened. */
export async function advanceLane(tx: Tx, laneId: string): Promise<boolean> {
  await holdLane(tx, laneId);
  const lane = await tx.one<{ done_through: number }>('SELECT done_through FROM lanes WHERE lane_id = ?', [laneId]);
  const before = lane?.done_through ?? 0;
  let through = before;
  let next = await inLane(tx, laneId, through + 1);
  for (let step = 0; next && hasEnded(next.standing) && step < STEPS_MAX; step++) {
    through += 1;
    next = await inLane(tx, laneId, through + 1);
  }
  if (through > before) await compareAndSet(tx, 'lanes', { done_through: through }, { lane_id: laneId, done_through: before });
  if (next?.standing !== 'waiting') return false;
  return compareAndSet(tx, 'orders', { standing: 'open' }, { order_number: next.order_number, standing: 'waiting' });
}

/** Until the commit: an order that comes while the one before it ends, in another process, would otherwise wait for ever. */
async function holdLane(tx: Tx, laneId: string): Promise<void> {
  await tx.run('UPDATE lanes SET done_through = done_through WHERE lane_id = ?', [laneId]);
}

function inLane(tx: Tx, laneId: string, number: number): Promise<{ order_number: string; standing: Standing } | undefined> {
  return tx.one<{ order_number: string; standing: Standing }>(
    'SELECT order_number, standing FROM orders WHERE lane_id = ? AND lane_number = ?',
    [laneId, number],
  );
}
