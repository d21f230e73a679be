import { describe, it } from '@jest/globals';
import {
  aCase,
  aDebtor,
  aFreezeLine,
  aHolding,
  deductFacts,
  freezeFacts,
  inquireFacts,
  policy,
  releaseFacts,
  renewFacts,
} from '../fixtures/facts.js';
import { type Row, judge } from '../fixtures/rows.js';
import type { GateHold } from '../index.js';

const closed = aCase({ status: 'closed', closedManner: 'paid' });
const noAssets = aCase({ status: 'closed', closedManner: 'no-assets' });
const suspended = aCase({ status: 'suspended' });
const hold = (over: Partial<GateHold>): GateHold => ({
  id: 'hold-1',
  subject: 'case',
  subjectId: 'case-1',
  blocks: ['inquire', 'freeze', 'renew', 'deduct'],
  reason: '异议审查期间',
  ...over,
});
const CASES: readonly Row[] = [
  ['an inquiry in a closed case (R6)', inquireFacts({ case: closed }), 'case-closed', '/caseId', '案件已结案'],
  ['a freeze in a closed case', freezeFacts({ case: closed }), 'case-closed', '/caseId', '案件已结案'],
  ['a freeze in a case closed with no assets', freezeFacts({ case: noAssets }), 'case-closed', '/caseId', '案件已结案'],
  ['a renewal in a closed case', renewFacts({ case: closed }), 'case-closed', '/caseId', '案件已结案'],
  ['a renewal in a case closed with no assets', renewFacts({ case: noAssets }), '-'],
  ['a deduct in a closed case', deductFacts({ case: closed }), 'case-closed', '/caseId', '案件已结案'],
  ['a release in a closed case', releaseFacts({ case: closed }), '-'],
  ['an inquiry in a suspended case', inquireFacts({ case: suspended }), 'on-hold', '/caseId', '案件已中止执行'],
  ['a renewal in a suspended case', renewFacts({ case: suspended }), 'on-hold', '/caseId', '案件已中止执行'],
  [
    'a renewal in a suspended case, where policy lets it',
    renewFacts({ case: suspended, policy: { ...policy, suspensionBlocks: ['deduct'] } }),
    '-',
  ],
  ['a release in a suspended case', releaseFacts({ case: suspended }), '-'],
  [
    'an applicant (R6)',
    inquireFacts({ lines: [{ pointer: '', debtorPointer: '/debtorIds/0', debtorId: 'applicant-1', bank: 'bank-a' }] }),
    'subject-not-debtor',
    '/debtorIds/0',
    '被查控人不是本案被执行人',
  ],
  [
    'a stranger',
    freezeFacts({ lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', debtorId: 'nobody' })] }),
    'subject-not-debtor',
    '/lines/1',
    '被查控人不是本案被执行人',
  ],
  [
    'another debtor’s holding',
    freezeFacts({ lines: [aFreezeLine({ holding: aHolding({ debtorId: 'debtor-2' }) })] }),
    'subject-not-debtor',
    '/lines/0',
    '被查控人不是本案被执行人',
  ],
  ['an account whose holding is not known', freezeFacts({ lines: [aFreezeLine({ holding: undefined })] }), '-'],
  ['a hold on the case', inquireFacts({ holds: [hold({})] }), 'on-hold', '', '异议审查期间', { holdId: 'hold-1' }],
  ['a hold on another case', inquireFacts({ holds: [hold({ subjectId: 'case-2' })] }), '-'],
  ['a hold that leaves this action alone', releaseFacts({ holds: [hold({})] }), '-'],
  [
    'a hold on releases',
    releaseFacts({ holds: [hold({ blocks: ['release'] })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  [
    'a hold on the debtor',
    freezeFacts({ holds: [hold({ subject: 'debtor', subjectId: 'debtor-1' })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  ['a hold on another debtor', freezeFacts({ holds: [hold({ subject: 'debtor', subjectId: 'case-1' })] }), '-'],
  [
    'a hold on the bank',
    freezeFacts({ holds: [hold({ subject: 'bank', subjectId: 'bank-a' })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  ['a hold on another bank', freezeFacts({ holds: [hold({ subject: 'bank', subjectId: 'bank-b' })] }), '-'],
  [
    'a hold on the holding',
    freezeFacts({ holds: [hold({ subject: 'holding', subjectId: 'holding-1' })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  [
    'a hold on the holding of a measure',
    deductFacts({ holds: [hold({ subject: 'holding', subjectId: 'holding-1' })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  ['a hold on another holding', freezeFacts({ holds: [hold({ subject: 'holding', subjectId: 'holding-2' })] }), '-'],
  [
    'a hold on the measure',
    deductFacts({ holds: [hold({ subject: 'measure', subjectId: 'measure-1' })] }),
    'on-hold',
    '/lines/0',
    '异议审查期间',
    { holdId: 'hold-1' },
  ],
  ['a hold on another measure', deductFacts({ holds: [hold({ subject: 'measure', subjectId: 'measure-2' })] }), '-'],
];

const LIABILITY: readonly Row[] = [
  ['a freeze up to the cap', freezeFacts({ parties: [aDebtor({ liabilityCap: 500n, committed: 100n })] }), '-'],
  [
    'a freeze one fen above',
    freezeFacts({ parties: [aDebtor({ liabilityCap: 500n, committed: 101n })] }),
    'over-liability',
    '/lines/0',
    '超过该被执行人应承担责任的限额',
    { liabilityLeft: '3.99' },
  ],
  [
    'two lines together above',
    freezeFacts({
      parties: [aDebtor({ liabilityCap: 500n })],
      lines: [aFreezeLine({ amount: 300n }), aFreezeLine({ amount: 201n, pointer: '/lines/1' })],
    }),
    'over-liability',
    '/lines/0',
    '超过该被执行人应承担责任的限额',
    { liabilityLeft: '5.00' },
  ],
  ['another debtor’s cap', freezeFacts({ parties: [aDebtor(), aDebtor({ id: 'debtor-2', liabilityCap: 0n })] }), '-'],
  [
    'a cap used up',
    freezeFacts({ parties: [aDebtor({ liabilityCap: 500n, committed: 600n })] }),
    'over-liability',
    '/lines/0',
    '超过该被执行人应承担责任的限额',
    { liabilityLeft: '0.00' },
  ],
  [
    'a deduct up to the cap: what is frozen does not count',
    deductFacts({ parties: [aDebtor({ liabilityCap: 500n, committed: 500n, collected: 200n, openDeducts: 100n })] }),
    '-',
  ],
  [
    'a deduct one fen above',
    deductFacts({ parties: [aDebtor({ liabilityCap: 500n, collected: 200n, openDeducts: 101n })] }),
    'over-liability',
    '/lines/0',
    '超过该被执行人应承担责任的限额',
    { liabilityLeft: '1.99' },
  ],
];

describe('case and subject', () => {
  it.each(CASES)('%s', (...row) => judge(row));
});

describe('liability', () => {
  it.each(LIABILITY)('%s', (...row) => judge(row));
});
