import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumMinor } from '#kernel';
import { type CoverageProtection, type RankedMeasure, coverage } from './index.js';

const funds = (id: string, limit: bigint): RankedMeasure => ({ id, limit });
const account = (id: string, limit: bigint): RankedMeasure => ({ id, limit, scope: 'account' });

/** `id covered/uncovered`, with `w` for waiting; then what is left. */
function told(balance: bigint, ranks: readonly RankedMeasure[], protection?: CoverageProtection): string {
  const { measures, available } = coverage(balance, ranks, protection);
  return [...measures.map(({ id, covered, uncovered, waiting }) => `${id} ${covered}/${uncovered}${waiting ? 'w' : ''}`), available].join(
    ', ',
  );
}

describe('coverage (R10, R17)', () => {
  it.each([
    ['one freeze within the balance', 100n, [funds('a', 60n)], undefined, 'a 60/0, 40'],
    ['one freeze above the balance', 100n, [funds('a', 160n)], undefined, 'a 100/60, 0'],
    ['a second freeze on what the first leaves', 100n, [funds('a', 60n), funds('b', 60n)], undefined, 'a 60/0, b 40/20, 0'],
    ['a second freeze that waits', 60n, [funds('a', 60n), funds('b', 40n)], undefined, 'a 60/0, b 0/40w, 0'],
    ['a third that waits behind two', 60n, [funds('a', 60n), funds('b', 40n), funds('c', 1n)], undefined, 'a 60/0, b 0/40w, c 0/1w, 0'],
    ['an empty account: the first is in force, the second waits', 0n, [funds('a', 5n), funds('b', 5n)], undefined, 'a 0/5, b 0/5w, 0'],
    ['an earlier measure of nothing makes nobody wait', 0n, [funds('a', 0n), funds('b', 5n)], undefined, 'a 0/0, b 0/5, 0'],
    ['a measure of nothing does not wait', 10n, [funds('a', 10n), funds('b', 0n)], undefined, 'a 10/0, b 0/0, 0'],
    ['a whole account, above its limit', 100n, [account('a', 60n), funds('b', 10n)], undefined, 'a 100/0, b 0/10w, 0'],
    ['a whole account behind a freeze', 100n, [funds('a', 70n), account('b', 60n)], undefined, 'a 70/0, b 30/30, 0'],
    ['a reserve stays free', 100n, [funds('a', 90n)], { reserve: 30n }, 'a 70/20, 0'],
    ['a reserve above the balance', 10n, [funds('a', 90n)], { reserve: 30n }, 'a 0/90, 0'],
    ['a priority right before all freezes', 100n, [funds('a', 60n), funds('b', 1n)], { priorityRight: true }, 'a 0/60, b 0/1w, 0'],
    ['no priority right', 100n, [funds('a', 60n)], { priorityRight: false }, 'a 60/0, 40'],
    ['no measure', 100n, [], undefined, '100'],
    ['an overdrawn account', -5n, [funds('a', 1n)], undefined, 'a 0/1, 0'],
    [
      'step 4 and 10 of the worked example: prior 60,000 of 100,000',
      10_000_000n,
      [funds('other', 6_000_000n), funds('ours', 4_000_000n)],
      undefined,
      'other 6000000/0, ours 4000000/0, 0',
    ],
  ])('%s', (_name, balance, ranks, protection, expected) => expect(told(balance, ranks, protection)).toBe(expected));

  const amount = fc.bigInt({ min: 0n, max: 1_000n });
  const ranks = fc.array(fc.record({ limit: amount, scope: fc.constantFrom('funds' as const, 'account' as const) }), { maxLength: 6 });
  const protections = fc.record({ reserve: amount, priorityRight: fc.boolean() });
  const named = (list: readonly { limit: bigint; scope: 'funds' | 'account' }[]) => list.map((row, i) => ({ id: String(i), ...row }));

  it('covers no fen twice and makes none', () => {
    fc.assert(
      fc.property(amount, ranks, protections, (balance, list, protection) => {
        const result = coverage(balance, named(list), protection);
        const covered = sumMinor(result.measures.map((measure) => measure.covered));
        const coverable = protection.priorityRight ? 0n : balance > protection.reserve ? balance - protection.reserve : 0n;
        expect(covered + result.available).toBe(coverable);
      }),
    );
  });

  it('covers no named amount beyond its limit, and says what is missing', () => {
    fc.assert(
      fc.property(amount, ranks, (balance, list) => {
        coverage(balance, named(list)).measures.forEach(({ covered, uncovered }, i) => {
          const { limit, scope } = list[i] ?? { limit: 0n, scope: 'funds' };
          if (scope === 'funds') expect(covered + uncovered).toBe(limit);
          else expect(covered + uncovered >= limit).toBe(true);
        });
      }),
    );
  });

  it('serves an earlier rank fully before a later one gets anything', () => {
    fc.assert(
      fc.property(amount, ranks, (balance, list) => {
        const { measures } = coverage(balance, named(list));
        measures.forEach((measure, i) => {
          if (measure.covered > 0n) expect(measures.slice(0, i).every((earlier) => earlier.uncovered === 0n)).toBe(true);
        });
      }),
    );
  });

  it('never loses coverage when money comes in', () => {
    fc.assert(
      fc.property(amount, amount, ranks, protections, (balance, inflow, list, protection) => {
        const before = coverage(balance, named(list), protection);
        const after = coverage(balance + inflow, named(list), protection);
        after.measures.forEach((measure, i) => expect(measure.covered >= (before.measures[i]?.covered ?? 0n)).toBe(true));
        expect(after.available >= before.available).toBe(true);
      }),
    );
  });

  it('leaves earlier ranks alone when a later one arrives', () => {
    fc.assert(
      fc.property(amount, ranks, amount, (balance, list, limit) => {
        const before = coverage(balance, named(list)).measures;
        const after = coverage(balance, [...named(list), funds('new', limit)]).measures;
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });
});
