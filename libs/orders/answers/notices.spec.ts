import { describe, expect, it } from '@jest/globals';
import { endOfLegalDate } from '#kernel';
import { NOW, aState } from '../fixtures/facts.js';
import { type MeasureNotice, type MeasureState, type RefreshedFigures, applyNotice, applyRefresh, expireMeasure } from '../index.js';

const at = NOW + 1;
const waiting: Partial<MeasureState> = { status: 'waiting', covered: 0n, uncovered: 500n, rank: 2 };

describe('what a bank says unasked (I16)', () => {
  it.each<[string, Partial<MeasureNotice>, Partial<MeasureState>, Partial<MeasureState>, string[]]>([
    ['an inflow (step 14)', { covered: 500n, uncovered: 0n }, {}, { covered: 500n, uncovered: 0n }, []],
    ['an inflow, told by what is missing', { uncovered: 100n }, {}, { covered: 400n, uncovered: 100n }, []],
    ['coverage that fell', { covered: 0n }, {}, { covered: 0n, uncovered: 500n }, []],
    ['nothing but its time', {}, {}, {}, []],
    ['the same limit', { limit: 500n, covered: 300n }, {}, {}, []],
    ['another limit, which is not followed', { limit: 400n, covered: 300n, uncovered: 100n }, {}, {}, ['mismatch']],
    ['more than the limit: excess', { covered: 700n, uncovered: 0n }, {}, { covered: 700n, uncovered: 0n }, []],
    ['a first coverage promotes', { covered: 1n }, waiting, { covered: 1n, uncovered: 499n, rank: 2 }, []],
    ['nothing covered still waits', { covered: 0n }, waiting, waiting, []],
    ['a promotion', { kind: 'promoted', covered: 500n, rank: 1 }, waiting, { covered: 500n, uncovered: 0n, rank: 1 }, []],
    ['a promotion on an empty account', { kind: 'promoted', covered: 0n, rank: 1 }, waiting, { covered: 0n, uncovered: 500n, rank: 1 }, []],
    [
      'a promotion that says from when to when',
      { kind: 'promoted', covered: 5n, from: '2026-05-01', to: '2027-04-30' },
      waiting,
      { covered: 5n, uncovered: 495n, rank: 2, from: '2026-05-01', to: '2027-04-30' },
      [],
    ],
    [
      'a promotion with another limit',
      { kind: 'promoted', covered: 5n, limit: 9n },
      waiting,
      { covered: 5n, uncovered: 495n, rank: 2 },
      ['mismatch'],
    ],
    ['a product redeemed', { kind: 'redeemed', covered: 400n }, {}, { covered: 400n, uncovered: 100n }, []],
  ])('%s', (_name, notice, measure, expected, tasks) => {
    expect(applyNotice(aState(measure), { kind: 'coverage', asOf: at, ...notice })).toEqual({
      measure: aState({ asOf: at, ...expected }),
      tasks,
    });
  });

  it('takes a notice of the same moment, and none that is older', () => {
    expect(applyNotice(aState(), { kind: 'coverage', covered: 1n, asOf: NOW }).measure?.covered).toBe(1n);
    expect(applyNotice(aState(), { kind: 'coverage', covered: 1n, asOf: NOW - 1 })).toEqual({ tasks: [], ignored: 'stale' });
  });

  it('waits for the answer where an order on the measure is open', () => {
    expect(applyNotice(aState(), { kind: 'coverage', limit: 400n, covered: 200n, asOf: at }, true)).toEqual({
      measure: aState({ covered: 200n, uncovered: 300n, asOf: at }),
      tasks: [],
    });
  });

  it('ends a measure by the bank’s word, and doubts one that comes early', () => {
    const end = endOfLegalDate('2027-03-09');
    const over = (asOf: number) => aState({ status: 'expired', covered: 0n, uncovered: 0n, asOf });
    expect(applyNotice(aState(), { kind: 'lapsed', asOf: end })).toEqual({ measure: over(end), tasks: [] });
    expect(applyNotice(aState(), { kind: 'lapsed', asOf: end - 1 })).toEqual({ measure: over(end - 1), tasks: ['mismatch'] });
  });

  it.each<[string, Partial<MeasureState>, MeasureNotice, object]>([
    ['an ended measure', { status: 'released' }, { kind: 'coverage', covered: 1n, asOf: at }, { tasks: ['mismatch'], ignored: 'ended' }],
    ['an ended measure that lapses', { status: 'expired' }, { kind: 'lapsed', asOf: at }, { tasks: [], ignored: 'ended' }],
    ['an unknown kind (I6)', {}, { kind: 'thawed', asOf: at }, { tasks: ['mismatch'], ignored: 'unknown' }],
    ['a negative figure', {}, { kind: 'coverage', covered: -1n, asOf: at }, { tasks: ['mismatch'], ignored: 'impossible' }],
    [
      'parts that do not make the limit',
      {},
      { kind: 'coverage', covered: 300n, uncovered: 199n, asOf: at },
      { tasks: ['mismatch'], ignored: 'impossible' },
    ],
    ['more uncovered than the limit', {}, { kind: 'coverage', uncovered: 501n, asOf: at }, { tasks: ['mismatch'], ignored: 'impossible' }],
  ])('changes nothing: %s', (_name, measure, notice, expected) => expect(applyNotice(aState(measure), notice)).toEqual(expected));
});

describe('what a renewed inquiry says (I16)', () => {
  const figures = (over: Partial<RefreshedFigures> = {}): RefreshedFigures => ({
    limit: 500n,
    covered: 400n,
    uncovered: 100n,
    rank: 1,
    asOf: at,
    ...over,
  });

  it('states the figures anew', () => {
    expect(applyRefresh(aState(), figures(), false)).toEqual({ measure: aState({ covered: 400n, uncovered: 100n, asOf: at }), tasks: [] });
    expect(applyRefresh(aState(), figures({ limit: 400n, uncovered: 0n }), false).tasks).toEqual(['mismatch']);
    expect(applyRefresh(aState(), figures({ limit: 400n, uncovered: 0n }), true).tasks).toEqual([]);
  });

  const empty = { limit: 0n, covered: 0n, uncovered: 0n };
  it.each<[string, Partial<MeasureState>, Partial<RefreshedFigures>, boolean, object]>([
    [
      'lapsed',
      { to: '2026-03-09' },
      { ended: 'expired' },
      false,
      { measure: aState({ to: '2026-03-09', status: 'expired', covered: 0n, uncovered: 0n, asOf: at }), tasks: [] },
    ],
    ['released without an order of ours (R23)', {}, { ended: 'released' }, false, { tasks: ['mismatch'], ignored: 'ended' }],
    ['released while an order is open', {}, { ended: 'released' }, true, { tasks: [], ignored: 'ended' }],
    ['gone after everything was taken', empty, { ended: 'exhausted' }, false, { tasks: [], ignored: 'ended' }],
    ['gone with a limit left', { ...empty, limit: 1n }, { ended: 'exhausted' }, false, { tasks: ['mismatch'], ignored: 'ended' }],
    ['gone with something held', { ...empty, covered: 1n }, { ended: 'exhausted' }, false, { tasks: ['mismatch'], ignored: 'ended' }],
    ['gone and ended here as well', { status: 'released' }, { ended: 'released' }, false, { tasks: [], ignored: 'ended' }],
  ])('%s', (_name, measure, over, ordersOpen, expected) =>
    expect(applyRefresh(aState(measure), figures(over), ordersOpen)).toEqual(expected),
  );
});

describe('the end of a term (R14)', () => {
  const end = endOfLegalDate('2027-03-09');
  it.each<[MeasureState['status'], number, MeasureState['status']]>([
    ['in-force', end - 1, 'in-force'],
    ['in-force', end, 'expired'],
    ['waiting', end, 'expired'],
    ['released', end, 'released'],
    ['exhausted', end, 'exhausted'],
  ])('a measure %s at %i is %s', (status, now, expected) => expect(expireMeasure(aState({ status }), now).status).toBe(expected));

  it('leaves the limit for the offer of a new freeze and holds nothing any more', () => {
    expect(expireMeasure(aState(), end)).toEqual(aState({ status: 'expired', covered: 0n, uncovered: 0n, asOf: end }));
  });
});
