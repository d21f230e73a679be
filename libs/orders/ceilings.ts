import { type Minor, maxMinor, sumMinor } from '#kernel';
import type { MeasureStatus } from './life-cycles/index.js';

/** What a case is worth and what has come in, in fen of the case's currency. */
export interface CaseMoney {
  /** R19: principal + interest to date + execution fee. */
  readonly ceiling: Minor;
  /** Deducted less returned. */
  readonly collected: Minor;
  /** Other satisfactions; a reversal lowers it. */
  readonly satisfied: Minor;
}

/** What a measure contributes to the sums of its case. */
export interface MeasureMoney {
  readonly status: MeasureStatus;
  readonly limit: Minor;
  readonly covered: Minor;
}

export interface CaseFigures {
  readonly committed: Minor;
  readonly outstanding: Minor;
  readonly exposure: Minor;
  readonly underControl: Minor;
  readonly excess: Minor;
  readonly room: Minor;
}

/** The most that may be committed: the ceiling less what was satisfied elsewhere; never below zero. */
export function commitmentMax(money: CaseMoney): Minor {
  return maxMinor(0n, money.ceiling - money.satisfied);
}

/** A bank may hold more than the limit it was given; both bind the debtor, so the larger one counts (I7). */
export function boundBy(measure: Pick<MeasureMoney, 'limit' | 'covered'>): Minor {
  return maxMinor(measure.limit, measure.covered);
}

/** I7: collected + Σ max(limit, covered) of measures in force + Σ open freeze lines. Waiting measures control nothing and do not count. */
export function committed(money: CaseMoney, measures: readonly MeasureMoney[], openFreezes: readonly Minor[]): Minor {
  const inForce = measures.filter((measure) => measure.status === 'in-force');
  return money.collected + sumMinor(inForce.map(boundBy)) + sumMinor(openFreezes);
}

/** 未履行额: may fall below zero when more came in than was owed; it is shown as it is. */
export function outstanding(money: CaseMoney): Minor {
  return money.ceiling - money.collected - money.satisfied;
}

/** What waiting measures would bind when they were promoted. */
export function exposure(measures: readonly MeasureMoney[]): Minor {
  return sumMinor(measures.filter((measure) => measure.status === 'waiting').map((measure) => measure.limit));
}

/** What banks say they really hold for this case. */
export function underControl(measures: readonly MeasureMoney[]): Minor {
  return sumMinor(measures.filter((measure) => measure.status === 'in-force').map((measure) => measure.covered));
}

/** R19: committed above the ceiling less satisfactions. */
export function excess(money: CaseMoney, committedNow: Minor): Minor {
  return maxMinor(0n, committedNow - commitmentMax(money));
}

/** What may still be frozen. */
export function room(money: CaseMoney, committedNow: Minor): Minor {
  return maxMinor(0n, commitmentMax(money) - committedNow);
}

/** All sums of a case at once, as the public interface shows them. */
export function caseFigures(money: CaseMoney, measures: readonly MeasureMoney[], openFreezes: readonly Minor[]): CaseFigures {
  const committedNow = committed(money, measures, openFreezes);
  return {
    committed: committedNow,
    outstanding: outstanding(money),
    exposure: exposure(measures),
    underControl: underControl(measures),
    excess: excess(money, committedNow),
    room: room(money, committedNow),
  };
}
