import type { TaskKind } from '../words.js';
import type { AskedFreeze, AskedRenewal, ControlAnswerLine, LineOutcome, MeasureState } from './answer.js';
import { coveredAt, impossibleFigures, settledWithoutEffect, uncoveredOf, undetermined } from './reading.js';

/**
 * A freeze line's answer opens a measure, with the bank's own limit, covered part, rank and term. It waits when nothing is covered behind
 * an earlier rank (R17); nothing covered on an empty account, or behind a creditor's priority right, is in force. A limit below the
 * asked one makes the line partly executed; one above it, or more covered than the limit, is kept as the bank says and shows as excess (I7).
 */
export function applyFreezeAnswer(asked: AskedFreeze, answer: ControlAnswerLine): LineOutcome {
  const settled = settledWithoutEffect(answer);
  if (settled) return settled;
  const limit = answer.limit ?? asked.amount;
  const impossible = impossibleFigures({ ...answer, limit }) ?? (answer.moved ? '冻结反馈中出现已划出的款项' : undefined);
  if (impossible !== undefined) return undetermined(impossible);
  const covered = coveredAt(limit, answer);
  if (covered === undefined) return undetermined('银行反馈已冻结，但未反馈实际控制金额');
  if (limit === 0n && covered === 0n) return undetermined('银行反馈已冻结，但冻结金额为零');
  const to = answer.to ?? asked.term.to;
  const uncovered = uncoveredOf(limit, covered);
  const measure: MeasureState = {
    status: waits(asked, answer, covered) ? 'waiting' : 'in-force',
    scope: asked.scope,
    limit,
    covered,
    uncovered,
    rank: answer.rank ?? asked.earlierRanks + (answer.priorMeasures?.length ?? 0) + 1,
    from: answer.from ?? asked.term.from,
    to,
    asOf: answer.asOf,
  };
  const tasks: readonly TaskKind[] = to === asked.term.to ? [] : ['mismatch'];
  const status = limit < asked.amount || answer.status === 'partly-executed' ? 'partly-executed' : 'executed';
  return { line: { status, limit, covered, uncovered, reason: answer.reason }, measure, collected: 0n, tasks };
}

function waits(asked: AskedFreeze, answer: ControlAnswerLine, covered: bigint): boolean {
  if (covered > 0n) return false;
  if (answer.rank !== undefined) return answer.rank > 1;
  return asked.earlierRanks > 0 || (answer.priorMeasures?.length ?? 0) > 0;
}

/**
 * A renewal's answer moves the end (R14) and nothing else unless the bank states newer figures. An end that did not move contradicts
 * "executed". A measure that our calendar had ended meanwhile lives again, because the bank had the renewal in time; then its figures must come
 * with the answer.
 */
export function applyRenewAnswer(asked: AskedRenewal, measure: MeasureState, answer: ControlAnswerLine): LineOutcome {
  const settled = settledWithoutEffect(answer);
  if (settled) return settled;
  const impossible = impossibleFigures(answer) ?? (answer.moved ? '续行冻结反馈中出现已划出的款项' : undefined);
  if (impossible !== undefined) return undetermined(impossible);
  const to = answer.to ?? asked.until;
  if (to <= measure.to) return undetermined('银行反馈已续行冻结，但终期没有延长');
  if (measure.status === 'released' || measure.status === 'exhausted') return undetermined('该项冻结已经终结，银行却反馈已续行');
  const stated = coveredAt(measure.limit, answer);
  if (stated !== undefined && stated < 0n) return undetermined('超额控制金额大于冻结限额');
  if (measure.status === 'expired' && stated === undefined) return undetermined('该项冻结已届满，银行反馈已续行但未反馈实际控制金额');
  const newer = stated !== undefined && answer.asOf >= measure.asOf;
  const covered = newer ? stated : measure.covered;
  const tasks: TaskKind[] = to === asked.until && (answer.limit ?? measure.limit) === measure.limit ? [] : ['mismatch'];
  const next: MeasureState = {
    ...measure,
    status: statusAfterRenewal(measure, covered),
    covered,
    uncovered: uncoveredOf(measure.limit, covered),
    to,
    asOf: newer ? answer.asOf : measure.asOf,
  };
  return { line: lineOf(next, answer), measure: next, collected: 0n, tasks };
}

function statusAfterRenewal(measure: MeasureState, covered: bigint): 'in-force' | 'waiting' {
  if (measure.status === 'in-force' || covered > 0n) return 'in-force';
  return measure.status === 'waiting' || measure.rank > 1 ? 'waiting' : 'in-force';
}

function lineOf(measure: MeasureState, answer: ControlAnswerLine): LineOutcome['line'] {
  return {
    status: answer.status === 'partly-executed' ? 'partly-executed' : 'executed',
    limit: measure.limit,
    covered: measure.covered,
    uncovered: measure.uncovered,
    reason: answer.reason,
  };
}
