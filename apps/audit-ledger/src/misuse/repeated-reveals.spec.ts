import { describe, expect, it } from '@jest/globals';
import { seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { repeatedReveals } from './repeated-reveals.js';

const rule = repeatedReveals({ name: '', explanation: '', sittings: 3, withinMs: 7 * 86_400_000, pauseMs: 1_800_000 });
const each = (...times: readonly string[]): readonly Told[] => times.map((at) => ({ at, type: 'party.revealed' }));

describe('personal data looked at again and again', () => {
  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['twice', each('2026-03-10T10:00', '2026-03-11T10:00'), []],
    ['on three days', each('2026-03-10T10:00', '2026-03-11T10:00', '2026-03-12T10:00'), [['officer-1', 0, 1, 2]]],
    ['many in one sitting', each('2026-03-10T10:00', '2026-03-10T10:20', '2026-03-10T10:40', '2026-03-10T11:00', '2026-03-10T11:30'), []],
    [
      'three sittings of one day',
      each('2026-03-10T10:00', '2026-03-10T10:31', '2026-03-10T10:40', '2026-03-10T11:11'),
      [['officer-1', 0, 1, 3]],
    ],
    ['over more than a week', each('2026-03-10T10:00', '2026-03-14T10:00', '2026-03-17T10:00'), []],
    [
      'the oldest falls out of the week',
      each('2026-03-10T10:00', '2026-03-14T10:00', '2026-03-17T10:00', '2026-03-18T10:00'),
      [['officer-1', 1, 2, 3]],
    ],
    [
      'what is told begins anew',
      each('2026-03-10T10:00', '2026-03-10T12:00', '2026-03-10T14:00', '2026-03-10T16:00', '2026-03-10T18:00'),
      [['officer-1', 0, 1, 2]],
    ],
    [
      'another case each time',
      each('2026-03-10T10:00', '2026-03-11T10:00', '2026-03-12T10:00').map((one, i) => ({ ...one, subject: `case:${i}` })),
      [],
    ],
    [
      'another person each time',
      each('2026-03-10T10:00', '2026-03-11T10:00', '2026-03-12T10:00').map((one, i) => ({ ...one, actor: `officer-${i}` })),
      [],
    ],
    [
      'accounts and measures too',
      [
        { at: '2026-03-10T10:00', type: 'holding.revealed' },
        { at: '2026-03-11T10:00', type: 'measure.revealed' },
        { at: '2026-03-12T10:00', type: 'party.revealed' },
      ],
      [['officer-1', 0, 1, 2]],
    ],
    [
      'documents are read for the work',
      each('2026-03-10T10:00', '2026-03-11T10:00', '2026-03-12T10:00').map((one) => ({ ...one, type: 'instrument.read' })),
      [],
    ],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(rule, facts)).toEqual(seen);
  });
});
