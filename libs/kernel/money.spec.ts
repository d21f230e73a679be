import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AppError,
  decimalsOf,
  formatAmount,
  isCurrency,
  maxMinor,
  MINOR_MAX,
  minMinor,
  moneyJson,
  parseAmount,
  sumMinor,
} from './index.js';

/** What an amount is refused with: the code that callers rely on and the text that a person reads. */
function refusal(text: string, currency?: string): { code: string; message: string } {
  try {
    parseAmount(text, currency);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('money', () => {
  it.each([
    ['66213.50', 6_621_350n],
    ['0.01', 1n],
    ['0.1', 10n],
    ['7', 700n],
    ['0', 0n],
    ['99999999999.99', MINOR_MAX],
  ])('reads %s exactly', (text, minor) => expect(parseAmount(text)).toBe(minor));

  it.each(['', '-1', '+1', '1.', '.5', '1.005', '01', '1e3', '1,000.00', ' 1', '1 ', '١', 'NaN', '1000000000000000', 'x'.repeat(100)])(
    'refuses %j, naming at most forty characters of it',
    (text) =>
      expect(refusal(text)).toEqual({ code: 'invalid', message: `"${text.slice(0, 40)}" is not an amount with at most 2 decimals` }),
  );

  it('refuses what no bank can carry', () =>
    expect(refusal('100000000000.00')).toEqual({
      code: 'invalid',
      message: 'amount 100000000000.00 is above the largest one that banks can carry',
    }));

  it('has no decimals in yen and won', () => {
    expect(parseAmount('1200', 'JPY')).toBe(1200n);
    expect(refusal('1200.5', 'JPY').message).toContain('at most 0 decimals');
    expect(formatAmount(1200n, 'JPY')).toBe('1200');
    expect(formatAmount(-5n, 'KRW')).toBe('-5');
    expect([decimalsOf('JPY'), decimalsOf('KRW'), decimalsOf('CNY'), decimalsOf('USD')]).toEqual([0, 0, 2, 2]);
  });

  it.each([
    [0n, '0.00'],
    [5n, '0.05'],
    [10n, '0.10'],
    [100n, '1.00'],
    [-1n, '-0.01'],
    [-105n, '-1.05'],
  ])('writes %s as %s', (minor, text) => {
    expect(formatAmount(minor)).toBe(text);
    expect(moneyJson(minor)).toEqual({ amount: text, currency: 'CNY' });
  });

  it('names the currency on the wire', () => expect(moneyJson(3n, 'JPY')).toEqual({ amount: '3', currency: 'JPY' }));

  it('reads back what it wrote', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: MINOR_MAX }), (minor) => parseAmount(formatAmount(minor)) === minor));
  });

  it('adds up, and finds the smaller and the larger', () => {
    expect(sumMinor([])).toBe(0n);
    expect(sumMinor([1n, 20n, -300n])).toBe(-279n);
    expect([minMinor(1n, 2n), minMinor(2n, 1n), maxMinor(1n, 2n), maxMinor(2n, 1n)]).toEqual([1n, 1n, 2n, 2n]);
  });

  it.each([
    ['CNY', true],
    ['cny', false],
    ['CNYX', false],
    ['XCNY', false],
    ['CN', false],
    ['', false],
  ])('knows the form of a currency code: %j is %s', (text, is) => expect(isCurrency(text)).toBe(is));
});
