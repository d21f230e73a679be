import { describe, expect, it } from '@jest/globals';
import { seenBy, type Seen, type Told } from '../testing/watched-facts.js';
import { swiftApproval } from './swift-approval.js';

const rule = swiftApproval({ name: '', explanation: '', withinMs: 15_000 });
const asked = (at: string, requestId = '1'): Told => ({ at, type: 'request.accepted', subject: `request:${requestId}`, requestId });
const approved = (at: string, actor = 'judge-1', requestId = '1'): Told => ({
  at,
  type: 'request.approved',
  subject: `request:${requestId}`,
  actor,
  requestId,
});

describe('an approval within seconds', () => {
  it.each<[string, readonly Told[], readonly Seen[]]>([
    ['fourteen seconds', [asked('2026-03-10T10:00:00'), approved('2026-03-10T10:00:14')], [['judge-1', 0, 1]]],
    ['fifteen seconds', [asked('2026-03-10T10:00:00'), approved('2026-03-10T10:00:15')], []],
    ['an hour', [asked('2026-03-10T10:00:00'), approved('2026-03-10T11:00:00')], []],
    [
      'both approvers of one request',
      [asked('2026-03-10T10:00:00'), approved('2026-03-10T10:00:05'), approved('2026-03-10T10:00:09', 'leader-1')],
      [
        ['judge-1', 0, 1],
        ['leader-1', 0, 2],
      ],
    ],
    [
      'two requests, one of them read',
      [
        asked('2026-03-10T10:00:00'),
        asked('2026-03-10T10:00:20', '2'),
        approved('2026-03-10T10:00:22', 'judge-1', '2'),
        approved('2026-03-10T10:00:23'),
      ],
      [['judge-1', 1, 2]],
    ],
    [
      'orders have left already',
      [
        asked('2026-03-10T10:00:00'),
        { at: '2026-03-10T10:00:01', type: 'order.dispatched', subject: 'order:9', requestId: '1' },
        approved('2026-03-10T10:00:02'),
      ],
      [],
    ],
    ['an approval of what nobody has asked for', [approved('2026-03-10T10:00:02')], []],
    [
      'a change of a case',
      [
        { at: '2026-03-10T10:00:00', type: 'case.change-proposed', subject: 'case:7' },
        { at: '2026-03-10T10:00:03', type: 'case.change-approved', subject: 'case:8', actor: 'judge-1' },
        { at: '2026-03-10T10:00:04', type: 'case.change-approved', subject: 'case:7', actor: 'judge-1' },
      ],
      [['judge-1', 0, 2]],
    ],
    [
      'the word of two persons on an undetermined line',
      [
        { at: '2026-03-10T10:00:00', type: 'order.resolution-proposed', subject: 'order:7' },
        { at: '2026-03-10T10:00:04', type: 'order.resolved', subject: 'order:7', actor: 'judge-1' },
      ],
      [['judge-1', 0, 1]],
    ],
    ['a rejection is no approval', [asked('2026-03-10T10:00:00'), { ...approved('2026-03-10T10:00:02'), type: 'request.rejected' }], []],
    ['a clock that stood still', [asked('2026-03-10T10:00:00'), approved('2026-03-10T10:00:00')], [['judge-1', 0, 1]]],
  ])('%s', (_what, facts, seen) => {
    expect(seenBy(rule, facts)).toEqual(seen);
  });
});
