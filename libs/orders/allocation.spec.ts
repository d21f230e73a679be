import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumMinor } from '#kernel';
import { type PlanFacts, type PlanHolding, type RestrictionFacts, freezePlan, plannable } from './index.js';

const holding = (id: string, available: bigint, over: Partial<PlanHolding> = {}): PlanHolding => ({
  id,
  debtorId: 'debtor-1',
  bank: `bank-of-${id}`,
  account: `account-of-${id}`,
  currency: 'CNY',
  property: 'deposit',
  available,
  priorityRight: false,
  openFreezes: 0n,
  ...over,
});
const restriction = (over: Partial<RestrictionFacts>): RestrictionFacts => ({
  code: 'wages',
  freeze: 'above-reserve',
  deduct: 'above-reserve',
  reserve: 0n,
  basis: '',
  ...over,
});
const facts = (over: Partial<PlanFacts>): PlanFacts => ({
  currency: 'CNY',
  money: { ceiling: 1_000n, collected: 0n, satisfied: 0n },
  committed: 0n,
  holdings: [],
  debtorRooms: new Map(),
  reserves: new Map(),
  ...over,
});

/** `holding amount …; total; uncovered` */
function told(over: Partial<PlanFacts>): string {
  const { lines, total, uncovered } = freezePlan(facts(over));
  return `${lines.map((line) => `${line.holdingId} ${line.amount}`).join(', ')}; ${total}; ${uncovered}`;
}

describe('the freeze plan (R18, R19, R24)', () => {
  it('names holding, bank and account of each line', () => {
    expect(freezePlan(facts({ holdings: [holding('a', 10n)] })).lines).toEqual([
      { holdingId: 'a', bank: 'bank-of-a', account: 'account-of-a', amount: 10n },
    ]);
  });

  it.each<[string, Partial<PlanFacts>, string]>([
    ['no holding', {}, '; 0; 1000'],
    ['at most what is available', { holdings: [holding('a', 300n)] }, 'a 300; 300; 700'],
    ['at most the ceiling', { holdings: [holding('a', 3_000n)] }, 'a 1000; 1000; 0'],
    ['less what is committed', { committed: 900n, holdings: [holding('a', 300n)] }, 'a 100; 100; 0'],
    [
      'less what is satisfied',
      { money: { ceiling: 1_000n, collected: 0n, satisfied: 950n }, holdings: [holding('a', 300n)] },
      'a 50; 50; 0',
    ],
    ['nothing when all is committed', { committed: 1_000n, holdings: [holding('a', 300n)] }, '; 0; 0'],
    ['an amount below the room', { amount: 200n, holdings: [holding('a', 300n)] }, 'a 200; 200; 0'],
    ['an amount above the room is cut to it', { amount: 2_000n, committed: 700n, holdings: [holding('a', 250n)] }, 'a 250; 250; 50'],
    ['the larger account first', { amount: 500n, holdings: [holding('a', 300n), holding('b', 400n)] }, 'b 400, a 100; 500; 0'],
    ['equal ones by id', { amount: 500n, holdings: [holding('b', 400n), holding('a', 400n)] }, 'a 400, b 100; 500; 0'],
    ['equal ones by id, the other way round', { amount: 500n, holdings: [holding('a', 400n), holding('b', 400n)] }, 'a 400, b 100; 500; 0'],
    [
      'deposits before products',
      { amount: 500n, holdings: [holding('a', 900n, { property: 'other' }), holding('b', 100n)] },
      'b 100, a 400; 500; 0',
    ],
    [
      'unrestricted products before restricted deposits',
      { amount: 500n, holdings: [holding('a', 900n, { restriction: restriction({}) }), holding('b', 100n, { property: 'other' })] },
      'b 100, a 400; 500; 0',
    ],
    ['nothing of exempt money', { holdings: [holding('a', 900n, { restriction: restriction({ freeze: 'no' }) })] }, '; 0; 1000'],
    [
      'above the reserve of the bank',
      { holdings: [holding('a', 900n, { restriction: restriction({ reserve: 600n }) })] },
      'a 300; 300; 700',
    ],
    ['a reserve above what is available', { holdings: [holding('a', 500n, { restriction: restriction({ reserve: 600n }) })] }, '; 0; 1000'],
    [
      'what may be frozen freely, whatever its reserve',
      { holdings: [holding('a', 900n, { restriction: restriction({ freeze: 'yes', reserve: 600n }) })] },
      'a 900; 900; 100',
    ],
    ["an officer's reserve on a free account", { holdings: [holding('a', 900n)], reserves: new Map([['a', 850n]]) }, 'a 50; 50; 950'],
    [
      "an officer's larger reserve",
      { holdings: [holding('a', 900n, { restriction: restriction({ reserve: 600n }) })], reserves: new Map([['a', 700n]]) },
      'a 200; 200; 800',
    ],
    [
      "an officer's smaller reserve does not lower the bank's",
      { holdings: [holding('a', 900n, { restriction: restriction({ reserve: 600n }) })], reserves: new Map([['a', 100n]]) },
      'a 300; 300; 700',
    ],
    ['another holding is not reserved for', { holdings: [holding('a', 900n)], reserves: new Map([['b', 850n]]) }, 'a 900; 900; 100'],
    ['nothing behind a priority right', { holdings: [holding('a', 900n, { priorityRight: true })] }, '; 0; 1000'],
    ['nothing in another currency', { holdings: [holding('a', 900n, { currency: 'USD' })] }, '; 0; 1000'],
    ['less what is being frozen already', { holdings: [holding('a', 900n, { openFreezes: 850n })] }, 'a 50; 50; 950'],
    [
      'within the liability of a debtor, over all his holdings',
      {
        holdings: [holding('a', 400n), holding('b', 300n), holding('c', 50n, { debtorId: 'debtor-2' })],
        debtorRooms: new Map([['debtor-1', 500n]]),
      },
      'a 400, b 100, c 50; 550; 450',
    ],
    ['nothing of a debtor without room', { holdings: [holding('a', 400n)], debtorRooms: new Map([['debtor-1', -1n]]) }, '; 0; 1000'],
  ])('%s', (_name, over, expected) => expect(told(over)).toBe(expected));

  it('plans step 7 of the worked example before it is raised by hand', () => {
    const plan = freezePlan(
      facts({
        money: { ceiling: 18_919_750n, collected: 0n, satisfied: 0n },
        holdings: [
          holding('hubeibank', 6_231_045n),
          holding('hankoubank', 4_000_000n),
          holding('wrcb', 8_098_400n, { property: 'other' }),
          holding('hbrcu', 512_033n, { restriction: restriction({}) }),
        ],
        reserves: new Map([['hbrcu', 312_033n]]),
      }),
    );
    expect(plan.lines.map((line) => line.amount)).toEqual([6_231_045n, 4_000_000n, 8_098_400n, 200_000n]);
    expect(plan).toMatchObject({ total: 18_529_445n, uncovered: 390_305n });
  });

  it('never exceeds the room of the case, of a debtor or of a holding, and accounts for every fen', () => {
    const amount = fc.bigInt({ min: 0n, max: 300n });
    const anyHolding = fc.record({
      available: amount,
      openFreezes: amount,
      reserve: amount,
      debtor: fc.constantFrom('debtor-1', 'debtor-2'),
    });
    fc.assert(
      fc.property(fc.array(anyHolding, { maxLength: 8 }), amount, amount, amount, (rows, ceiling, committed, debtorRoom) => {
        const holdings = rows.map((row, i) => holding(`h${i}`, row.available, { debtorId: row.debtor, openFreezes: row.openFreezes }));
        const all = facts({
          money: { ceiling, collected: 0n, satisfied: 0n },
          committed,
          holdings,
          debtorRooms: new Map([['debtor-1', debtorRoom]]),
          reserves: new Map(rows.map((row, i) => [`h${i}`, row.reserve])),
        });
        const plan = freezePlan(all);
        const room = ceiling > committed ? ceiling - committed : 0n;
        expect(plan.total + plan.uncovered).toBe(room);
        expect(plan.total).toBe(sumMinor(plan.lines.map((line) => line.amount)));
        const byHolding = new Map(plan.lines.map((line) => [line.holdingId, line.amount]));
        for (const one of holdings) expect((byHolding.get(one.id) ?? 0n) <= plannable(all, one)).toBe(true);
        const ofCapped = holdings.filter((one) => one.debtorId === 'debtor-1').map((one) => byHolding.get(one.id) ?? 0n);
        expect(sumMinor(ofCapped) <= debtorRoom).toBe(true);
      }),
    );
  });
});
