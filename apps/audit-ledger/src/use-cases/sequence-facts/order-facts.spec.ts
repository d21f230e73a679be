import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChainHeads } from '../../adapters/store/chain-heads.js';
import type { WaitingFact } from '../../adapters/store/fact-rows.js';
import { orderFacts } from './order-facts.js';

const fact = (chain: string, number: number, over: Partial<WaitingFact> = {}): WaitingFact => ({
  seq: 0,
  chain,
  chain_seq: number,
  prev: number === 1 ? null : `${chain}${number - 1}`,
  leaf_hash: `${chain}${number}`,
  leaf: Buffer.alloc(0),
  ...over,
});
const names = (facts: readonly WaitingFact[]): string[] => facts.map((one) => one.leaf_hash);
const none: ChainHeads = new Map();
const atTwo: ChainHeads = new Map([['a', { seq: 2, leafHash: 'a2' }]]);

describe('the order of facts', () => {
  it.each<[string, readonly WaitingFact[], ChainHeads, { ready?: string[]; held?: string[]; refused?: string[] }]>([
    ['a first fact enters', [fact('a', 1)], none, { ready: ['a1'] }],
    ['facts of a batch follow each other', [fact('a', 1), fact('b', 1), fact('a', 2)], none, { ready: ['a1', 'b1', 'a2'] }],
    ['a fact goes on from an earlier batch', [fact('a', 3)], atTwo, { ready: ['a3'] }],
    ['a gap is held', [fact('a', 2)], none, { held: ['a2'] }],
    ['what follows a gap is held too', [fact('a', 4), fact('a', 5)], atTwo, { held: ['a4', 'a5'] }],
    ['what comes too early enters behind what it follows', [fact('a', 2), fact('b', 1), fact('a', 1)], none, { ready: ['b1', 'a1', 'a2'] }],
    ['a whole chain may come backwards', [fact('a', 5), fact('a', 4), fact('a', 3)], atTwo, { ready: ['a3', 'a4', 'a5'] }],
    ['only what lies behind a gap is held', [fact('a', 6), fact('a', 4), fact('a', 3)], atTwo, { ready: ['a3', 'a4'], held: ['a6'] }],
    [
      'two versions that come too early are told apart',
      [fact('a', 2), fact('a', 2, { leaf_hash: 'x' }), fact('a', 1)],
      none,
      { ready: ['a1', 'a2'], refused: ['place-taken'] },
    ],
    ['a repetition is refused', [fact('a', 2)], atTwo, { refused: ['repeated'] }],
    ['a repetition in one batch is refused', [fact('a', 1), fact('a', 1)], none, { ready: ['a1'], refused: ['repeated'] }],
    ['a second version of a fact is refused', [fact('a', 2, { leaf_hash: 'x' })], atTwo, { refused: ['place-taken'] }],
    ['a second version of an older fact is refused', [fact('a', 1, { leaf_hash: 'x' })], atTwo, { refused: ['place-taken'] }],
    ['a fact that names another before it is refused', [fact('a', 3, { prev: 'x' })], atTwo, { refused: ['other-predecessor'] }],
    ['a later fact that names none is refused', [fact('a', 3, { prev: null })], atTwo, { refused: ['other-predecessor'] }],
    ['a first fact that names one is refused', [fact('a', 1, { prev: 'x' })], none, { refused: ['other-predecessor'] }],
    [
      'a refused fact does not stop its chain',
      [fact('a', 3, { prev: 'x' }), fact('a', 3)],
      atTwo,
      { ready: ['a3'], refused: ['other-predecessor'] },
    ],
  ])('%s', (_what, waiting, before, expected) => {
    const { ready, held, refused } = orderFacts(waiting, before);
    expect({ ready: names(ready), held: names(held), refused: refused.map((one) => one.reason) }).toEqual({
      ready: [],
      held: [],
      refused: [],
      ...expected,
    });
  });

  it('lets in whole chains in one batch, whatever the order of arrival', () => {
    const all = ['a', 'b', 'c'].flatMap((chain) => [1, 2, 3, 4, 5].map((number) => fact(chain, number)));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        const { ready, held } = orderFacts(arrived, none);
        expect(held).toEqual([]);
        for (const chain of ['a', 'b', 'c'])
          expect(ready.filter((one) => one.chain === chain).map((one) => one.chain_seq)).toEqual([1, 2, 3, 4, 5]);
      }),
    );
  });

  it('holds nothing that the log could take, however the facts are cut into batches', () => {
    const all = ['a', 'b'].flatMap((chain) => [1, 2, 3, 4].map((number) => fact(chain, number)));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), fc.integer({ min: 1, max: 5 }), (arrived, size) => {
        let before: ChainHeads = none;
        let held: readonly WaitingFact[] = [];
        for (let start = 0; start < arrived.length; start += size) {
          const ordered = orderFacts([...held, ...arrived.slice(start, start + size)], before);
          before = new Map([...before, ...ordered.heads]);
          held = ordered.held;
          for (const one of held) expect(one.chain_seq).toBeGreaterThan((before.get(one.chain)?.seq ?? 0) + 1);
        }
        expect(held).toEqual([]);
      }),
    );
  });
});
