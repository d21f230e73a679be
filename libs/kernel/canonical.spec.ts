import { describe, expect, it } from '@jest/globals';
import canonicalizeModule from 'canonicalize';
import fc from 'fast-check';
import { canonicalBytes, type CanonicalValue } from './canonical.js';

// The package is CommonJS with the function as its whole export, which its type declarations do not say.
const oracle = canonicalizeModule as unknown as (value: unknown) => string;
const textOf = (value: unknown): string => canonicalBytes(value as CanonicalValue).toString('utf8');

describe('canonical JSON', () => {
  it('is what another implementation of RFC 8785 makes of any value, and reads back as that value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
        expect(textOf(value)).toBe(oracle(value));
        // JSON knows one zero.
        expect(JSON.stringify(JSON.parse(textOf(value)))).toBe(JSON.stringify(JSON.parse(oracle(value))));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      'sorts members by UTF-16 code units',
      { b: 1, a: 2, '\u20ac': 3, '\ud83d\ude00': 4, '\ufb33': 5, '': 6 },
      '{"":6,"a":2,"b":1,"\u20ac":3,"\ud83d\ude00":4,"\ufb33":5}',
    ],
    ['leaves undefined members out', { a: undefined, b: [], c: {} }, '{"b":[],"c":{}}'],
    ['writes numbers as ECMAScript does', [-0, 1e21, 1e-7, 0.1, 9_007_199_254_740_991], '[0,1e+21,1e-7,0.1,9007199254740991]'],
    ['escapes only what must be escaped', '"\\\u0007\n/\u2028é', '"\\"\\\\\\u0007\\n/\u2028é"'],
    ['knows null and truth', [null, true, false], '[null,true,false]'],
  ])('%s', (_, value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it.each([
    ['nothing', undefined],
    ['a bigint', 1n],
    ['not a number', NaN],
    ['infinity', [Infinity]],
    ['a hole', [undefined]],
    ['a function', { f: () => 1 }],
  ])('refuses %s', (_, value) => {
    expect(() => textOf(value)).toThrow('canonical');
  });
});
