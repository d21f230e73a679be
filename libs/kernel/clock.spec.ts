import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addYears,
  AppError,
  daysBetween,
  endOfLegalDate,
  instantText,
  isId,
  isLegalDate,
  legalDateOf,
  newId,
  parseDuration,
  parseInstant,
  parseStrictJson,
  Recurring,
  startOfLegalDate,
  SystemClock,
  systemEntropy,
} from './index.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('legal days', () => {
  it.each([
    ['2026-03-10T15:59:59.999Z', '2026-03-10'],
    ['2026-03-10T16:00:00.000Z', '2026-03-11'],
    ['2025-12-31T16:00:00.000Z', '2026-01-01'],
  ])('%s is in %s in Shanghai', (text, date) => expect(legalDateOf(parseInstant(text))).toBe(date));

  it('ends a day at 24:00, the first instant of the next', () => {
    expect(instantText(endOfLegalDate('2027-03-09'))).toBe('2027-03-09T16:00:00.000Z');
    expect(endOfLegalDate('2027-03-09')).toBe(startOfLegalDate('2027-03-10'));
  });

  it.each([
    [addYears('2024-02-29', 1), '2025-02-28'],
    [addMonths('2026-01-31', 1), '2026-02-28'],
    [addYears('2026-03-10', 1), '2027-03-10'],
    [addDays('2026-12-31', 1), '2027-01-01'],
  ])('counts to %s', (date, expected) => expect(date).toBe(expected));

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20260101', '2026-01-01T', ''])('%j is no day', (text) => {
    expect(isLegalDate(text)).toBe(false);
    expect(() => addDays(text, 1)).toThrow(AppError);
  });

  it('goes forth and back', () => {
    const day = fc.integer({ min: 0, max: 30_000 }).map((n) => addDays('1970-01-01', n));
    fc.assert(fc.property(day, fc.integer({ min: -4000, max: 4000 }), (from, n) => daysBetween(from, addDays(from, n)) === n));
  });

  it.each([
    ['P1D', 86_400_000],
    ['PT90M', 5_400_000],
    ['P1DT2H3M4S', 93_784_000],
    ['P2W', 1_209_600_000],
  ])('%s lasts %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['P', 'PT', 'P1Y', 'P1M', '1D', 'P-1D', 'P1.5D', ''])('%j is no duration', (text) =>
    expect(() => parseDuration(text)).toThrow(AppError),
  );

  it.each([
    '2026-03-10',
    '2026-03-10T00:00:00',
    '10/03/2026',
    'now',
    '2026-02-30T00:00:00Z',
    '2026-04-31T10:00:00+08:00',
    '2026-03-10T24:00:00Z',
    '2026-03-10T23:59:60Z',
    '2026-03-10T00:00:00+24:00',
    '9999-12-31T23:59:59-01:00',
  ])('%j is no instant', (text) => expect(() => parseInstant(text)).toThrow(AppError));
});

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, noUnicodeString: false }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice, spelled differently', '{"a":1,"\\u0061":2}'],
    ['a member twice, deep inside', '{"x":[{"b":{"c":1,"c":1}}]}'],
    ['__proto__', '{"__proto__":{}}'],
    ['nesting of 33', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a trailing comma', '{"a":1,}'],
    ['two values', '{} {}'],
    ['an open string', '{"a'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{/**/}'],
    ['a number beyond all', '{"a":[-1e400]}'],
    ['a number beyond all, written out', `[1${'0'.repeat(309)}]`],
    ['a number beyond all, by a little', `[${'9'.repeat(250)}e60]`],
  ])('refuses %s', (_, text) => expect(() => parseStrictJson(bytes(text))).toThrow(AppError));

  it('refuses what is not UTF-8', () => expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(AppError));

  it('takes numbers that are merely large', () => {
    expect(parseStrictJson(bytes(`{"a":1e308,"b":"1e400","c":${'9'.repeat(300)}}`))).toEqual({ a: 1e308, b: '1e400', c: 1e300 });
  });

  it('takes equal names in different objects, and braces inside strings', () => {
    expect(parseStrictJson(bytes('{"a":{"a":1},"b":"{\\"a\\":[,","c":["a","a"]}'))).toEqual({ a: { a: 1 }, b: '{"a":[,', c: ['a', 'a'] });
  });
});

describe('the clock', () => {
  it('fires what fell due at a jump, in the order in which it was due, and never goes back', async () => {
    const clock = new SystemClock();
    const fired: string[] = [];
    clock.setTimer(86_400_000, () => fired.push('day'));
    clock.setTimer(3_600_000, () => fired.push('hour'));
    const cancelled = clock.setTimer(60_000, () => fired.push('minute'));
    clock.setRealTimer(60_000, () => fired.push('real')).cancel();
    cancelled.cancel();
    clock.advance(90_000_000);
    await clock.realSleep(20);
    expect(fired).toEqual(['hour', 'day']);
    expect(() => clock.advance(-1)).toThrow(AppError);
    expect(clock.now() - clock.realNow()).toBeGreaterThanOrEqual(90_000_000);
  });

  it('runs recurring work once after a jump over many turns, never twice at once, and not after stop', async () => {
    const clock = new SystemClock();
    let runs = 0;
    let atOnce = 0;
    const work = new Recurring(
      clock,
      1_000,
      async () => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await clock.realSleep(5);
        atOnce -= 1;
        runs += 1;
      },
      () => undefined,
    );
    work.start();
    await clock.realSleep(30);
    expect(runs).toBe(1);
    clock.advance(3_600_000);
    await clock.realSleep(40);
    expect(runs).toBe(2);
    work.wake();
    work.wake();
    await clock.realSleep(40);
    expect(runs).toBe(4);
    await work.stop();
    clock.advance(3_600_000);
    await clock.realSleep(20);
    expect(runs).toBe(4);
  });
});

describe('ids', () => {
  it('are UUIDs of version 7 that sort by time', () => {
    const clock = new SystemClock();
    const early = newId(clock, systemEntropy);
    clock.advance(5);
    const late = newId(clock, systemEntropy);
    expect([early, late].every(isId)).toBe(true);
    expect(early < late).toBe(true);
    expect(isId('x')).toBe(false);
  });
});
