import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ACTIONS,
  compareDay,
  DAY_STATES,
  effectOf,
  inOrderOfWords,
  totalsOf,
  type Action,
  type DayDifference,
  type DayEntry,
  type DayState,
  type LineStatus,
  type MeasureState,
} from '../index.js';

function entry(over: Partial<DayEntry> = {}): DayEntry {
  return { orderNumber: 'A', seq: 1, action: 'freeze', state: 'executed', sum: { currency: 'CNY', minor: 100n }, ...over };
}

/** A side with all its entries, and its totals added up. */
const side = (...entries: readonly DayEntry[]) => ({ totals: totalsOf(entries), entries });
const totalsOnly = (...entries: readonly DayEntry[]) => ({ totals: totalsOf(entries) });

/** `A ours 1/0` for an order, `freeze` for an action, `freeze!` for totals that are not those of the bank's own list. */
function told(differences: readonly DayDifference[]): string {
  return differences
    .map((one) => {
      if (one.kind === 'order') return `${one.orderNumber} ${one.side} ${one.ours.length}/${one.bank.length}`;
      return one.kind === 'action' ? one.action : `${one.action}!`;
    })
    .join(', ');
}

describe('totals of a day', () => {
  it('counts by action and state and sums by currency, in the order of the words', () => {
    const found = totalsOf([
      entry({ action: 'deduct', sum: { currency: 'CNY', minor: 7n } }),
      entry({ sum: { currency: 'USD', minor: 1n } }),
      entry(),
      entry({ state: 'refused', sum: undefined }),
      entry({ action: 'inquire', seq: 0, sum: undefined }),
      entry(),
    ]);
    const freezes = [
      { currency: 'CNY', minor: 200n },
      { currency: 'USD', minor: 1n },
    ];
    expect(found).toEqual([
      { action: 'inquire', state: 'executed', count: 1, sums: [] },
      { action: 'freeze', state: 'executed', count: 3, sums: freezes },
      { action: 'freeze', state: 'refused', count: 1, sums: [] },
      { action: 'deduct', state: 'executed', count: 1, sums: [{ currency: 'CNY', minor: 7n }] },
    ]);
  });

  it('of a bank are put in the order of the words, and lose nothing', () => {
    const entries = [
      entry({ action: 'deduct' }),
      entry({ sum: { currency: 'USD', minor: 1n } }),
      entry({ state: 'rolled-back', sum: undefined }),
      entry(),
    ];
    const totals = totalsOf(entries);
    const turned = totals.map((total) => ({ ...total, sums: [...total.sums].reverse() })).reverse();
    expect(inOrderOfWords(turned)).toEqual(totals);
    expect(inOrderOfWords([...turned, ...turned])).toHaveLength(2 * totals.length);
  });

  it('of nothing are none', () => expect(totalsOf([])).toEqual([]));
});

describe('what a line did in money', () => {
  const measure = (limit: bigint) => ({ limit }) as MeasureState;
  it.each<[string, Action, LineStatus, bigint | undefined, bigint | undefined, bigint | undefined, bigint | undefined]>([
    ['a freeze: its limit', 'freeze', 'executed', undefined, 60n, undefined, 60n],
    ['a freeze in part: what was frozen', 'freeze', 'partly-executed', undefined, 30n, undefined, 30n],
    ['a renewal: the limit that goes on', 'renew', 'executed', 60n, 60n, undefined, 60n],
    ['a release of the whole', 'release', 'executed', 60n, 0n, undefined, 60n],
    ['a release of a part', 'release', 'executed', 60n, 45n, undefined, 15n],
    ['a release of what had ended by itself', 'release', 'executed', 60n, undefined, undefined, 0n],
    ['a deduct: what moved', 'deduct', 'executed', 60n, 50n, 10n, 10n],
    ['a refusal', 'deduct', 'refused', 60n, undefined, undefined, undefined],
    ['a line in progress', 'freeze', 'in-progress', undefined, undefined, undefined, undefined],
    ['an undetermined line', 'release', 'undetermined', 60n, undefined, undefined, undefined],
    ['a withdrawn line', 'release', 'withdrawn', 60n, undefined, undefined, undefined],
    ['an inquiry', 'inquire', 'executed', undefined, undefined, undefined, undefined],
  ])('%s', (_name, action, status, before, after, moved, expected) => {
    const outcome = {
      line: { status, ...(moved === undefined ? {} : { moved }) },
      ...(after === undefined ? {} : { measure: measure(after) }),
    };
    expect(effectOf(action, before === undefined ? undefined : measure(before), outcome)).toBe(expected);
  });
});

describe('comparing the two sides of a day', () => {
  const other = entry({ orderNumber: 'B', action: 'deduct', sum: { currency: 'CNY', minor: 5n } });
  it.each<[string, readonly DayEntry[], readonly DayEntry[], string]>([
    ['nothing on either side', [], [], ''],
    ['the same', [entry(), other], [other, entry()], ''],
    ['only ours', [entry(), other], [other], 'A ours 1/0'],
    ['only the bank has it', [other], [other, entry()], 'A bank 0/1'],
    ['another state', [entry()], [entry({ state: 'refused', sum: undefined })], 'A both 1/1'],
    ['another sum', [entry()], [entry({ sum: { currency: 'CNY', minor: 101n } })], 'A both 1/1'],
    ['another currency', [entry()], [entry({ sum: { currency: 'HKD', minor: 100n } })], 'A both 1/1'],
    ['another action', [entry()], [entry({ action: 'renew' })], 'A both 1/1'],
    ['a sum of nothing is no sum', [entry({ sum: { currency: 'CNY', minor: 0n } })], [entry({ sum: undefined })], ''],
    ['a line more', [entry()], [entry(), entry({ seq: 2 })], 'A both 1/2'],
    ['a line twice', [entry()], [entry(), entry()], 'A both 1/2'],
    ['lines of one order in another order', [entry(), entry({ seq: 2 })], [entry({ seq: 2 }), entry()], ''],
    ['two lines of one order are one thing to look into', [entry(), entry({ seq: 2 })], [], 'A ours 2/0'],
    ['rolled back here, executed there', [entry({ seq: 0, state: 'rolled-back', sum: undefined })], [entry()], 'A both 1/1'],
    ['each order by itself, by its number', [other, entry()], [], 'A ours 1/0, B ours 1/0'],
  ])('by reference: %s', (_name, ours, bank, expected) => expect(told(compareDay(side(...ours), side(...bank)))).toBe(expected));

  it.each<[string, readonly DayEntry[], readonly DayEntry[], string]>([
    ['the same', [entry(), other], [other, entry()], ''],
    ['another order of the same worth does not show', [entry()], [entry({ orderNumber: 'Z' })], ''],
    ['counted under another state: one difference', [entry()], [entry({ state: 'refused', sum: undefined })], 'freeze'],
    ['another sum', [entry()], [entry({ sum: { currency: 'CNY', minor: 101n } })], 'freeze'],
    ['an action that one side does not have', [entry()], [entry(), other], 'deduct'],
    ['two actions', [entry(), other], [], 'freeze, deduct'],
  ])('by totals: %s', (_name, ours, bank, expected) => expect(told(compareDay(side(...ours), totalsOnly(...bank)))).toBe(expected));

  it('passes by totals of nothing and their order', () => {
    const [total] = totalsOf([entry()]);
    const bank = [
      { action: 'freeze', state: 'refused', count: 0, sums: [{ currency: 'CNY', minor: 0n }] } as const,
      ...(total ? [total] : []),
    ];
    expect(compareDay(side(entry()), { totals: bank })).toEqual([]);
  });

  it('says when the bank contradicts itself', () => {
    const bank = { totals: totalsOf([entry(), entry()]), entries: [entry()] };
    expect(told(compareDay(side(entry()), bank))).toBe('freeze!');
  });
});

describe('for any day', () => {
  const entries = fc.uniqueArray(
    fc.record({
      orderNumber: fc.constantFrom('A', 'B', 'C', 'D'),
      seq: fc.nat({ max: 3 }),
      action: fc.constantFrom(...ACTIONS),
      state: fc.constantFrom<DayState>(...DAY_STATES),
      sum: fc.option(fc.record({ currency: fc.constantFrom('CNY', 'USD'), minor: fc.bigInt({ min: 1n, max: 10n ** 13n }) }), {
        nil: undefined,
      }),
    }),
    { maxLength: 12, selector: ({ orderNumber, seq }) => `${orderNumber}/${seq}` },
  );
  const shuffled = entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));

  it('the totals are the same whatever the order, and the sides agree', () => {
    fc.assert(
      fc.property(shuffled, ([list, again]) => {
        expect(totalsOf(again)).toEqual(totalsOf(list));
        expect(compareDay(side(...list), side(...again))).toEqual([]);
        expect(compareDay(side(...list), totalsOnly(...again))).toEqual([]);
      }),
    );
  });

  it('the totals count every entry once and lose no fen', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const totals = totalsOf(list);
        expect(totals.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
        const cny = totals.flatMap(({ sums }) => sums).filter(({ currency }) => currency === 'CNY');
        const expected = list.reduce((sum, { sum: one }) => sum + (one?.currency === 'CNY' ? one.minor : 0n), 0n);
        expect(cny.reduce((sum, { minor }) => sum + minor, 0n)).toBe(expected);
      }),
    );
  });

  const withOne = entries
    .filter((list) => list.length > 0)
    .chain((list) => fc.tuple(fc.constant(list), fc.nat({ max: list.length - 1 }), fc.constantFrom(...DAY_STATES)));

  it('a line that one side counts under another state is exactly one difference, with references and without', () => {
    fc.assert(
      fc.property(withOne, ([list, at, state]) => {
        const moved = list.map((one, i) => (i === at ? { ...one, state } : one));
        const changed = list[at]?.state === state ? 0 : 1;
        expect(compareDay(side(...list), side(...moved))).toHaveLength(changed);
        expect(compareDay(side(...list), totalsOnly(...moved))).toHaveLength(changed);
      }),
    );
  });

  it('an order that one side lacks is exactly one difference, and names it', () => {
    fc.assert(
      fc.property(withOne, ([list, at]) => {
        const orderNumber = list[at]?.orderNumber ?? '';
        const without = list.filter((one) => one.orderNumber !== orderNumber);
        expect(compareDay(side(...list), side(...without))).toMatchObject([{ kind: 'order', side: 'ours', orderNumber }]);
        expect(compareDay(side(...without), side(...list))).toMatchObject([{ kind: 'order', side: 'bank', orderNumber }]);
      }),
    );
  });
});
