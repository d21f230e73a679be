import type { GatesChanged } from '#contracts';
import type { Tx } from '#persistence';
import { keepGates } from '../../adapters/store/gate-rows.js';

/** `gates.changed.v1`: remembered here, judged when an order is about to leave. */
export class ChangeGates {
  execute(tx: Tx, change: GatesChanged, at: number): Promise<void> {
    return keepGates(tx, change, at);
  }
}
