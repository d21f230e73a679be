import { type Minor, maxMinor, minMinor } from '#kernel';
import { boundBy } from '../ceilings.js';
import { isLiveMeasure } from '../life-cycles/index.js';
import type { TaskKind } from '../words.js';
import type { AskedRelease, ControlAnswerLine, LineOutcome, MeasureState } from './answer.js';
import { coveredAt, impossibleFigures, settledWithoutEffect, uncoveredOf, undetermined } from './reading.js';

/**
 * A release's answer lowers the limit, or ends the measure at 0 (R22). The bank's own new limit counts; without one the asked limit does,
 * when the bank says plainly that it executed. A bank that released less makes the line partly executed; one that released more is a
 * mismatch for a person, because money may be gone (R23). A measure that had ended by itself needs no release: the line is done.
 */
export function applyReleaseAnswer(asked: AskedRelease, measure: MeasureState, answer: ControlAnswerLine): LineOutcome {
  const settled = settledWithoutEffect(answer);
  if (settled) return settled;
  if (answer.moved) return undetermined('解除冻结反馈中出现已划出的款项');
  if (!isLiveMeasure(measure.status))
    return { line: { status: 'executed', limit: 0n, covered: 0n, uncovered: 0n }, collected: 0n, tasks: [] };
  const limit = answer.limit ?? (answer.status === 'executed' ? asked.newLimit : undefined);
  if (limit === undefined) return undetermined('银行反馈部分解除，但未反馈解除后的冻结限额');
  const contradiction = impossibleFigures({ ...answer, limit }) ?? contradictionOf(measure, limit, answer.covered);
  if (contradiction !== undefined) return undetermined(contradiction);
  const covered = coveredAt(limit, answer) ?? minMinor(measure.covered, limit);
  const uncovered = uncoveredOf(limit, covered);
  const next: MeasureState = {
    ...measure,
    status: limit === 0n ? 'released' : measure.status,
    limit,
    covered,
    uncovered,
    asOf: Math.max(measure.asOf, answer.asOf),
  };
  const tasks: readonly TaskKind[] = limit < asked.newLimit ? ['mismatch'] : [];
  const status = limit > asked.newLimit ? 'partly-executed' : 'executed';
  return { line: { status, limit, covered, uncovered, reason: answer.reason }, measure: next, collected: 0n, tasks };
}

function contradictionOf(measure: MeasureState, limit: Minor, covered: Minor | undefined): string | undefined {
  if (limit === 0n && covered !== undefined && covered > 0n) return '银行反馈已全部解除，却仍有实际控制金额';
  if (limit >= maxMinor(boundBy(measure), 1n)) return '银行反馈已解除，但冻结限额没有降低';
  return undefined;
}
