import { describe, expect, it } from '@jest/globals';
import { seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { outsideHours } from './outside-hours.js';

const DAY = [{ fromMinute: 450, toMinute: 1_200 }];
const hours = {
  week: [DAY, DAY, DAY, DAY, DAY, [], []],
  days: new Map([
    ['2026-10-01', []],
    ['2026-10-10', DAY],
  ]),
};
const rule = outsideHours({ name: '', explanation: '', acts: 3 }, hours);
const each = (...times: readonly string[]): readonly Told[] => times.map((at) => ({ at }));

describe('requests and readings outside the working hours', () => {
  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['two at night are overtime', each('2026-03-10T22:00', '2026-03-10T22:05'), []],
    ['three at night', each('2026-03-10T22:00', '2026-03-10T22:05', '2026-03-10T23:59'), [['officer-1', 0, 1, 2]]],
    ['early and late count for one day', each('2026-03-10T07:29', '2026-03-10T20:00', '2026-03-10T21:00'), [['officer-1', 0, 1, 2]]],
    ['the first and last minute of work', each('2026-03-10T07:30', '2026-03-10T19:59', '2026-03-10T12:00'), []],
    ['midnight begins another day', each('2026-03-10T23:58', '2026-03-10T23:59', '2026-03-11T00:00'), []],
    ['a Saturday', each('2026-03-14T10:00', '2026-03-14T10:01', '2026-03-14T10:02'), [['officer-1', 0, 1, 2]]],
    ['a holiday on a Thursday', each('2026-10-01T10:00', '2026-10-01T10:01', '2026-10-01T10:02'), [['officer-1', 0, 1, 2]]],
    ['a Saturday that is worked', each('2026-10-10T10:00', '2026-10-10T10:01', '2026-10-10T10:02'), []],
    [
      'a night is told once',
      each('2026-03-10T22:00', '2026-03-10T22:01', '2026-03-10T22:02', '2026-03-10T22:03', '2026-03-10T22:04', '2026-03-10T22:05'),
      [['officer-1', 0, 1, 2]],
    ],
    [
      'people are counted apart',
      [
        { at: '2026-03-10T22:00' },
        { at: '2026-03-10T22:01', actor: 'officer-2' },
        { at: '2026-03-10T22:02' },
        { at: '2026-03-10T22:03', type: 'party.revealed' },
      ],
      [['officer-1', 0, 2, 3]],
    ],
    [
      'what the system does',
      each('2026-03-10T22:00', '2026-03-10T22:01', '2026-03-10T22:02').map((one) => ({ ...one, actor: 'system' })),
      [],
    ],
    [
      'what another source says',
      each('2026-03-10T22:00', '2026-03-10T22:01', '2026-03-10T22:02').map((one) => ({ ...one, source: 'bank-connector/wrcb' })),
      [],
    ],
    [
      'approvals and sign-ins',
      each('2026-03-10T22:00', '2026-03-10T22:01', '2026-03-10T22:02').map((one, i) => ({
        ...one,
        type: i === 0 ? 'user.signed-in' : 'request.approved',
      })),
      [],
    ],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(rule, facts)).toEqual(seen);
  });
});
