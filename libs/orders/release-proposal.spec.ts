import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumMinor } from '#kernel';
import { type ProposalMeasure, boundBy, releaseProposal } from './index.js';

const measure = (id: string, limit: bigint, covered: bigint, over: Partial<ProposalMeasure> = {}): ProposalMeasure => ({
  id,
  status: 'in-force',
  limit,
  covered,
  openedAt: 1,
  rank: 1,
  openDeducts: 0n,
  openReleases: 0n,
  ...over,
});
const money = (ceiling: bigint, collected = 0n, satisfied = 0n) => ({ ceiling, collected, satisfied });

/** `id-amount>newLimit …; total; remaining` */
function told(...args: Parameters<typeof releaseProposal>): string {
  const { lines, total, remaining } = releaseProposal(...args);
  return `${lines.map((line) => `${line.measureId}-${line.amount}>${line.newLimit}`).join(' ')}; ${total}; ${remaining}`;
}

describe('the release that a falling debt asks for (R19, I7)', () => {
  it.each([
    ['no excess', money(500n), [measure('a', 500n, 500n)], '; 0; 0'],
    ['the whole excess from one measure', money(300n), [measure('a', 500n, 500n)], 'a-200>300; 200; 0'],
    ['a measure that falls to nothing', money(0n), [measure('a', 500n, 500n)], 'a-500>0; 500; 0'],
    ['uncovered before covered', money(850n), [measure('a', 500n, 350n), measure('b', 500n, 500n, { openedAt: 2 })], 'a-150>350; 150; 0'],
    [
      'uncovered first, then covered of the newest',
      money(700n),
      [measure('a', 500n, 400n), measure('b', 500n, 500n, { openedAt: 2 })],
      'b-200>300 a-100>400; 300; 0',
    ],
    ['the newest first', money(900n), [measure('a', 500n, 500n), measure('b', 500n, 500n, { openedAt: 2 })], 'b-100>400; 100; 0'],
    ['of equal age the later rank', money(900n), [measure('a', 500n, 500n, { rank: 2 }), measure('b', 500n, 500n)], 'a-100>400; 100; 0'],
    ['of equal age and rank the larger id', money(900n), [measure('b', 500n, 500n), measure('a', 500n, 500n)], 'b-100>400; 100; 0'],
    ['the same, the other way round', money(900n), [measure('a', 500n, 500n), measure('b', 500n, 500n)], 'b-100>400; 100; 0'],
    [
      'what a bank holds above the limit goes first',
      money(1_000n),
      [measure('a', 400n, 500n), measure('b', 600n, 500n, { openedAt: 2 })],
      'a-100>400; 100; 0',
    ],
    [
      'no measure with an open deduct',
      money(600n),
      [measure('a', 500n, 500n), measure('b', 500n, 500n, { openedAt: 2, openDeducts: 1n })],
      'a-400>100; 400; 0',
    ],
    [
      'no measure with an open release, which counts as done',
      money(600n),
      [measure('a', 500n, 500n), measure('b', 500n, 500n, { openReleases: 300n })],
      'a-100>400; 100; 0',
    ],
    [
      'an open release of more than is bound counts only what is bound',
      money(600n),
      [measure('a', 900n, 500n), measure('b', 100n, 100n, { openReleases: 300n })],
      'a-300>600; 300; 0',
    ],
    [
      'a release under way that is enough',
      money(600n),
      [measure('a', 500n, 500n), measure('b', 500n, 500n, { openReleases: 400n })],
      '; 0; 0',
    ],
    [
      'nothing from measures that wait or are over',
      money(0n),
      [measure('a', 5n, 0n, { status: 'waiting' }), measure('b', 5n, 5n, { status: 'expired' })],
      '; 0; 0',
    ],
    [
      'the one in force, not a newer one that waits',
      money(0n),
      [measure('a', 5n, 5n), measure('b', 5n, 0n, { status: 'waiting', openedAt: 2 })],
      'a-5>0; 5; 0',
    ],
    ['excess that is collected already remains', money(100n, 300n), [measure('a', 50n, 50n)], 'a-50>0; 50; 200'],
    ['satisfactions count', money(500n, 0n, 100n), [measure('a', 500n, 500n)], 'a-100>400; 100; 0'],
  ])('%s', (_name, facts, measures, expected) => expect(told(facts, measures)).toBe(expected));

  it('takes away exactly the excess when nothing is under way, and never more', () => {
    const one = fc.record({
      limit: fc.bigInt({ min: 0n, max: 50n }),
      covered: fc.bigInt({ min: 0n, max: 50n }),
      openedAt: fc.nat(3),
      rank: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 200n }), fc.array(one, { maxLength: 6 }), (ceiling, rows) => {
        const measures = rows.map((row, i) => measure(String(i), row.limit, row.covered, row));
        const bound = sumMinor(measures.map(boundBy));
        const proposal = releaseProposal(money(ceiling), measures);
        expect(proposal.total).toBe(bound > ceiling ? bound - ceiling : 0n);
        expect(proposal.remaining).toBe(0n);
        for (const line of proposal.lines) {
          const target = measures.find(({ id }) => id === line.measureId);
          expect(line.amount > 0n && line.newLimit >= 0n && target !== undefined && line.amount + line.newLimit === boundBy(target)).toBe(
            true,
          );
        }
      }),
    );
  });
});
