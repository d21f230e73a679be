import type { Instant, LegalDate, Minor } from '#kernel';
import { isLiveMeasure } from '../life-cycles/index.js';
import { hasEnded } from '../terms.js';
import type { TaskKind } from '../words.js';
import type { MeasureState } from './answer.js';
import { coveredAt, uncoveredOf } from './reading.js';

/** What a bank says unasked of a measure, or when it is asked again (I16). Credits and returns are judged in deduct.ts. */
export interface MeasureNotice {
  readonly kind: string;
  readonly covered?: Minor;
  readonly uncovered?: Minor;
  readonly limit?: Minor;
  readonly rank?: number;
  readonly from?: LegalDate;
  readonly to?: LegalDate;
  /** When it was true, by the bank's clock. */
  readonly asOf: Instant;
}

export interface NoticeOutcome {
  /** The new state; left out when nothing changes. */
  readonly measure?: MeasureState;
  readonly tasks: readonly TaskKind[];
  /** Why nothing changes: older than what is known, over already, or not understood. */
  readonly ignored?: 'stale' | 'ended' | 'unknown' | 'impossible';
}

/**
 * Applies a notice to a measure. Notices may arrive late and out of order, so one that is older than what is known changes nothing.
 * The limit follows orders only: a bank that states another one is a mismatch, unless an order on the measure is open (`ordersOpen`) and its
 * answer may explain it. A kind that is not known changes nothing and is looked at (I6).
 */
export function applyNotice(measure: MeasureState, notice: MeasureNotice, ordersOpen = false): NoticeOutcome {
  if (!isLiveMeasure(measure.status)) return { tasks: notice.kind === 'lapsed' ? [] : ['mismatch'], ignored: 'ended' };
  if (notice.asOf < measure.asOf) return { tasks: [], ignored: 'stale' };
  const otherLimit = notice.limit !== undefined && notice.limit !== measure.limit && !ordersOpen;
  const mismatch: readonly TaskKind[] = otherLimit ? ['mismatch'] : [];
  switch (notice.kind) {
    case 'coverage':
    case 'redeemed':
      return restate(measure, notice, false, mismatch);
    case 'promoted':
      return restate(measure, notice, true, mismatch);
    case 'lapsed':
      return { measure: endedBy(measure, notice.asOf), tasks: hasEnded(measure.to, notice.asOf) ? [] : ['mismatch'] };
    default:
      return { tasks: ['mismatch'], ignored: 'unknown' };
  }
}

function restate(measure: MeasureState, notice: MeasureNotice, promoted: boolean, mismatch: readonly TaskKind[]): NoticeOutcome {
  const limit = notice.limit ?? measure.limit;
  const covered = coveredAt(limit, notice) ?? measure.covered;
  const contradicts = notice.uncovered !== undefined && notice.uncovered !== uncoveredOf(limit, covered);
  if (covered < 0n || contradicts) return { tasks: ['mismatch'], ignored: 'impossible' };
  const inForce = promoted || covered > 0n || measure.status === 'in-force';
  const next: MeasureState = {
    ...measure,
    status: inForce ? 'in-force' : 'waiting',
    covered,
    uncovered: uncoveredOf(measure.limit, covered),
    rank: notice.rank ?? measure.rank,
    from: notice.from ?? measure.from,
    to: notice.to ?? measure.to,
    asOf: notice.asOf,
  };
  return { measure: next, tasks: mismatch };
}

/** R14: the end of a term needs no word of the bank: the effect is gone at 24:00 of the last day. `limit` stays for the offer of a new freeze. */
export function expireMeasure(measure: MeasureState, at: Instant): MeasureState {
  return isLiveMeasure(measure.status) && hasEnded(measure.to, at) ? endedBy(measure, at) : measure;
}

function endedBy(measure: MeasureState, at: Instant): MeasureState {
  return { ...measure, status: 'expired', covered: 0n, uncovered: 0n, asOf: at };
}

/** The bank's figures for one of our measures, as an inquiry asked again states them. */
export interface RefreshedFigures {
  readonly limit: Minor;
  readonly covered: Minor;
  readonly uncovered: Minor;
  readonly rank: number;
  readonly ended?: 'released' | 'expired' | 'exhausted';
  readonly asOf: Instant;
}

/**
 * I16: what a renewed inquiry says of a measure. An end by term is one; any other end that no answer of ours explains is for a person to look
 * at, and while an order on the measure is open its answer is waited for. A measure with nothing left may be gone at the bank before its
 * money is credited: that is no news.
 */
export function applyRefresh(measure: MeasureState, figures: RefreshedFigures, ordersOpen: boolean): NoticeOutcome {
  const { ended, ...rest } = figures;
  if (ended === undefined) return applyNotice(measure, { ...rest, kind: 'coverage' }, ordersOpen);
  if (ended === 'expired') return applyNotice(measure, { kind: 'lapsed', asOf: figures.asOf }, ordersOpen);
  const explained = ordersOpen || !isLiveMeasure(measure.status) || (measure.limit === 0n && measure.covered === 0n);
  return { tasks: explained ? [] : ['mismatch'], ignored: 'ended' };
}
