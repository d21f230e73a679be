import { describe, expect, it } from '@jest/globals';
import { NOW, aState } from '../fixtures/facts.js';
import {
  type ControlAnswerLine,
  type MeasureState,
  type Moved,
  type PaymentFacts,
  applyCredited,
  applyDeductAnswer,
  applyReturned,
  exhaustedIfEmpty,
  movedSum,
} from '../index.js';

const moved = (over: Partial<Moved> = {}): Moved => ({
  principal: 200n,
  serial: 'S1',
  valueDate: '2026-04-02',
  channel: 'CNAPS',
  state: 'sent',
  ...over,
});
const says = (over: Partial<ControlAnswerLine>): ControlAnswerLine => ({
  seq: 1,
  status: 'executed',
  asOf: NOW + 1,
  moved: moved(),
  ...over,
});
const deduct = (answer: Partial<ControlAnswerLine>, measure: Partial<MeasureState> = {}, amount = 200n, paymentsOnTheWay = 0) =>
  applyDeductAnswer({ amount, paymentsOnTheWay }, aState(measure), says(answer));

/** `line moved | measure status limit/covered/uncovered | collected | tasks` for a measure of 500 with 300 covered. */
function told(...args: Parameters<typeof deduct>): string {
  const { line, measure, collected, tasks } = deduct(...args);
  expect([line.limit, line.covered, line.uncovered]).toEqual([measure?.limit, measure?.covered, measure?.uncovered]);
  return `${line.status} ${line.moved} | ${measure?.status} ${measure?.limit}/${measure?.covered}/${measure?.uncovered} | ${collected} | ${tasks.join()}`;
}

describe('the answer to a deduct (I7, R20)', () => {
  const full = { limit: 200n, covered: 200n, uncovered: 0n };
  it.each<[string, Parameters<typeof deduct>, string]>([
    ['part of what is covered', [{}], 'executed 200 | in-force 300/100/200 | 200 | '],
    ['all of it, not credited yet', [{}, full], 'executed 200 | in-force 0/0/0 | 200 | '],
    ['all of it, credited', [{ moved: moved({ state: 'credited' }) }, full], 'executed 200 | exhausted 0/0/0 | 200 | '],
    [
      'all of it, credited, while other money is on its way',
      [{ moved: moved({ state: 'credited' }) }, full, 200n, 1],
      'executed 200 | in-force 0/0/0 | 200 | ',
    ],
    ['credited, and something left', [{ moved: moved({ state: 'credited' }) }], 'executed 200 | in-force 300/100/200 | 200 | '],
    [
      'principal and interest',
      [{ moved: moved({ principal: 150n, interest: 50n, fee: 9n }) }],
      'executed 200 | in-force 300/100/200 | 200 | ',
    ],
    ['less than asked', [{ moved: moved({ principal: 150n }) }], 'partly-executed 150 | in-force 350/150/200 | 150 | '],
    [
      'less than asked, by the bank’s word too',
      [{ status: 'partly-executed', moved: moved({ principal: 150n }) }],
      'partly-executed 150 | in-force 350/150/200 | 150 | ',
    ],
    ['the bank says partly and moved all', [{ status: 'partly-executed' }], 'executed 200 | in-force 300/100/200 | 200 | '],
    [
      'covered has fallen since, by the bank’s own hand',
      [{}, { covered: 100n, uncovered: 400n }],
      'executed 200 | in-force 300/0/300 | 200 | ',
    ],
    ['the bank’s covered after it, an inflow included', [{ covered: 250n }], 'executed 200 | in-force 300/250/50 | 200 | '],
    ['the bank’s uncovered after it', [{ uncovered: 50n }], 'executed 200 | in-force 300/250/50 | 200 | '],
    ['a covered that would raise what is bound is doubted', [{ covered: 301n }], 'executed 200 | in-force 300/100/200 | 200 | mismatch'],
    ['a covered at the new limit is not', [{ covered: 300n }], 'executed 200 | in-force 300/300/0 | 200 | '],
    ['an uncovered above the new limit is doubted', [{ uncovered: 301n }], 'executed 200 | in-force 300/100/200 | 200 | mismatch'],
    ['an uncovered of the new limit is not', [{ uncovered: 300n }], 'executed 200 | in-force 300/0/300 | 200 | '],
    [
      'figures newer than the answer know of it already',
      [{ covered: 7n, asOf: NOW - 1 }, { covered: 100n }],
      'executed 200 | in-force 300/100/200 | 200 | ',
    ],
    ['figures of the same moment do not', [{ asOf: NOW }], 'executed 200 | in-force 300/100/200 | 200 | '],
    [
      'from what a bank holds above the limit',
      [{ moved: moved({ principal: 600n }) }, { limit: 500n, covered: 700n, uncovered: 0n }, 600n],
      'executed 600 | in-force 0/100/0 | 600 | ',
    ],
    [
      'from a measure that ended meanwhile',
      [{}, { status: 'expired', covered: 0n, uncovered: 0n }],
      'executed 200 | expired 300/0/300 | 200 | ',
    ],
    ['returned at once: free money', [{ moved: moved({ state: 'returned' }) }], 'executed 200 | in-force 300/100/200 | 0 | control-lost'],
    [
      'returned at once and doubted',
      [{ moved: moved({ state: 'returned' }), covered: 301n }],
      'executed 200 | in-force 300/100/200 | 0 | mismatch,control-lost',
    ],
  ])('%s', (_name, args, expected) => expect(told(...args)).toBe(expected));

  it('opens a payment with its legs', () => {
    const { payment } = deduct({ moved: moved({ principal: 150n, interest: 50n, fee: 9n, state: 'credited' }) });
    expect(payment).toEqual({
      amount: 200n,
      principal: 150n,
      interest: 50n,
      fee: 9n,
      channel: 'CNAPS',
      bankSerial: 'S1',
      valueDate: '2026-04-02',
      state: 'credited',
    });
    expect(deduct({}).payment).toMatchObject({ amount: 200n, interest: 0n, fee: 0n, state: 'sent' });
    expect(deduct({ moved: moved({ state: 'returned' }) }).payment?.state).toBe('returned');
  });

  it('keeps the newest time and the bank’s remark', () => {
    expect(deduct({ reason: '利息另计' }).line.reason).toBe('利息另计');
    expect(deduct({}).measure?.asOf).toBe(NOW + 1);
    expect(deduct({}, { asOf: NOW + 9 }).measure?.asOf).toBe(NOW + 9);
  });

  it('ignores the limit that a bank states beside: limits follow orders', () => {
    expect(deduct({ limit: 1n, covered: 100n, uncovered: 200n }).measure).toMatchObject({ limit: 300n, covered: 100n });
  });

  it.each<[string, Parameters<typeof deduct>, string]>([
    ['nothing said of the money', [{ moved: undefined }], '银行反馈已扣划，但未反馈划出的款项'],
    ['no money moved', [{ moved: moved({ principal: 0n, fee: 5n }) }], '银行反馈已扣划，但划出金额为零'],
    ['more than asked', [{ moved: moved({ interest: 1n }) }], '划出金额大于请求扣划的金额'],
    ['more than was bound', [{}, { limit: 199n, covered: 199n }], '划出金额大于该项冻结的金额'],
    ['a negative leg', [{ moved: moved({ principal: 300n, interest: -100n }) }], '反馈的划出金额为负数'],
    ['a negative principal', [{ moved: moved({ principal: -1n, interest: 100n }) }], '反馈的划出金额为负数'],
    ['a negative fee', [{ moved: moved({ fee: -1n }) }], '反馈的划出金额为负数'],
    ['an unknown state of the money', [{ moved: moved({ state: 'on-the-way' }) }], '款项状态“on-the-way”无法识别'],
    ['money the bank cannot have claimed', [{ moved: moved({ state: 'claimed' }) }], '款项状态“claimed”无法识别'],
    ['an endless state', [{ moved: moved({ state: 'x'.repeat(50) }) }], `款项状态“${'x'.repeat(40)}”无法识别`],
    ['more held than there is', [{ covered: 5n, balance: 4n }], '实际控制金额大于账户余额'],
    ['refused without a reason', [{ status: 'refused', moved: undefined }], '银行反馈未执行，但未说明原因'],
  ])('decides nothing: %s', (_name, args, reason) => {
    expect(deduct(...args)).toEqual({ line: { status: 'undetermined', reason }, collected: 0n, tasks: ['undetermined'] });
  });

  it('counts what reaches the court', () => {
    expect([movedSum({ principal: 5n }), movedSum({ principal: 5n, interest: 2n })]).toEqual([5n, 7n]);
  });
});

describe('what becomes of a payment', () => {
  const empty = aState({ limit: 0n, covered: 0n, uncovered: 0n });
  const facts = (over: Partial<PaymentFacts> = {}): PaymentFacts => ({
    state: 'sent',
    amount: 200n,
    measure: empty,
    paymentsOnTheWay: 0,
    ...over,
  });

  it.each<[string, Partial<PaymentFacts>, object]>([
    [
      'credited, the last one: the measure is exhausted',
      {},
      { state: 'credited', measure: { ...empty, status: 'exhausted' }, collected: 0n, tasks: ['claim'] },
    ],
    ['credited, others on their way', { paymentsOnTheWay: 1 }, { state: 'credited', measure: empty, collected: 0n, tasks: ['claim'] }],
    ['credited, something left', { measure: aState() }, { state: 'credited', measure: aState(), collected: 0n, tasks: ['claim'] }],
    ['credited again', { state: 'credited' }, { state: 'credited', measure: empty, collected: 0n, tasks: [] }],
    ['credited after the claim', { state: 'claimed' }, { state: 'claimed', measure: empty, collected: 0n, tasks: [] }],
    ['credited after the return', { state: 'returned' }, { state: 'returned', measure: empty, collected: 0n, tasks: ['mismatch'] }],
  ])('%s', (_name, over, expected) => expect(applyCredited(facts(over))).toEqual(expected));

  const restored = { ...empty, limit: 200n, covered: 200n };
  it.each<[string, Partial<PaymentFacts>, boolean, object]>([
    ['returned under control', {}, true, { state: 'returned', measure: restored, collected: -200n, tasks: [] }],
    [
      'returned under control after exhaustion',
      { state: 'credited', measure: { ...empty, status: 'exhausted' } },
      true,
      { state: 'returned', measure: restored, collected: -200n, tasks: [] },
    ],
    ['returned and free', {}, false, { state: 'returned', measure: empty, collected: -200n, tasks: ['control-lost'] }],
    [
      'returned to a measure that is over',
      { measure: { ...empty, status: 'expired' } },
      true,
      { state: 'returned', measure: { ...empty, status: 'expired' }, collected: -200n, tasks: ['control-lost'] },
    ],
    ['returned again', { state: 'returned' }, true, { state: 'returned', measure: empty, collected: 0n, tasks: [] }],
    ['returned after the claim', { state: 'claimed' }, true, { state: 'claimed', measure: empty, collected: 0n, tasks: ['mismatch'] }],
  ])('%s', (_name, over, control, expected) => expect(applyReturned(facts(over), control)).toEqual(expected));

  it.each<[Partial<MeasureState>, number, string]>([
    [{}, 0, 'exhausted'],
    [{}, 1, 'in-force'],
    [{ limit: 1n }, 0, 'in-force'],
    [{ covered: 1n }, 0, 'in-force'],
    [{ status: 'expired' }, 0, 'expired'],
  ])('a measure with nothing left, but %j and %i payments on their way, is %s', (over, onTheWay, status) => {
    expect(exhaustedIfEmpty({ ...empty, ...over }, onTheWay).status).toBe(status);
  });
});
