import type { LifeCycle } from './life-cycle.js';

export type MeasureStatus = 'in-force' | 'waiting' | 'released' | 'expired' | 'exhausted';

/**
 * A measure is born by a bank's answer, in force or waiting behind an earlier rank. `expired` lives again only by the answer to a renewal
 * that reached the bank in time, `exhausted` only by returned money over which the bank says that control is restored (I7).
 */
export const MEASURE_LIFE: LifeCycle<MeasureStatus> = {
  name: 'measure',
  initial: ['in-force', 'waiting'],
  next: {
    'in-force': ['released', 'expired', 'exhausted'],
    waiting: ['in-force', 'released', 'expired'],
    released: [],
    expired: ['in-force', 'waiting'],
    exhausted: ['in-force'],
  },
};

/** Measures that bind or may come to bind money; a case is not closed over them (R22). */
export function isLiveMeasure(status: MeasureStatus): boolean {
  return status === 'in-force' || status === 'waiting';
}
