import { type Instant, type Minor, maxMinor, minMinor, sumMinor } from '#kernel';
import { type CaseMoney, type MeasureMoney, boundBy, committed, excess } from './ceilings.js';

export interface ProposalMeasure extends MeasureMoney {
  readonly id: string;
  readonly openedAt: Instant;
  readonly rank: number;
  readonly openDeducts: Minor;
  readonly openReleases: Minor;
}

export interface ReleaseProposalLine {
  readonly measureId: string;
  /** By how much what the measure binds falls. */
  readonly amount: Minor;
  /** The limit that the release asks the bank to set; 0 ends the measure. */
  readonly newLimit: Minor;
}

export interface ReleaseProposal {
  readonly lines: readonly ReleaseProposalLine[];
  readonly total: Minor;
  /** Excess that no release can take away now: money already collected, or measures with a deduct or a release under way. */
  readonly remaining: Minor;
}

/**
 * R19, I7: which measures to lower, and by how much, so that what is bound no longer exceeds the ceiling.
 *
 * Open freeze lines are left out of the reckoning: no live measure is given up for a line that a bank may still refuse; when its answer
 * raises the excess, the next proposal takes that away. Releases already under way are counted as done. A measure with an open deduct or
 * release is not touched, because the two exclude each other (I8). What goes first: what a bank holds above a limit, then limits that
 * nothing covers, then covered money; within each the newest measure and the lowest priority (largest rank) first.
 */
export function releaseProposal(money: CaseMoney, measures: readonly ProposalMeasure[]): ReleaseProposal {
  const inForce = measures.filter((measure) => measure.status === 'in-force');
  const underWay = sumMinor(inForce.map((measure) => minMinor(measure.openReleases, boundBy(measure))));
  const wanted = maxMinor(0n, excess(money, committed(money, inForce, [])) - underWay);
  const free = inForce.filter((measure) => measure.openDeducts === 0n && measure.openReleases === 0n).sort(newestFirst);
  const bound = new Map(free.map((measure) => [measure.id, boundBy(measure)]));
  let left = wanted;
  for (const floorOf of FLOORS) {
    for (const measure of free) {
      const now = bound.get(measure.id) ?? 0n;
      const cut = minMinor(left, maxMinor(0n, now - floorOf(measure)));
      bound.set(measure.id, now - cut);
      left -= cut;
    }
  }
  const lines = free.flatMap((measure) => {
    const newLimit = bound.get(measure.id) ?? 0n;
    const amount = boundBy(measure) - newLimit;
    return amount === 0n ? [] : [{ measureId: measure.id, amount, newLimit }];
  });
  return { lines, total: wanted - left, remaining: left };
}

/** How far each pass may lower what a measure binds. */
const FLOORS: readonly ((measure: ProposalMeasure) => Minor)[] = [
  (measure) => measure.limit,
  (measure) => minMinor(measure.limit, measure.covered),
  () => 0n,
];

function newestFirst(a: ProposalMeasure, b: ProposalMeasure): number {
  return b.openedAt - a.openedAt || b.rank - a.rank || (a.id < b.id ? 1 : -1);
}
