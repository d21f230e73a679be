import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemEntropy } from '#kernel';
import { BlindIndex, commitment, newSalt, normaliseForSearch, Pseudonyms } from './index.js';

const source = { root: () => Buffer.alloc(32, 5) };
const index = new BlindIndex(source);

describe('blind index', () => {
  it('is HMAC-SHA-256 of the normalised value under its own key', () => {
    expect(index.of('id-number', ' 42010619880312123x ')).toBe('3da46a2b9c57932658367e7f5c68273f');
  });

  it.each([
    ['account', '6222 0212 3456', '62220212345６'],
    ['id-number', '４２０１０６', '420106'],
    ['case-number', '（2026）鄂0106执1234号', '(2026)鄂0106执 1234号'],
    ['name', ' ACME  co.', 'acme CO.'],
    ['phone', '138 1234 5678', '13812345678'],
  ] as const)('finds %s %j as %j', (domain, a, b) => expect(index.of(domain, a)).toBe(index.of(domain, b)));

  it('keeps names apart that differ by a space only inside numbers', () => {
    expect(normaliseForSearch('name', 'LI MING')).toBe('LI MING');
    expect(index.of('name', 'LI MING')).not.toBe(index.of('name', 'LIMING'));
  });

  it('tells nothing across domains or keys', () => {
    expect(index.of('id-number', '420106')).not.toBe(index.of('account', '420106'));
    expect(index.of('account', '420106')).not.toBe(new BlindIndex({ root: () => Buffer.alloc(32, 6) }).of('account', '420106'));
  });

  it('is stable under its own normal form', () => {
    fc.assert(
      fc.property(fc.constantFrom('account' as const, 'name' as const), fc.string({ unit: 'binary' }), (domain, text) => {
        const once = normaliseForSearch(domain, text);
        return normaliseForSearch(domain, once) === once;
      }),
      // A Greek letter whose upper case is in two parts.
      { numRuns: 2_000, examples: [['account', '\u1fe2']] },
    );
  });
});

describe('pseudonyms', () => {
  const pseudonyms = new Pseudonyms(source);

  it('are keyed by year and kind', () => {
    expect(pseudonyms.of(2026, 'actor', 'u-1')).toBe('252cfa62122c9d7f3327086b64df2297');
    const all = [
      pseudonyms.of(2026, 'actor', 'u-1'),
      pseudonyms.of(2027, 'actor', 'u-1'),
      pseudonyms.of(2026, 'case', 'u-1'),
      pseudonyms.of(2026, 'actor', 'u-2'),
    ];
    expect(new Set(all).size).toBe(4);
    expect(pseudonyms.of(2026, 'actor', 'u-1')).toBe(all[0]);
  });

  it('refuses a year that is none', () => expect(() => pseudonyms.of(NaN, 'actor', 'u-1')).toThrow('no pseudonyms'));
});

describe('commitments', () => {
  it('are SHA-256 over the salt and the digest of the content', () => {
    expect(commitment(Buffer.alloc(32, 9), Buffer.from('冻结')).toString('hex')).toBe(
      'aaae84d6019df4c56a7f0816f3489b4e355cb96dbb560cbbb650f5562f91107f',
    );
  });

  it('take salts of 32 bytes only', () => {
    expect(newSalt(systemEntropy).length).toBe(32);
    expect(() => commitment(Buffer.alloc(31), Buffer.alloc(0))).toThrow('32 bytes');
  });
});
