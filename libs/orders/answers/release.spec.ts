import { describe, expect, it } from '@jest/globals';
import { NOW, aState } from '../fixtures/facts.js';
import { type ControlAnswerLine, type MeasureState, applyReleaseAnswer } from '../index.js';

const says = (over: Partial<ControlAnswerLine>): ControlAnswerLine => ({ seq: 1, status: 'executed', asOf: NOW + 1, ...over });
const moved = { principal: 1n, serial: 's', valueDate: '2026-03-10', channel: 'CNAPS', state: 'sent' };

/** `line status | measure status limit/covered/uncovered | tasks` for a measure of 500 with 300 covered. */
function told(newLimit: bigint, answer: Partial<ControlAnswerLine>, measure: Partial<MeasureState> = {}): string {
  const { line, measure: next, tasks, collected } = applyReleaseAnswer({ newLimit }, aState(measure), says(answer));
  expect(collected).toBe(0n);
  if (next) expect([line.limit, line.covered, line.uncovered, next.asOf]).toEqual([next.limit, next.covered, next.uncovered, NOW + 1]);
  return `${line.status} | ${next && `${next.status} ${next.limit}/${next.covered}/${next.uncovered}`} | ${tasks.join()}`;
}

describe('the answer to a release (R22)', () => {
  it.each<[string, bigint, Partial<ControlAnswerLine>, Partial<MeasureState>, string]>([
    ['the whole', 0n, {}, {}, 'executed | released 0/0/0 | '],
    ['the whole, with figures', 0n, { limit: 0n, covered: 0n, uncovered: 0n }, {}, 'executed | released 0/0/0 | '],
    ['the whole of a measure that binds nothing', 0n, {}, { limit: 0n, covered: 0n, uncovered: 0n }, 'executed | released 0/0/0 | '],
    ['down to what is covered', 300n, {}, {}, 'executed | in-force 300/300/0 | '],
    ['below what is covered', 100n, {}, {}, 'executed | in-force 100/100/0 | '],
    ['above what is covered', 400n, {}, {}, 'executed | in-force 400/300/100 | '],
    ['with the bank’s uncovered', 400n, { uncovered: 50n }, {}, 'executed | in-force 400/350/50 | '],
    ['with the bank’s covered', 400n, { covered: 350n }, {}, 'executed | in-force 400/350/50 | '],
    ['a waiting one', 100n, {}, { status: 'waiting', covered: 0n, uncovered: 500n }, 'executed | waiting 100/0/100 | '],
    ['a waiting one wholly', 0n, {}, { status: 'waiting', covered: 0n, uncovered: 500n }, 'executed | released 0/0/0 | '],
    ['the bank released less', 100n, { limit: 200n }, {}, 'partly-executed | in-force 200/200/0 | '],
    ['the bank released less of the whole', 0n, { limit: 200n, covered: 200n }, {}, 'partly-executed | in-force 200/200/0 | '],
    [
      'the bank says partly, with its limit',
      100n,
      { status: 'partly-executed', limit: 200n },
      {},
      'partly-executed | in-force 200/200/0 | ',
    ],
    [
      'the bank says partly and reached the limit asked',
      100n,
      { status: 'partly-executed', limit: 100n },
      {},
      'executed | in-force 100/100/0 | ',
    ],
    ['the bank released more (R23)', 200n, { limit: 100n }, {}, 'executed | in-force 100/100/0 | mismatch'],
    ['the bank released all of it (R23)', 200n, { limit: 0n }, {}, 'executed | released 0/0/0 | mismatch'],
    ['the bank still holds more than the new limit: excess', 100n, { covered: 150n }, {}, 'executed | in-force 100/150/0 | '],
    ['what a bank held above the limit', 500n, {}, { covered: 700n, uncovered: 0n }, 'executed | in-force 500/500/0 | '],
    ['a measure that had ended by itself', 0n, {}, { status: 'expired' }, 'executed | undefined | '],
    ['a measure that was used up', 0n, {}, { status: 'exhausted' }, 'executed | undefined | '],
  ])('%s', (_name, newLimit, answer, measure, expected) => expect(told(newLimit, answer, measure)).toBe(expected));

  it('keeps the newest time and the bank’s remark', () => {
    const outcome = applyReleaseAnswer({ newLimit: 0n }, aState({ asOf: NOW + 9 }), says({ reason: '已解除' }));
    expect([outcome.measure?.asOf, outcome.line.reason]).toEqual([NOW + 9, '已解除']);
  });

  it('says of an ended measure that nothing is bound', () => {
    expect(applyReleaseAnswer({ newLimit: 0n }, aState({ status: 'released' }), says({}))).toEqual({
      line: { status: 'executed', limit: 0n, covered: 0n, uncovered: 0n },
      collected: 0n,
      tasks: [],
    });
  });

  it.each<[string, bigint, Partial<ControlAnswerLine>, string]>([
    ['partly without a limit', 100n, { status: 'partly-executed' }, '银行反馈部分解除，但未反馈解除后的冻结限额'],
    ['a limit that did not fall', 100n, { limit: 500n }, '银行反馈已解除，但冻结限额没有降低'],
    ['a limit that rose', 100n, { limit: 600n }, '银行反馈已解除，但冻结限额没有降低'],
    ['wholly released and something held', 0n, { covered: 1n }, '银行反馈已全部解除，却仍有实际控制金额'],
    ['parts that do not make the limit asked', 100n, { covered: 50n, uncovered: 49n }, '实际控制金额与超额控制金额之和与冻结限额不符'],
    ['more uncovered than the new limit', 100n, { uncovered: 101n }, '超额控制金额大于冻结限额'],
    ['money moved', 100n, { moved }, '解除冻结反馈中出现已划出的款项'],
    ['refused without a reason', 100n, { status: 'refused' }, '银行反馈未执行，但未说明原因'],
  ])('decides nothing: %s', (_name, newLimit, answer, reason) => {
    expect(applyReleaseAnswer({ newLimit }, aState(), says(answer))).toEqual({
      line: { status: 'undetermined', reason },
      collected: 0n,
      tasks: ['undetermined'],
    });
  });
});
