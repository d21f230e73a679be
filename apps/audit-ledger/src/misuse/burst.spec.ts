import { describe, expect, it } from '@jest/globals';
import { at, seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { burst } from './burst.js';

const DAY_MS = 86_400_000;
const rule = burst({ name: '', explanation: '', withinMinutes: 10, acts: 5, timesUsual: 2 });
const noon = at('2026-03-10T12:00');

/** So many facts, one every so many seconds. */
const every = (seconds: number, count: number, from = noon, over: Partial<Told> = {}): readonly Told[] =>
  Array.from({ length: count }, (_, i) => ({ ...over, at: from + i * seconds * 1_000 }));
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
/** So many a day, on so many days before. */
const usually = (acts: number, days: number): readonly Told[] =>
  Array.from({ length: days }, (_, day) => every(3_600, acts, noon - (days - day) * DAY_MS)).flat();

/** Four on one day and one on the next, the last of ten days being a quiet one. */
const everySecondDay = Array.from({ length: 10 }, (_, day) => every(3_600, day % 2 === 0 ? 4 : 1, noon - (10 - day) * DAY_MS)).flat();

describe('a burst of requests and readings', () => {
  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['four within a minute', every(10, 4), []],
    ['five within a minute', every(10, 5), [['officer-1', 0, 1, 2, 3, 4]]],
    ['five within ten minutes', every(130, 5), [['officer-1', 0, 1, 2, 3, 4]]],
    ['five within eleven minutes', every(155, 5), []],
    ['a slow day', every(600, 40), []],
    ['what is told begins anew', every(1, 9), [['officer-1', 0, 1, 2, 3, 4]]],
    [
      'twice as many are told twice',
      every(1, 10),
      [
        ['officer-1', 0, 1, 2, 3, 4],
        ['officer-1', 5, 6, 7, 8, 9],
      ],
    ],
    ['the evidence is what lies in the window', [...every(1, 2, noon - 3_600_000), ...every(1, 5)], [['officer-1', 2, 3, 4, 5, 6]]],
    ['two people', [...every(1, 3), ...every(1, 3, noon, { actor: 'officer-2' })], []],
    [
      'readings and requests together',
      [...every(1, 3), ...every(1, 2, noon + 5_000, { type: 'instrument.read' })],
      [['officer-1', 0, 1, 2, 3, 4]],
    ],
    ['whose usual day is busy', [...usually(4, 6), ...every(1, 5)], []],
    ['less than twice what is usual every second day', [...everySecondDay, ...every(1, 7)], []],
    ['twice what is usual every second day', [...everySecondDay, ...every(1, 8)], [['officer-1', ...range(25, 8)]]],
    ['twice his usual day', [...usually(4, 6), ...every(1, 8)], [['officer-1', ...range(24, 8)]]],
    [
      'one busy day does not make a habit',
      [...usually(3, 6), ...every(3_600, 9, noon - 9 * 3_600_000), ...every(1, 6, noon + DAY_MS)],
      [['officer-1', ...range(27, 6)]],
    ],
    ['a fact that comes late', [...every(1, 4), { at: noon - DAY_MS }, { at: noon - 30_000 }], [['officer-1', 0, 1, 2, 3, 4]]],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(rule, facts)).toEqual(seen);
  });

  it('names the newest entries of many, and says how many there were', () => {
    const wide = burst({ name: '', explanation: '', withinMinutes: 10, acts: 200, timesUsual: 1 });
    expect(seenBy(wide, every(1, 200))).toEqual([['officer-1', ...range(150, 50)]]);
  });
});
