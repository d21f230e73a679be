import { describe, expect, it } from '@jest/globals';
import { NOW, aState } from '../fixtures/facts.js';
import { type AskedFreeze, type ControlAnswerLine, type MeasureState, applyFreezeAnswer, applyRenewAnswer } from '../index.js';

const asked: AskedFreeze = { amount: 500n, scope: 'funds', term: { from: '2026-03-10', to: '2027-03-09' }, earlierRanks: 0 };
const says = (over: Partial<ControlAnswerLine>): ControlAnswerLine => ({ seq: 1, status: 'executed', asOf: NOW, ...over });
const prior = { authority: '江岸区法院', document: '(2025)鄂0102执保88号', amount: 6_000n, until: '2026-09-01' };
const moved = { principal: 1n, serial: 's', valueDate: '2026-03-10', channel: 'CNAPS', state: 'sent' };
const undetermined = (reason: string) => ({ line: { status: 'undetermined', reason }, collected: 0n, tasks: ['undetermined'] });

/** `line limit/covered/uncovered | measure status limit/covered/uncovered rank from..to | tasks` */
function told(answer: Partial<ControlAnswerLine>, over: Partial<AskedFreeze> = {}): string {
  const { line, measure, tasks, collected, payment } = applyFreezeAnswer({ ...asked, ...over }, says(answer));
  expect([collected, payment]).toEqual([0n, undefined]);
  const kept =
    measure && `${measure.status} ${measure.limit}/${measure.covered}/${measure.uncovered} #${measure.rank} ${measure.from}..${measure.to}`;
  return `${line.status} ${line.limit}/${line.covered}/${line.uncovered} | ${kept} | ${tasks.join()}`;
}

describe('the answer to a freeze', () => {
  const term = '2026-03-10..2027-03-09';
  it.each<[string, Partial<ControlAnswerLine>, Partial<AskedFreeze>, string]>([
    ['fully covered', { limit: 500n, covered: 500n, uncovered: 0n }, {}, `executed 500/500/0 | in-force 500/500/0 #1 ${term} | `],
    [
      'partly covered (step 9)',
      { limit: 500n, covered: 300n, uncovered: 200n, balance: 300n },
      {},
      `executed 500/300/200 | in-force 500/300/200 #1 ${term} | `,
    ],
    ['both parts without the limit', { covered: 300n, uncovered: 200n }, {}, `executed 500/300/200 | in-force 500/300/200 #1 ${term} | `],
    ['all of it uncovered', { limit: 500n, uncovered: 500n }, {}, `executed 500/0/500 | in-force 500/0/500 #1 ${term} | `],
    ['covered alone', { covered: 300n }, {}, `executed 500/300/200 | in-force 500/300/200 #1 ${term} | `],
    ['uncovered alone', { uncovered: 200n }, {}, `executed 500/300/200 | in-force 500/300/200 #1 ${term} | `],
    ['an empty account is in force', { covered: 0n }, {}, `executed 500/0/500 | in-force 500/0/500 #1 ${term} | `],
    [
      'nothing covered behind a prior measure waits (R17)',
      { covered: 0n, priorMeasures: [prior] },
      {},
      `executed 500/0/500 | waiting 500/0/500 #2 ${term} | `,
    ],
    [
      'nothing covered behind our own earlier freeze waits',
      { covered: 0n },
      { earlierRanks: 2 },
      `executed 500/0/500 | waiting 500/0/500 #3 ${term} | `,
    ],
    ['the bank’s rank decides: waits', { covered: 0n, rank: 3 }, {}, `executed 500/0/500 | waiting 500/0/500 #3 ${term} | `],
    [
      'the bank’s rank decides: first',
      { covered: 0n, rank: 1 },
      { earlierRanks: 2 },
      `executed 500/0/500 | in-force 500/0/500 #1 ${term} | `,
    ],
    [
      'something covered behind a prior measure is in force (step 10)',
      { covered: 1n, priorMeasures: [prior] },
      {},
      `executed 500/1/499 | in-force 500/1/499 #2 ${term} | `,
    ],
    [
      'the bank says partly',
      { status: 'partly-executed', covered: 500n },
      {},
      `partly-executed 500/500/0 | in-force 500/500/0 #1 ${term} | `,
    ],
    ['a lower limit than asked', { limit: 400n, covered: 400n }, {}, `partly-executed 400/400/0 | in-force 400/400/0 #1 ${term} | `],
    [
      'a higher limit than asked is kept and shows as excess',
      { limit: 600n, covered: 500n },
      {},
      `executed 600/500/100 | in-force 600/500/100 #1 ${term} | `,
    ],
    [
      'more covered than the limit is kept and shows as excess',
      { limit: 500n, covered: 700n, uncovered: 0n },
      {},
      `executed 500/700/0 | in-force 500/700/0 #1 ${term} | `,
    ],
    ['covered up to the balance', { covered: 300n, balance: 300n }, {}, `executed 500/300/200 | in-force 500/300/200 #1 ${term} | `],
    ['a limit of nothing over something held', { limit: 0n, covered: 5n }, {}, `partly-executed 0/5/0 | in-force 0/5/0 #1 ${term} | `],
    [
      'the bank’s own term',
      { covered: 500n, from: '2026-03-11', to: '2027-03-08' },
      {},
      `executed 500/500/0 | in-force 500/500/0 #1 2026-03-11..2027-03-08 | mismatch`,
    ],
    [
      'another first day alone',
      { covered: 500n, from: '2026-03-11', to: '2027-03-09' },
      {},
      `executed 500/500/0 | in-force 500/500/0 #1 2026-03-11..2027-03-09 | `,
    ],
  ])('%s', (_name, answer, over, expected) => expect(told(answer, over)).toBe(expected));

  it('keeps scope, time and the bank’s remark', () => {
    const outcome = applyFreezeAnswer({ ...asked, scope: 'account' }, says({ covered: 900n, limit: 500n, reason: '账户控制' }));
    expect(outcome.measure).toMatchObject({ scope: 'account', asOf: NOW, status: 'in-force' });
    expect(outcome.line.reason).toBe('账户控制');
  });

  it.each<[string, Partial<ControlAnswerLine>, string]>([
    ['an unknown word (I6)', { status: 'SUCCESS' }, '银行反馈的状态“SUCCESS”无法识别'],
    ['an endless unknown word', { status: 'x'.repeat(50) }, `银行反馈的状态“${'x'.repeat(40)}”无法识别`],
    ['the bank does not know', { status: 'undetermined' }, '银行尚不能确定结果'],
    ['the bank does not know, and says why', { status: 'undetermined', reason: '成功未核实' }, '成功未核实'],
    ['refused without a reason (R26)', { status: 'refused' }, '银行反馈未执行，但未说明原因'],
    ['refused with a blank reason', { status: 'refused', reason: ' ' }, '银行反馈未执行，但未说明原因'],
    ['refused and money moved', { status: 'refused', reason: 'x', moved }, '银行反馈未执行，却反馈了已划出的款项'],
    ['in progress and money moved', { status: 'in-progress', moved }, '银行称正在办理，却反馈了已划出的款项'],
    ['money moved by a freeze', { covered: 500n, moved }, '冻结反馈中出现已划出的款项'],
    ['no figure of what is held (I16)', {}, '银行反馈已冻结，但未反馈实际控制金额'],
    ['nothing frozen', { limit: 0n, covered: 0n }, '银行反馈已冻结，但冻结金额为零'],
    ['a negative limit', { limit: -1n, covered: 0n }, '反馈金额为负数'],
    ['a negative covered', { covered: -1n }, '反馈金额为负数'],
    ['a negative uncovered', { uncovered: -1n }, '反馈金额为负数'],
    ['a negative balance', { covered: 0n, balance: -1n }, '反馈金额为负数'],
    ['parts that do not make the limit', { limit: 500n, covered: 300n, uncovered: 199n }, '实际控制金额与超额控制金额之和与冻结限额不符'],
    [
      'covered above the limit and yet something uncovered',
      { limit: 500n, covered: 600n, uncovered: 1n },
      '实际控制金额与超额控制金额之和与冻结限额不符',
    ],
    ['parts that do not make the limit asked', { covered: 300n, uncovered: 199n }, '实际控制金额与超额控制金额之和与冻结限额不符'],
    ['more uncovered than the stated limit', { limit: 500n, uncovered: 501n }, '超额控制金额大于冻结限额'],
    ['more uncovered than the asked limit', { uncovered: 501n }, '超额控制金额大于冻结限额'],
    ['more held than there is', { covered: 301n, balance: 300n }, '实际控制金额大于账户余额'],
    ['a term that ends before it begins', { covered: 5n, from: '2026-03-10', to: '2026-03-09' }, '反馈的措施终期早于始期'],
  ])('decides nothing: %s', (_name, answer, reason) => {
    expect(applyFreezeAnswer(asked, says(answer))).toEqual(undetermined(reason));
  });

  it('a refusal keeps its reason and opens no measure', () => {
    expect(applyFreezeAnswer(asked, says({ status: 'refused', reason: '查无账户信息', limit: 0n }))).toEqual({
      line: { status: 'refused', reason: '查无账户信息' },
      collected: 0n,
      tasks: [],
    });
  });

  it('work in progress keeps the day the bank expects', () => {
    expect(applyFreezeAnswer(asked, says({ status: 'in-progress', expectedOn: '2026-03-12', reason: '人工处理' }))).toEqual({
      line: { status: 'in-progress', expectedOn: '2026-03-12', reason: '人工处理' },
      collected: 0n,
      tasks: [],
    });
  });

  it('takes a term of one day', () => {
    expect(applyFreezeAnswer(asked, says({ covered: 5n, from: '2027-03-09', to: '2027-03-09' })).measure).toMatchObject({
      from: '2027-03-09',
    });
  });
});

describe('the answer to a renewal (R14)', () => {
  const renew = (answer: Partial<ControlAnswerLine>, measure: Partial<MeasureState> = {}) =>
    applyRenewAnswer({ until: '2028-03-09' }, aState(measure), says(answer));
  const later = NOW + 5;

  it.each<[string, Partial<ControlAnswerLine>, Partial<MeasureState>, Partial<MeasureState>, string[]]>([
    ['moves the end and nothing else', {}, {}, { to: '2028-03-09' }, []],
    ['takes the bank’s own end', { to: '2028-03-08' }, {}, { to: '2028-03-08' }, ['mismatch']],
    ['takes newer figures', { covered: 500n, asOf: later }, {}, { to: '2028-03-09', covered: 500n, uncovered: 0n, asOf: later }, []],
    ['takes figures of the same moment', { covered: 400n }, {}, { to: '2028-03-09', covered: 400n, uncovered: 100n }, []],
    ['leaves newer ones', { covered: 500n, asOf: NOW - 1 }, {}, { to: '2028-03-09' }, []],
    ['does not follow another limit', { limit: 400n, covered: 300n }, {}, { to: '2028-03-09' }, ['mismatch']],
    ['agrees on the limit', { limit: 500n, covered: 300n, uncovered: 200n }, {}, { to: '2028-03-09' }, []],
    [
      'keeps one in force that covers nothing behind another',
      {},
      { covered: 0n, uncovered: 500n, rank: 2 },
      { covered: 0n, uncovered: 500n, rank: 2, to: '2028-03-09' },
      [],
    ],
    [
      'keeps a waiting one waiting',
      {},
      { status: 'waiting', covered: 0n, uncovered: 500n },
      { status: 'waiting', covered: 0n, uncovered: 500n, to: '2028-03-09' },
      [],
    ],
    [
      'sees a promotion',
      { covered: 1n },
      { status: 'waiting', covered: 0n, uncovered: 500n },
      { covered: 1n, uncovered: 499n, to: '2028-03-09' },
      [],
    ],
    [
      'revives what our calendar ended',
      { covered: 300n },
      { status: 'expired', covered: 0n, uncovered: 0n, rank: 2 },
      { rank: 2, to: '2028-03-09' },
      [],
    ],
    [
      'revives to waiting behind another',
      { covered: 0n },
      { status: 'expired', covered: 0n, uncovered: 0n, rank: 2 },
      { status: 'waiting', covered: 0n, uncovered: 500n, rank: 2, to: '2028-03-09' },
      [],
    ],
    [
      'revives the first of an empty account',
      { covered: 0n },
      { status: 'expired', covered: 0n, uncovered: 0n },
      { covered: 0n, uncovered: 500n, to: '2028-03-09' },
      [],
    ],
  ])('%s', (_name, answer, measure, expected, tasks) => {
    const outcome = renew(answer, measure);
    const next = aState(expected);
    expect(outcome).toEqual({
      line: { status: 'executed', limit: next.limit, covered: next.covered, uncovered: next.uncovered },
      measure: next,
      collected: 0n,
      tasks,
    });
  });

  it('keeps the bank’s word and remark on a partial one', () => {
    expect(renew({ status: 'partly-executed', reason: '理财部分未续' }).line).toMatchObject({
      status: 'partly-executed',
      reason: '理财部分未续',
    });
  });

  it.each<[string, Partial<ControlAnswerLine>, Partial<MeasureState>, string]>([
    ['an end that did not move', { to: '2027-03-09' }, {}, '银行反馈已续行冻结，但终期没有延长'],
    ['an earlier end', { to: '2027-03-08' }, {}, '银行反馈已续行冻结，但终期没有延长'],
    ['a released measure', {}, { status: 'released' }, '该项冻结已经终结，银行却反馈已续行'],
    ['an exhausted measure', {}, { status: 'exhausted' }, '该项冻结已经终结，银行却反馈已续行'],
    ['more uncovered than the limit', { uncovered: 501n }, {}, '超额控制金额大于冻结限额'],
    ['a revival without figures', {}, { status: 'expired' }, '该项冻结已届满，银行反馈已续行但未反馈实际控制金额'],
    ['money moved', { moved }, {}, '续行冻结反馈中出现已划出的款项'],
    ['impossible figures', { covered: -1n }, {}, '反馈金额为负数'],
    ['an unknown word', { status: 'ok' }, {}, '银行反馈的状态“ok”无法识别'],
  ])('decides nothing: %s', (_name, answer, measure, reason) => expect(renew(answer, measure)).toEqual(undetermined(reason)));
});
