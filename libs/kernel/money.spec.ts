import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, formatAmount, MINOR_MAX, parseAmount } from './index.js';

describe('money', () => {
  it.each([
    ['66213.50', 6_621_350n],
    ['0.01', 1n],
    ['7', 700n],
    ['99999999999.99', MINOR_MAX],
  ])('reads %s exactly', (text, minor) => expect(parseAmount(text)).toBe(minor));

  it.each(['', '-1', '+1', '1.', '.5', '1.005', '01', '1e3', '1,000.00', ' 1', '١', '100000000000.00', 'NaN'])('refuses %j', (text) =>
    expect(() => parseAmount(text)).toThrow(AppError),
  );

  it('has no decimals in yen', () => {
    expect(parseAmount('1200', 'JPY')).toBe(1200n);
    expect(() => parseAmount('1200.5', 'JPY')).toThrow(AppError);
  });

  it('reads back what it wrote', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: MINOR_MAX }), (minor) => parseAmount(formatAmount(minor)) === minor));
  });

  it('keeps the sign of a difference', () => expect(formatAmount(-105n)).toBe('-1.05'));
});
