import { type Minor, maxMinor, minMinor } from '#kernel';
import type { Scope } from './words.js';

/** A freeze on one account as coverage sees it, ours or another authority's. */
export interface RankedMeasure {
  readonly id: string;
  readonly limit: Minor;
  /** `account` takes all that is left at its rank, also above its limit (docs/rules.md). Default `funds`. */
  readonly scope?: Scope;
}

export interface CoverageProtection {
  /** Money that must stay free (R24). */
  readonly reserve?: Minor;
  /** A creditor with a priority right stands before every freeze: freezes are executed and cover nothing (docs/rules.md). */
  readonly priorityRight?: boolean;
}

export interface MeasureCoverage {
  readonly id: string;
  readonly covered: Minor;
  /** The part of the limit that later inflows fall into. */
  readonly uncovered: Minor;
  /** R17: covers nothing and stands behind an earlier rank. */
  readonly waiting: boolean;
}

export interface Coverage {
  readonly measures: readonly MeasureCoverage[];
  /** What a further freeze would cover now. */
  readonly available: Minor;
}

/**
 * Who covers what on one account (R10, R17): the ranks are served in their order of arrival across all authorities, each up to its limit,
 * and no fen twice. Prior measures of other authorities stand in the list at their own rank.
 */
export function coverage(balance: Minor, measuresByRank: readonly RankedMeasure[], protection: CoverageProtection = {}): Coverage {
  let left = protection.priorityRight ? 0n : maxMinor(0n, balance - (protection.reserve ?? 0n));
  let earlier = false;
  const measures = measuresByRank.map((measure) => {
    const covered = measure.scope === 'account' ? left : minMinor(measure.limit, left);
    left -= covered;
    const waiting = covered === 0n && measure.limit > 0n && earlier;
    earlier ||= measure.limit > 0n;
    return { id: measure.id, covered, uncovered: maxMinor(0n, measure.limit - covered), waiting };
  });
  return { measures, available: left };
}
