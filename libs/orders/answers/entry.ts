import type { FieldError, Minor } from '#kernel';
import type { ControlAction } from '../words.js';
import type { ControlAnswerLine } from './answer.js';
import { movedSum } from './deduct.js';
import { answerStatusOf, impossibleFigures } from './reading.js';

/**
 * R26: what keeps a line that a clerk types from being an answer at all, told before it is sent rather than found undetermined after. It
 * judges the line alone; whether it fits the measure is judged where the measure is kept. Pointers are relative to the line.
 */
export function entryFaults(action: ControlAction, asked: Minor | undefined, answer: ControlAnswerLine): readonly FieldError[] {
  const status = answerStatusOf(answer.status);
  if (status === undefined) return [{ pointer: '/status', detail: '办理结果不在可选范围内' }];
  const faults: FieldError[] = [];
  const need = (condition: boolean, pointer: string, detail: string): void => {
    if (!condition) faults.push({ pointer, detail });
  };
  const done = status === 'executed' || status === 'partly-executed';
  const impossible = impossibleFigures(action === 'freeze' ? { ...answer, limit: answer.limit ?? asked } : answer);
  need(status !== 'refused' || (answer.reason ?? '').trim() !== '', '/reason', '未执行的，必须说明原因');
  need(status !== 'in-progress' || answer.expectedOn !== undefined, '/expectedOn', '正在办理的，必须填写预计办结日期');
  need(!(done && action === 'freeze') || (answer.covered ?? answer.uncovered) !== undefined, '/covered', '已冻结的，必须填写实际控制金额');
  need(!(done && action === 'deduct') || answer.moved !== undefined, '/moved', '已扣划的，必须填写划出的款项');
  need(answer.moved === undefined || (done && action === 'deduct'), '/moved', '只有已扣划的才可填写划出的款项');
  need(
    !(status === 'partly-executed' && action === 'release') || answer.limit !== undefined,
    '/limit',
    '部分解除的，必须填写解除后的冻结限额',
  );
  need(!exceeds(asked, answer), '/moved/principal', '划出金额大于请求扣划的金额');
  need(impossible === undefined, '', impossible ?? '');
  return faults;
}

function exceeds(asked: Minor | undefined, answer: ControlAnswerLine): boolean {
  return asked !== undefined && answer.moved !== undefined && movedSum(answer.moved) > asked;
}
