import { describe, expect, it } from '@jest/globals';
import { CONDUCT_FACTS } from '#orders';
import { seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { toldConduct } from './told-conduct.js';

const NAMES = Object.keys(CONDUCT_FACTS) as (keyof typeof CONDUCT_FACTS)[];

describe.each(NAMES)('what the gateway tells of an act: %s', (name) => {
  const told = (at: string, over: Partial<Told> = {}): Told => ({ at, type: CONDUCT_FACTS[name], caseNumber: '1', ...over });

  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['once', [told('2026-03-10T10:00')], [['officer-1', 0]]],
    ['the act alone', [{ at: '2026-03-10T10:00', type: 'party.revealed', caseNumber: '1' }], []],
    ['again on the same day', [told('2026-03-10T10:00'), told('2026-03-10T23:59')], [['officer-1', 0]]],
    [
      'again on the next day',
      [told('2026-03-10T23:59'), told('2026-03-11T00:00')],
      [
        ['officer-1', 0],
        ['officer-1', 1],
      ],
    ],
    [
      'in another case, and of another person',
      [told('2026-03-10T10:00'), told('2026-03-10T10:01', { caseNumber: '2' }), told('2026-03-10T10:02', { actor: 'officer-2' })],
      [
        ['officer-1', 0],
        ['officer-1', 1],
        ['officer-2', 2],
      ],
    ],
    ['from a source that may not say so', [told('2026-03-10T10:00', { source: 'bank-connector/wrcb' })], []],
    [
      'something else',
      NAMES.filter((other) => other !== name).map((other) => told('2026-03-10T10:00', { type: CONDUCT_FACTS[other] })),
      [],
    ],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(toldConduct(name), facts)).toEqual(seen);
  });
});
