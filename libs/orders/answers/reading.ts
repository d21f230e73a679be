import type { Minor } from '#kernel';
import { ANSWER_STATUSES, type AnswerStatus, type ControlAnswerLine, type LineOutcome } from './answer.js';

/** The bank's word, when it is one we know. */
export function answerStatusOf(text: string): AnswerStatus | undefined {
  return ANSWER_STATUSES.find((status) => status === text);
}

/** I6: the line is neither success nor failure, its amounts stay bound, and a person must find out. */
export function undetermined(reason: string): LineOutcome {
  return { line: { status: 'undetermined', reason }, collected: 0n, tasks: ['undetermined'] };
}

/** A word that settles a line, or leaves it open, without moving anything. */
export function settledWithoutEffect(answer: ControlAnswerLine): LineOutcome | undefined {
  const status = answerStatusOf(answer.status);
  if (status === undefined) return undetermined(`银行反馈的状态“${answer.status.slice(0, 40)}”无法识别`);
  if (status === 'undetermined') return undetermined(answer.reason ?? '银行尚不能确定结果');
  if (status === 'in-progress') {
    if (answer.moved) return undetermined('银行称正在办理，却反馈了已划出的款项');
    return { line: { status, reason: answer.reason, expectedOn: answer.expectedOn }, collected: 0n, tasks: [] };
  }
  if (status !== 'refused') return undefined;
  if ((answer.reason ?? '').trim() === '') return undetermined('银行反馈未执行，但未说明原因');
  if (answer.moved) return undetermined('银行反馈未执行，却反馈了已划出的款项');
  return { line: { status, reason: answer.reason }, collected: 0n, tasks: [] };
}

/**
 * What makes an answer's figures impossible, whatever the action: negative sums, parts that do not make up the limit, more controlled than
 * there is, a term that ends before it begins. Covered above the limit is possible: a bank may freeze too much (I7).
 */
export function impossibleFigures(answer: ControlAnswerLine): string | undefined {
  const { limit, covered, uncovered, balance, from, to } = answer;
  if ([limit, covered, uncovered, balance].some((amount) => amount !== undefined && amount < 0n)) return '反馈金额为负数';
  if (limit !== undefined && covered !== undefined && uncovered !== undefined && uncovered !== uncoveredOf(limit, covered)) {
    return '实际控制金额与超额控制金额之和与冻结限额不符';
  }
  if (limit !== undefined && uncovered !== undefined && uncovered > limit) return '超额控制金额大于冻结限额';
  if (covered !== undefined && balance !== undefined && covered > balance) return '实际控制金额大于账户余额';
  if (from !== undefined && to !== undefined && to < from) return '反馈的措施终期早于始期';
  return undefined;
}

/** The part of a limit that nothing covers yet. */
export function uncoveredOf(limit: Minor, covered: Minor): Minor {
  return limit > covered ? limit - covered : 0n;
}

/** Covered as the bank states it, outright or as what is left of the limit; nothing when it states neither (I16: it is never assumed). */
export function coveredAt(limit: Minor, answer: Pick<ControlAnswerLine, 'covered' | 'uncovered'>): Minor | undefined {
  return answer.covered ?? (answer.uncovered === undefined ? undefined : limit - answer.uncovered);
}
