import { describe, expect, it } from '@jest/globals';
import { endOfLegalDate } from '#kernel';
import { policy } from './fixtures/facts.js';
import { daysLeft, hasEnded, isTerm, lastDayOf, latestEnd, latestRenewalEnd } from './index.js';

describe('terms (R14, I9)', () => {
  it.each([
    ['2026-03-10', 1, '2027-03-09'],
    ['2026-01-01', 1, '2026-12-31'],
    ['2024-02-29', 1, '2025-02-28'],
    ['2027-03-01', 1, '2028-02-29'],
    ['2023-03-01', 1, '2024-02-29'],
    ['2026-02-28', 1, '2027-02-27'],
    ['2024-02-29', 4, '2028-02-28'],
    ['2026-03-10', 3, '2029-03-09'],
  ])('a term from %s of %i year(s) ends on %s', (from, years, to) => expect(lastDayOf(from, years)).toBe(to));

  it('is a year for deposits, two for movables, three for other property', () => {
    expect(latestEnd(policy, 'deposit', '2026-03-10')).toBe('2027-03-09');
    expect(latestEnd(policy, 'movable', '2026-03-10')).toBe('2028-03-09');
    expect(latestEnd(policy, 'other', '2026-03-10')).toBe('2029-03-09');
  });

  it('renews for a year from the old end, whatever the property', () => {
    expect(latestRenewalEnd(policy, 'deposit', '2027-03-09')).toBe('2028-03-09');
    expect(latestRenewalEnd(policy, 'other', '2027-03-09')).toBe('2028-03-09');
  });

  it('ends at 24:00 of its last day in Shanghai', () => {
    expect(hasEnded('2027-03-09', endOfLegalDate('2027-03-09') - 1)).toBe(false);
    expect(hasEnded('2027-03-09', endOfLegalDate('2027-03-09'))).toBe(true);
    expect(endOfLegalDate('2027-03-09')).toBe(Date.parse('2027-03-09T16:00:00Z'));
  });

  it('counts the days that are left', () => {
    expect([daysLeft('2027-03-09', '2027-03-07'), daysLeft('2027-03-09', '2027-03-09'), daysLeft('2027-03-09', '2027-03-10')]).toEqual([
      2, 0, -1,
    ]);
  });

  it('may be one day long and not less', () => {
    expect([isTerm({ from: '2026-01-02', to: '2026-01-02' }), isTerm({ from: '2026-01-02', to: '2026-01-01' })]).toEqual([true, false]);
  });
});
