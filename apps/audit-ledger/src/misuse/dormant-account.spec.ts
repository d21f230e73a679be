import { describe, expect, it } from '@jest/globals';
import { seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { dormantAccount } from './dormant-account.js';

const rule = dormantAccount({ name: '', explanation: '', afterMs: 60 * 86_400_000 });

describe('an account that acts after a long silence', () => {
  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['never before', [{ at: '2026-03-10T10:00' }], []],
    ['after 59 days', [{ at: '2026-03-10T10:00' }, { at: '2026-05-08T10:00' }], []],
    ['after 60 days', [{ at: '2026-03-10T10:00' }, { at: '2026-05-09T10:00' }], [['officer-1', 0, 1]]],
    ['once for each silence', [{ at: '2026-03-10T10:00' }, { at: '2026-05-09T10:00' }, { at: '2026-05-09T10:01' }], [['officer-1', 0, 1]]],
    ['over New Year', [{ at: '2026-11-10T10:00' }, { at: '2027-02-09T10:00' }], [['officer-1', 0, 1]]],
    [
      'a sign-in breaks no silence',
      [{ at: '2026-03-10T10:00' }, { at: '2026-05-09T09:59', type: 'user.signed-in' }, { at: '2026-05-09T10:00' }],
      [['officer-1', 0, 2]],
    ],
    ['a sign-in alone is no act', [{ at: '2026-03-10T10:00' }, { at: '2026-06-09T09:59', type: 'user.signed-in' }], []],
    [
      'readings and approvals are acts',
      [
        { at: '2026-01-05T10:00', type: 'party.revealed' },
        { at: '2026-02-20T10:00', type: 'request.approved' },
        { at: '2026-04-10T10:00', type: 'case.change-approved' },
        { at: '2026-06-09T10:00', type: 'instrument.read' },
      ],
      [['officer-1', 2, 3]],
    ],
    [
      'the acts of others',
      [{ at: '2026-03-10T10:00' }, { at: '2026-05-01T10:00', actor: 'officer-2' }, { at: '2026-05-09T10:00' }],
      [['officer-1', 0, 2]],
    ],
    [
      'the system',
      [
        { at: '2026-03-10T10:00', actor: 'system' },
        { at: '2026-06-09T10:00', actor: 'system' },
      ],
      [],
    ],
    ['a fact that comes late', [{ at: '2026-06-10T10:00' }, { at: '2026-03-10T10:00' }, { at: '2026-06-11T10:00' }], []],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(rule, facts)).toEqual(seen);
  });
});
