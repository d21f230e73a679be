import { describe, expect, it } from '@jest/globals';
import { policy, rawPolicy } from './fixtures/facts.js';
import {
  type RestrictionFacts,
  type RestrictionStatement,
  deductibleOf,
  freezableOf,
  isExempt,
  parsePolicy,
  permissionOf,
  propertyOf,
  restrictionOf,
} from './index.js';

describe('restricted money (R24)', () => {
  it('takes every rule of the table', () => {
    const rules = [...policy.restrictedKinds.keys()].map((code) => {
      const { freeze, deduct } = restrictionOf(policy, 'current', { code }) ?? { freeze: '', deduct: '' };
      return `${code} ${freeze}/${deduct}`;
    });
    expect(rules).toEqual([
      'living-necessities above-reserve/above-reserve',
      'wages above-reserve/above-reserve',
      'migrant-workers-wages no/no',
      'wage-guarantee no/no',
      'social-insurance no/no',
      'laid-off-workers no/no',
      'party-dues no/no',
      'union-funds no/no',
      'presale-supervision yes/no',
      'letter-of-credit-margin yes/no',
      'acceptance-margin yes/no',
      'margin yes/no',
      'pledge yes/no',
      'central-bank-reserve no/no',
      'treasury no/no',
      'trust-property no/no',
      'bankruptcy-estate no/no',
    ]);
  });

  const wages = '民事诉讼法第254条：应保留被执行人及其所扶养家属的生活必需费用';
  it.each<[string, string, RestrictionStatement | undefined, RestrictionFacts | undefined]>([
    ['a free account', 'current', undefined, undefined],
    ['an account of a kind that policy does not know', 'crypto', undefined, undefined],
    ['a statement without a code', 'current', { reserve: 5n }, undefined],
    [
      'a kind that carries a restriction',
      'wages',
      undefined,
      { code: 'wages', freeze: 'above-reserve', deduct: 'above-reserve', reserve: 0n, basis: wages },
    ],
    [
      'a reserve that the bank states for such a kind',
      'wages',
      { reserve: 5n },
      { code: 'wages', freeze: 'above-reserve', deduct: 'above-reserve', reserve: 5n, basis: wages },
    ],
    [
      'the bank’s code before the kind’s',
      'wages',
      { code: 'treasury' },
      { code: 'treasury', freeze: 'no', deduct: 'no', reserve: 0n, basis: '国库款依法不得查控' },
    ],
    [
      'a stricter word of the bank',
      'wages',
      { freeze: 'no' },
      { code: 'wages', freeze: 'no', deduct: 'above-reserve', reserve: 0n, basis: wages },
    ],
    [
      'a softer word of the bank',
      'current',
      { code: 'pledge', deduct: 'yes', freeze: 'above-reserve', basis: '质押合同' },
      { code: 'pledge', freeze: 'above-reserve', deduct: 'no', reserve: 0n, basis: '质押合同' },
    ],
    [
      'an unknown code with no word',
      'current',
      { code: 'new-kind' },
      { code: 'new-kind', freeze: 'no', deduct: 'no', reserve: 0n, basis: '' },
    ],
    [
      'an unknown code with the bank’s word',
      'current',
      { code: 'new-kind', freeze: 'yes', deduct: 'above-reserve', reserve: 7n },
      { code: 'new-kind', freeze: 'yes', deduct: 'above-reserve', reserve: 7n, basis: '' },
    ],
  ])('%s', (_name, kind, stated, expected) => expect(restrictionOf(policy, kind, stated)).toEqual(expected));

  it('falls back to the reserve of policy', () => {
    const raw = structuredClone(rawPolicy) as { restrictedKinds: { wages: Record<string, unknown> } };
    raw.restrictedKinds.wages['reserve'] = '10.00';
    expect(restrictionOf(parsePolicy(raw), 'wages')?.reserve).toBe(1_000n);
    expect(restrictionOf(parsePolicy(raw), 'wages', { reserve: 3n })?.reserve).toBe(3n);
  });

  const rule = (freeze: RestrictionFacts['freeze'], deduct: RestrictionFacts['deduct']): RestrictionFacts => ({
    code: '',
    freeze,
    deduct,
    reserve: 30n,
    basis: '',
  });
  it.each([
    [undefined, 100n, 100n],
    [rule('yes', 'no'), 100n, 0n],
    [rule('no', 'yes'), 0n, 100n],
    [rule('above-reserve', 'above-reserve'), 70n, 70n],
  ])('%j lets %s be frozen and %s be deducted of 100', (restriction, freezable, deductible) => {
    expect([freezableOf(100n, restriction), deductibleOf(100n, restriction)]).toEqual([freezable, deductible]);
  });

  it('leaves nothing above a reserve that is larger than the money', () => {
    expect([freezableOf(20n, rule('above-reserve', 'yes')), deductibleOf(20n, rule('yes', 'above-reserve'))]).toEqual([0n, 0n]);
  });

  it('calls exempt only what may be neither frozen nor deducted', () => {
    expect([isExempt(rule('no', 'no')), isExempt(rule('yes', 'no')), isExempt(rule('no', 'yes'))]).toEqual([true, false, false]);
  });

  it('reads a permission, and takes an unknown word for the strictest', () => {
    expect(['no', 'yes', 'above-reserve', 'free'].map(permissionOf)).toEqual(['no', 'yes', 'above-reserve', 'no']);
  });

  it('takes an unknown account kind for a deposit, which has the shortest term', () => {
    expect(['wealth-product', 'savings', 'crypto'].map((kind) => propertyOf(policy, kind))).toEqual(['other', 'deposit', 'deposit']);
  });
});
