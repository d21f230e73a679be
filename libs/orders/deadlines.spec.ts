import { describe, expect, it } from '@jest/globals';
import { startOfLegalDate } from '#kernel';
import { DAY, NOW, policy } from './fixtures/facts.js';
import {
  type LineStatus,
  type OrderStatus,
  approvalLapsesAt,
  claimDueAt,
  dueAt,
  expiresWithin,
  expiryMark,
  figuresAreStale,
  isOverdue,
  noAssetsWindowStart,
  planValidUntil,
} from './index.js';

const HOUR = 3_600_000;

describe('the bank has 24 hours (R11)', () => {
  it('from its receipt, else from when it could have the order, else not at all', () => {
    expect(dueAt(policy, { availableAt: 5, receivedAt: 7 })).toBe(7 + 24 * HOUR);
    expect(dueAt(policy, { availableAt: 5 })).toBe(5 + 24 * HOUR);
    expect(dueAt(policy, {})).toBeUndefined();
  });

  const line = (status: LineStatus, expectedOn?: string) => ({ status, expectedOn });
  it.each<[string, OrderStatus, number | undefined, ReturnType<typeof line>[], boolean]>([
    ['before the hour', 'received', NOW + 1, [line('open')], false],
    ['at the hour', 'received', NOW, [line('open')], true],
    ['without a due time', 'queued', undefined, [line('open')], false],
    ['sent and not received', 'sent', NOW, [line('open')], true],
    ['undetermined', 'undetermined', NOW, [line('undetermined')], true],
    ['an inquiry without lines', 'received', NOW, [], true],
    ['answered', 'answered', NOW, [line('executed')], false],
    ['rolled back', 'rolled-back', NOW, [], false],
    ['withdrawn', 'withdrawn', NOW, [line('withdrawn')], false],
    ['in progress with a day that is not over', 'received', NOW, [line('in-progress', '2026-03-10'), line('executed')], false],
    ['in progress with a day that is over', 'received', NOW, [line('in-progress', '2026-03-09')], true],
    ['in progress without a day', 'received', NOW, [line('in-progress')], true],
    ['one promised, one silent', 'received', NOW, [line('in-progress', '2026-03-11'), line('open')], true],
    [
      'promised beside refused and partly executed',
      'received',
      NOW,
      [line('in-progress', '2026-03-11'), line('refused'), line('partly-executed')],
      false,
    ],
    ['a promised day does not excuse what is undetermined', 'received', NOW, [line('undetermined', '2026-03-11')], true],
  ])('%s', (_name, status, due, lines, late) => expect(isOverdue(status, due, lines, NOW)).toBe(late));

  it('is over with the promised day', () => {
    const lines = [line('in-progress', '2026-03-10')];
    const midnight = startOfLegalDate('2026-03-11');
    expect([isOverdue('received', NOW, lines, midnight - 1), isOverdue('received', NOW, lines, midnight)]).toEqual([false, true]);
  });
});

describe('other deadlines', () => {
  it('claims within three legal days after the day of credit (R21)', () => {
    expect(claimDueAt(policy, NOW)).toBe(startOfLegalDate('2026-03-14'));
  });

  it('lapses approvals after three days and plans after an hour', () => {
    expect(approvalLapsesAt(policy, NOW)).toBe(NOW + 3 * DAY);
    expect(planValidUntil(policy, NOW)).toBe(NOW + HOUR);
  });

  it.each([
    ['2026-05-10', undefined],
    ['2026-05-09', 60],
    ['2026-04-10', 60],
    ['2026-04-09', 30],
    ['2026-03-25', 15],
    ['2026-03-17', 7],
    ['2026-03-10', 7],
    ['2026-03-09', undefined],
  ])('a measure that ends on %s is at mark %s of the expiry calendar (R14)', (to, mark) => {
    expect(expiryMark(policy, to, '2026-03-10')).toBe(mark);
  });

  it('finds what ends within a span, to the millisecond', () => {
    const end = startOfLegalDate('2026-03-12');
    expect(expiresWithin('2026-03-11', NOW, end - NOW)).toBe(true);
    expect(expiresWithin('2026-03-11', NOW, end - NOW - 1)).toBe(false);
    expect(expiresWithin('2026-03-11', end - 1, DAY)).toBe(true);
    expect(expiresWithin('2026-03-11', end, DAY)).toBe(false);
  });

  it('looks back three months for a closing with no assets', () => {
    expect(noAssetsWindowStart(policy, '2026-05-31')).toBe('2026-02-28');
  });

  it('takes figures for stale after an hour (I16)', () => {
    expect([figuresAreStale(policy, NOW, NOW + HOUR), figuresAreStale(policy, NOW, NOW + HOUR + 1)]).toEqual([false, true]);
  });
});
