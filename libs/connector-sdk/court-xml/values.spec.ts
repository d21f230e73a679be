import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantText, MINOR_MAX, moneyJson } from '#kernel';
import { courtTime, currencyNumber, currencyOfNumber, dayOf, moneyOf, NotReadable, timeOf, wholeNumber, xmlElement } from './index.js';

const of = (value: string) => xmlElement('x', { A: value });

describe('times and days', () => {
  it('are written in Asia/Shanghai with 19 or 23 characters', () => {
    expect(courtTime('2026-03-10T16:52:04.120Z')).toBe('2026-03-11 00:52:04');
    expect(courtTime('2026-03-10T03:52:04.120Z', 'milliseconds')).toBe('2026-03-10 11:52:04.120');
  });

  it('are read back to the millisecond', () => {
    const instant = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) }).map(instantText);
    fc.assert(fc.property(instant, (at) => expect(timeOf(of(courtTime(at, 'milliseconds')), 'A')).toBe(at)));
  });

  it.each([
    ['2026-03-10', '2026-03-09T16:00:00.000Z', '2026-03-10'],
    ['2026-03-10 00:00:00', '2026-03-09T16:00:00.000Z', '2026-03-10'],
    ['2026-03-10 23:59:59', '2026-03-10T15:59:59.000Z', '2026-03-10'],
    [' 2026-03-10 ', '2026-03-09T16:00:00.000Z', '2026-03-10'],
    ['', undefined, undefined],
  ])('%j is the moment %s and the day %s', (text, moment, day) => {
    expect([timeOf(of(text), 'A'), dayOf(of(text), 'A')]).toEqual([moment, day]);
  });

  it.each(['2026-02-30', '2026-3-10', '20260310', '2026-03-10T11:52:04', '2026-03-10 24:60:00', '2026-03-10 11:52', 'now'])(
    '%j is neither',
    (text) => expect(() => timeOf(of(text), 'A')).toThrow(NotReadable),
  );
});

describe('money', () => {
  it('is read exactly as it was written', () => {
    const minor = fc.bigInt({ min: -MINOR_MAX, max: MINOR_MAX });
    fc.assert(
      fc.property(minor, fc.constantFrom('CNY', 'JPY', 'USD'), (value, currency) => {
        const money = moneyJson(value, currency);
        expect(moneyOf(of(money.amount), 'A', currency)).toEqual(money);
      }),
    );
  });

  it.each([
    ['1', 'CNY', '1.00'],
    ['1.5', 'CNY', '1.50'],
    ['1.5000', 'CNY', '1.50'],
    ['1200.00', 'JPY', '1200'],
    ['-0.50', 'CNY', '-0.50'],
  ])('%s %s is %s', (text, currency, amount) => expect(moneyOf(of(text), 'A', currency)).toEqual({ amount, currency }));

  it.each(['1.005', '1,000.00', '1e3', '+1', '.5', '--1', '0x1', '１', '100000000000.00', '1200.5 JPY'])('%s is no amount', (text) =>
    expect(() => moneyOf(of(text), 'A', 'CNY')).toThrow(NotReadable),
  );

  it('is in any currency of ISO 4217, also in those that the list of 2016 leaves out', () => {
    expect(['CNY', 'USD', 'EUR', 'GBP', 'HKD', 'AUD'].map(currencyNumber)).toEqual(['156', '840', '978', '826', '344', '036']);
    expect([currencyOfNumber('840'), currencyOfNumber('040'), currencyNumber('XXX')]).toEqual(['USD', undefined, undefined]);
  });
});

describe('whole numbers', () => {
  it.each(['', '0', '01', '-1', '1.0', '1e1', '9999999999'])('%j is none from 1', (text) =>
    expect(() => wholeNumber(of(text), 'A', 1)).toThrow(NotReadable),
  );
});
