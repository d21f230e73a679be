import { describe, expect, it } from '@jest/globals';
import { startOfLegalDate } from '#kernel';
import {
  DAY,
  NOW,
  aCase,
  allInstruments,
  anInstrument,
  deductFacts,
  freezeFacts,
  inquireFacts,
  releaseFacts,
  renewFacts,
} from '../fixtures/facts.js';
import { type Row, judge, newFreeze, withRuling } from '../fixtures/rows.js';
import { checkAction, checkDispatch } from '../index.js';

const closed = aCase({ status: 'closed', closedManner: 'paid' });
const late = (to: string): string => `原冻结已于${to}届满或已终结，不能续行，应重新冻结`;
const given = (role: 'judge' | 'leader', by: string, at = NOW) => ({ role, by, at });
const approvals = (over: object) => ({
  approvals: {
    required: ['judge' as const, 'leader' as const],
    given: [given('judge', 'a'), given('leader', 'b')],
    requestedAt: NOW,
    ...over,
  },
});
const DISPATCH: readonly Row[] = [
  ['with nothing to approve', inquireFacts(), '-'],
  ['with all approvals', freezeFacts(approvals({})), '-'],
  ['without a record', freezeFacts({ approvals: undefined }), 'approval-missing', undefined, '缺少审批记录'],
  ['one approval short', freezeFacts(approvals({ given: [given('judge', 'a')] })), 'approval-missing', undefined, '尚缺审批：执行局长'],
  ['both short', freezeFacts(approvals({ given: [] })), 'approval-missing', undefined, '尚缺审批：执行法官、执行局长'],
  [
    'two approvals of one person',
    freezeFacts(approvals({ given: [given('judge', 'a'), given('leader', 'a')] })),
    'approval-missing',
    undefined,
    '尚缺审批：执行局长',
  ],
  [
    'an approval at the last moment',
    freezeFacts(approvals({ given: [given('judge', 'a'), given('leader', 'b', NOW + 3 * DAY - 1)] })),
    '-',
  ],
  [
    'an approval after the lapse',
    freezeFacts(approvals({ given: [given('judge', 'a'), given('leader', 'b', NOW + 3 * DAY)] })),
    'approval-lapsed',
    undefined,
    '审批逾期，已失效',
  ],
  [
    'a draft ruling',
    freezeFacts({ instruments: withRuling({ state: 'draft' }) }),
    'instrument-missing',
    '/instrumentIds',
    '缺少已签章的《冻结裁定书》',
    { missing: 'freeze-ruling' },
  ],
  [
    'a sealed one beside a newer draft',
    freezeFacts({
      instruments: [
        ...allInstruments(),
        anInstrument({ type: 'freeze-ruling', id: 'd', state: 'draft', madeAt: 9, bank: 'bank-a', amount: 1n }),
      ],
    }),
    '-',
  ],
  ['a used ruling', freezeFacts({ instruments: withRuling({ state: 'used' }) }), '-'],
  [
    'a draft application of the applicant',
    freezeFacts({ case: aCase({ kind: 'preservation' }), instruments: withRuling({ state: 'draft' }, 'preservation-application') }),
    '-',
  ],
  ['who posted is not judged again', releaseFacts({ actor: { permitted: false, handler: false } }), '-'],
  ['a case closed meanwhile', deductFacts({ case: closed }), 'case-closed', '/caseId', '案件已结案'],
  [
    'a renewal that is late meanwhile',
    renewFacts({ at: startOfLegalDate('2026-06-01') }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    { newFreeze: { ...newFreeze().newFreeze, term: { from: '2026-06-01', to: '2027-05-31' } } },
  ],
];

describe('the rerun at dispatch (I1)', () => {
  it.each(DISPATCH)('%s', (...row) => judge(row, checkDispatch));

  it('is the only stage that asks for approvals and seals', () => {
    const facts = freezeFacts({ approvals: undefined, instruments: withRuling({ state: 'draft' }), stage: 'approval' });
    expect(checkAction(facts)).toBeUndefined();
  });
});
