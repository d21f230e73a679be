import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, isOpenAt, opensAt, parseInstant } from '#kernel';
import { businessPeriodOf, businessPeriodsBetween } from './business-periods.js';
import { ProfileReader } from './profile-reader.js';
import { readServiceHours, type ServiceHours } from './service-hours.js';

const WORKING = ['08:30-12:00', '13:30-17:30'];
const SERVICE = {
  timeZone: 'Asia/Shanghai',
  hours: { mon: WORKING, tue: WORKING, wed: WORKING, thu: WORKING, fri: WORKING, sat: ['09:00-24:00'] },
  holidays: ['2026-10-01', '2026-10-02'],
  workdays: { '2026-10-10': ['08:30-17:30'], '2026-10-11': ['00:00-00:30'] },
};

function read(raw: unknown): ServiceHours {
  const reader = new ProfileReader();
  const hours = readServiceHours(reader, raw);
  reader.done('the bank profile');
  return hours;
}

/** A time in Asia/Shanghai. */
const at = (text: string): number => parseInstant(`${text}:00+08:00`);

describe('the service hours of a bank', () => {
  const hours = read(SERVICE);

  it.each([
    ['2026-03-10T08:29', false, '2026-03-10T08:30', 'a Tuesday, before it opens'],
    ['2026-03-10T08:30', true, '2026-03-10T08:30', 'its first minute'],
    ['2026-03-10T12:00', false, '2026-03-10T13:30', 'the break'],
    ['2026-03-10T17:30', false, '2026-03-11T08:30', 'after it has shut'],
    ['2026-03-14T23:59', true, '2026-03-14T23:59', 'the last minute of a Saturday'],
    ['2026-03-15T00:00', false, '2026-03-16T08:30', 'a Sunday'],
    ['2026-10-01T10:00', false, '2026-10-03T09:00', 'a holiday, and the one after it'],
    ['2026-10-10T08:45', true, '2026-10-10T08:45', 'a Saturday that is worked by other hours'],
    ['2026-10-11T00:10', true, '2026-10-11T00:10', 'a Sunday that is worked'],
  ])('at %s open is %s, and it opens at %s: %s', (time, isOpen, opens) => {
    expect(isOpenAt(hours, at(time))).toBe(isOpen);
    expect(opensAt(hours, at(time))).toBe(at(opens));
  });

  it('is open at the next opening, and at no minute before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 1_440 }), (minutes) => {
        const now = at('2026-01-01T00:00') + minutes * 60_000;
        const next = opensAt(hours, now) ?? NaN;
        expect(isOpenAt(hours, next)).toBe(true);
        for (let minute = now; minute < next; minute += 600_000) expect(isOpenAt(hours, minute)).toBe(false);
      }),
    );
  });

  it.each([
    ['2026-03-10', '2026-03-10', '2026-03-10', 'a Tuesday'],
    ['2026-03-15', '2026-03-15', '2026-03-16', 'a Sunday belongs to the Monday'],
    ['2026-03-16', '2026-03-15', '2026-03-16', 'and the Monday has it'],
    ['2026-10-01', '2026-10-01', '2026-10-03', 'two holidays belong to the Saturday after them'],
    ['2026-10-11', '2026-10-11', '2026-10-11', 'a Sunday that is worked'],
  ])('%s belongs to the business days %s to %s: %s', (day, from, to) => {
    expect(businessPeriodOf(hours, day)).toEqual({ from, to });
  });

  it('has a business day every day without hours', () => {
    expect(businessPeriodOf(undefined, '2026-03-15')).toEqual({ from: '2026-03-15', to: '2026-03-15' });
  });

  it('has each day in exactly one business day, also around a far opening', () => {
    const week = Array.from({ length: 7 }, () => []);
    const rare = { week, days: new Map([['2026-07-01', [{ fromMinute: 0, toMinute: 1 }]]]) };
    fc.assert(
      fc.property(fc.constantFrom(hours, rare), fc.integer({ min: 0, max: 400 }), (calendar, away) => {
        const day = addDays('2026-01-01', away);
        const period = businessPeriodOf(calendar, day);
        expect(period.from <= day && day <= period.to).toBe(true);
        for (let inside = period.from; inside <= period.to; inside = addDays(inside, 1)) {
          expect(businessPeriodOf(calendar, inside)).toEqual(period);
        }
      }),
    );
  });

  it.each([
    ['2026-03-12', '2026-03-13', 9, '2026-03-13..2026-03-13', 'the day that has ended'],
    ['2026-03-13', '2026-03-13', 9, '', 'nothing new'],
    ['2026-03-14', '2026-03-15', 9, '', 'a Sunday alone has no business day yet'],
    ['2026-03-13', '2026-03-16', 9, '2026-03-14..2026-03-14 2026-03-15..2026-03-16', 'over a Sunday'],
    ['2026-03-01', '2026-03-13', 2, '2026-03-02..2026-03-12 2026-03-13..2026-03-13', 'more than are made at once: the first has the rest'],
    ['2026-03-15', '2026-03-16', 9, '2026-03-16..2026-03-16', 'begun on a Sunday'],
  ])('after %s and through %s, at most %s, there are %s: %s', (after, through, max, expected) => {
    const found = businessPeriodsBetween(hours, after, through, max);
    expect(found.map(({ from, to }) => `${from}..${to}`).join(' ')).toBe(expected);
  });

  it('has no opening to name where only one far day is worked', () => {
    const week = Array.from({ length: 7 }, () => []);
    expect(opensAt({ week, days: new Map([['2027-01-01', [{ fromMinute: 0, toMinute: 1 }]]]) }, at('2026-01-01T00:00'))).toBeUndefined();
  });

  it.each([
    [{ ...SERVICE, timeZone: 'UTC' }, '/service/timeZone'],
    [{ ...SERVICE, hours: {} }, '/service/hours'],
    [{ ...SERVICE, hours: { ...SERVICE.hours, sunday: WORKING } }, '/service/hours/sunday'],
    [{ ...SERVICE, hours: { mon: ['8:30-17:00'] } }, '/service/hours/mon/0'],
    [{ ...SERVICE, hours: { mon: ['17:00-08:30'] } }, '/service/hours/mon/0'],
    [{ ...SERVICE, hours: { mon: ['08:00-24:01'] } }, '/service/hours/mon/0'],
    [{ ...SERVICE, hours: { mon: ['08:00-12:00', '11:00-17:00'] } }, '/service/hours/mon'],
    [{ ...SERVICE, holidays: ['2026-02-30'] }, '/service/holidays/0'],
    [{ ...SERVICE, holidays: ['2026-10-01', '2026-10-01'] }, '/service/holidays/1'],
    [{ ...SERVICE, workdays: { '2026-10-01': WORKING } }, '/service/workdays/2026-10-01'],
    [{ ...SERVICE, workdays: ['2026-10-10'] }, '/service/workdays'],
    [{ ...SERVICE, urgent: true }, '/service/urgent'],
    ['always', '/service'],
  ])('refuses %j, naming %s', (raw, pointer) => {
    expect(() => read(raw)).toThrow(
      expect.objectContaining({ code: 'invalid-configuration', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
    );
  });
});
