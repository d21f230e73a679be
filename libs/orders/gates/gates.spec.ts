import { describe, expect, it } from '@jest/globals';
import { endOfLegalDate, startOfLegalDate } from '#kernel';
import {
  DAY,
  NOW,
  aBank,
  aCase,
  aDebtor,
  aDeductLine,
  aFreezeLine,
  aHolding,
  aReleaseLine,
  aRenewLine,
  allInstruments,
  anInstrument,
  anOfficer,
  deductFacts,
  freezeFacts,
  inquireFacts,
  policy,
  releaseFacts,
  renewFacts,
} from '../fixtures/facts.js';
import type { GateHold, GateInstrument, InstrumentType, Refusal, RestrictionFacts } from '../index.js';
import { checkAction, checkDispatch, refusalErrors } from '../index.js';

type Facts = Parameters<typeof checkAction>[0];
/** What is refused: code, pointer, Chinese detail, further members. `-` is a facts set that passes. */
type Row = readonly [name: string, facts: Facts, code: string, pointer?: string, detail?: string, extra?: Refusal['extra']];

function judge(facts: Facts, row: Row, check = checkAction): void {
  const [, , code, pointer, detail, extra] = row;
  const refusal = check(facts);
  if (code === '-') return expect(refusal).toBeUndefined();
  expect(refusal).toEqual({ code, detail, ...(pointer === undefined ? {} : { pointer }), ...(extra ? { extra } : {}) });
}

const closed = aCase({ status: 'closed', closedManner: 'paid' });
const noAssets = aCase({ status: 'closed', closedManner: 'no-assets' });
const suspended = aCase({ status: 'suspended' });
const without = (...types: InstrumentType[]): readonly GateInstrument[] => allInstruments().filter(({ type }) => !types.includes(type));
const withRuling = (over: Partial<GateInstrument>, type: InstrumentType = 'freeze-ruling') => [
  ...without(type),
  anInstrument({ type, ...over }),
];
const restriction = (over: Partial<RestrictionFacts>): RestrictionFacts => ({
  code: 'wages',
  freeze: 'above-reserve',
  deduct: 'above-reserve',
  reserve: 250n,
  basis: '应保留生活费',
  ...over,
});
const hold = (over: Partial<GateHold>): GateHold => ({
  id: 'hold-1',
  subject: 'case',
  subjectId: 'case-1',
  blocks: ['inquire', 'freeze', 'renew', 'deduct'],
  reason: '异议审查期间',
  ...over,
});
const filed = { bank: 'bank-a', state: 'filed' as const, from: '2026-03-10', to: '2026-03-10' };
const unfiled = '承办人未在bank-a备案，或备案、证件已过有效期';
const notPermitted = { permitted: false, handler: true };
const stranger = { permitted: true, handler: false };

const PEOPLE: readonly Row[] = [
  ['an inquiry that passes', inquireFacts(), '-'],
  ['a freeze that passes', freezeFacts(), '-'],
  ['a renewal that passes', renewFacts(), '-'],
  ['a release that passes', releaseFacts(), '-'],
  ['a deduct that passes', deductFacts(), '-'],
  ['who may not', freezeFacts({ actor: notPermitted }), 'forbidden', undefined, '您没有办理此项业务的权限'],
  ['who may not, at a rerun, is not judged again', freezeFacts({ actor: notPermitted, stage: 'approval' }), '-'],
  ...[inquireFacts, freezeFacts, renewFacts, releaseFacts, deductFacts].map((facts): Row => [
    `who does not handle the case: ${facts().action}`,
    facts({ actor: stranger }),
    'not-handler',
    undefined,
    '您不是本案承办人',
  ]),
  ['who does not handle the case, at a rerun', freezeFacts({ actor: stranger, stage: 'dispatch' }), '-'],
  [
    'who does not handle the case, where policy lets him',
    freezeFacts({ actor: stranger, policy: { ...policy, handlersOnly: ['inquire'] } }),
    '-',
  ],
  [
    'no filing with the bank (R2)',
    freezeFacts({ officer: anOfficer({ filings: [] }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'an inquiry points to the bank',
    inquireFacts({ officer: anOfficer({ filings: [] }) }),
    'officer-not-filed',
    '/banks/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'a filing withdrawn',
    freezeFacts({ officer: anOfficer({ filings: [{ ...filed, state: 'withdrawn' }] }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  ['a filing of today only', freezeFacts({ officer: anOfficer({ filings: [filed] }) }), '-'],
  [
    'a filing that begins tomorrow',
    freezeFacts({ officer: anOfficer({ filings: [{ ...filed, from: '2026-03-11', to: '2026-03-12' }] }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'a filing that ended yesterday',
    freezeFacts({ officer: anOfficer({ filings: [{ ...filed, from: '2026-03-01', to: '2026-03-09' }] }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'another bank’s filing',
    freezeFacts({ officer: anOfficer({ filings: [{ ...filed, bank: 'bank-b' }] }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'one of two banks',
    freezeFacts({
      officer: anOfficer({ filings: [{ ...filed, bank: 'bank-b' }] }),
      lines: [aFreezeLine({ bank: 'bank-b' }), aFreezeLine({ pointer: '/lines/1' })],
    }),
    'officer-not-filed',
    '/lines/1',
    unfiled,
    { bank: 'bank-a' },
  ],
  ['credentials that end today', freezeFacts({ officer: anOfficer({ validTo: '2026-03-10' }) }), '-'],
  [
    'credentials that ended yesterday',
    freezeFacts({ officer: anOfficer({ validTo: '2026-03-09' }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  ['credentials of today', freezeFacts({ officer: anOfficer({ validFrom: '2026-03-10' }) }), '-'],
  [
    'credentials of tomorrow',
    freezeFacts({ officer: anOfficer({ validFrom: '2026-03-11' }) }),
    'officer-not-filed',
    '/lines/0',
    unfiled,
    { bank: 'bank-a' },
  ],
  [
    'no work id',
    freezeFacts({ officer: anOfficer({ workId: ' ' }) }),
    'credentials-incomplete',
    undefined,
    '承办人证件不全，缺少：工作证编号',
  ],
  [
    'no duty id',
    freezeFacts({ officer: anOfficer({ dutyId: ' ' }) }),
    'credentials-incomplete',
    undefined,
    '承办人证件不全，缺少：执行公务证编号',
  ],
  [
    'no images',
    freezeFacts({ officer: anOfficer({ hasWorkIdImage: false, hasDutyIdImage: false }) }),
    'credentials-incomplete',
    undefined,
    '承办人证件不全，缺少：工作证影像、执行公务证影像',
  ],
  [
    'a whole account without a reason (R18)',
    freezeFacts({ lines: [aFreezeLine({ scope: 'account' })] }),
    'invalid',
    '/reason',
    '此项业务必须说明理由',
  ],
  [
    'a whole account with an empty reason',
    freezeFacts({ lines: [aFreezeLine({ scope: 'account' })], reason: ' ' }),
    'invalid',
    '/reason',
    '此项业务必须说明理由',
  ],
  ['a whole account with a reason', freezeFacts({ lines: [aFreezeLine({ scope: 'account' })], reason: '转移财产' }), '-'],
];

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

const missing = (name: string): string => `缺少《${name}》`;
const DOCUMENTS: readonly Row[] = [
  ...(
    [
      [inquireFacts, 'inquiry-notice', '协助查询存款通知书'],
      [freezeFacts, 'freeze-ruling', '冻结裁定书'],
      [freezeFacts, 'freeze-notice', '协助冻结存款通知书'],
      [renewFacts, 'freeze-ruling', '冻结裁定书'],
      [renewFacts, 'freeze-notice', '协助冻结存款通知书'],
      [releaseFacts, 'release-ruling', '解除冻结裁定书'],
      [releaseFacts, 'release-notice', '协助解除冻结存款通知书'],
      [deductFacts, 'deduct-ruling', '扣划裁定书'],
      [deductFacts, 'deduct-notice', '协助扣划存款通知书'],
    ] as const
  ).map(([facts, type, title]): Row => [
    `${facts().action} without ${type} (R4)`,
    facts({ instruments: without(type) }),
    'instrument-missing',
    '/instrumentIds',
    missing(title),
    { missing: type },
  ]),
  [
    'a preservation freeze without application (R7)',
    freezeFacts({ case: aCase({ kind: 'preservation' }), instruments: without('preservation-application') }),
    'instrument-missing',
    '/instrumentIds',
    missing('财产保全申请书'),
    { missing: 'preservation-application' },
  ],
  ['an execution freeze without application', freezeFacts({ instruments: without('preservation-application') }), '-'],
  ['a draft at posting', freezeFacts({ instruments: withRuling({ state: 'draft' }) }), '-'],
  [
    'a void ruling',
    freezeFacts({ instruments: withRuling({ state: 'void' }) }),
    'instrument-missing',
    '/instrumentIds',
    missing('冻结裁定书'),
    { missing: 'freeze-ruling' },
  ],
  [
    'a ruling for another bank, not named',
    freezeFacts({ instruments: withRuling({ bank: 'bank-b' }) }),
    'instrument-missing',
    '/instrumentIds',
    missing('冻结裁定书'),
    { missing: 'freeze-ruling' },
  ],
  [
    'a ruling for another bank, named',
    freezeFacts({ instruments: withRuling({ bank: 'bank-b' }), instrumentIds: ['freeze-ruling-1', 'freeze-notice-1'] }),
    'instrument-mismatch',
    '/lines/0',
    '《冻结裁定书》不是向bank-a出具的',
  ],
  [
    'a notice for another bank, named, in an inquiry',
    inquireFacts({ instruments: [anInstrument({ type: 'inquiry-notice', bank: 'bank-b' })], instrumentIds: ['inquiry-notice-1'] }),
    'instrument-mismatch',
    '/banks/0',
    '《协助查询存款通知书》不是向bank-a出具的',
  ],
  ['named ones that do', freezeFacts({ instrumentIds: ['freeze-ruling-1', 'freeze-notice-1'] }), '-'],
  [
    'named ones that lack a type',
    freezeFacts({ instrumentIds: ['freeze-ruling-1'] }),
    'instrument-missing',
    '/instrumentIds',
    missing('协助冻结存款通知书'),
    { missing: 'freeze-notice' },
  ],
  [
    'a named one that is not the case’s',
    freezeFacts({ instrumentIds: ['freeze-ruling-1', 'freeze-notice-1', 'x'] }),
    'instrument-missing',
    '/instrumentIds/2',
    '所列文书不属于本案',
  ],
  [
    'only an older ruling is void',
    freezeFacts({ instruments: [...allInstruments(), anInstrument({ type: 'freeze-ruling', id: 'v', state: 'void', madeAt: 9 })] }),
    '-',
  ],
  ['a ruling’s sum used up exactly', freezeFacts({ instruments: withRuling({ amount: 1_000n, amountUnder: 600n }) }), '-'],
  [
    'a ruling’s sum exceeded by a fen',
    freezeFacts({ instruments: withRuling({ amount: 1_000n, amountUnder: 601n }) }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的10.00',
  ],
  [
    'two lines under one ruling',
    freezeFacts({
      instruments: withRuling({ amount: 799n }),
      lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', holding: aHolding({ id: 'h2' }) })],
    }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的7.99',
  ],
  [
    'two lines under two rulings',
    freezeFacts({
      instruments: [
        ...without('freeze-ruling'),
        anInstrument({ type: 'freeze-ruling', id: 'a', bank: 'bank-a', amount: 400n }),
        anInstrument({ type: 'freeze-ruling', id: 'b', bank: 'bank-b', amount: 399n }),
      ],
      lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1', bank: 'bank-b', holding: aHolding({ id: 'h2' }) })],
    }),
    'instrument-mismatch',
    '/lines/1',
    '金额合计超过《冻结裁定书》所载的3.99',
  ],
  ['a notice’s sum limits nothing', freezeFacts({ instruments: withRuling({ amount: 1n }, 'freeze-notice') }), '-'],
  ['a renewal adds nothing to its ruling', renewFacts({ instruments: withRuling({ amount: 1n, amountUnder: 1n }) }), '-'],
  [
    'a release ruling’s sum',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 100n })], instruments: withRuling({ amount: 399n }, 'release-ruling') }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《解除冻结裁定书》所载的3.99',
  ],
  [
    'a release ruling’s sum used up',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 100n })], instruments: withRuling({ amount: 400n }, 'release-ruling') }),
    '-',
  ],
  [
    'a deduct ruling’s sum',
    deductFacts({ instruments: withRuling({ amount: 199n }, 'deduct-ruling') }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《扣划裁定书》所载的1.99',
  ],
  [
    'a named ruling’s sum, not the newest’s',
    freezeFacts({
      instruments: [
        ...without('freeze-ruling'),
        anInstrument({ type: 'freeze-ruling', id: 'old', amount: 1n }),
        anInstrument({ type: 'freeze-ruling', id: 'new', madeAt: 9 }),
      ],
      instrumentIds: ['old', 'freeze-notice-1'],
    }),
    'instrument-mismatch',
    '/lines/0',
    '金额合计超过《冻结裁定书》所载的0.01',
  ],
];

const money = (over: Partial<ReturnType<typeof aCase>['money']>) => ({ ceiling: 1_000n, collected: 0n, satisfied: 0n, ...over });
const MONEY: readonly Row[] = [
  ['a freeze up to the ceiling (I7)', freezeFacts({ case: aCase({ committed: 600n }) }), '-'],
  [
    'a freeze one fen above',
    freezeFacts({ case: aCase({ committed: 601n }) }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额3.99',
    { room: '3.99' },
  ],
  [
    'a freeze above what is left after satisfactions',
    freezeFacts({ case: aCase({ money: money({ satisfied: 601n }) }) }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额3.99',
    { room: '3.99' },
  ],
  [
    'two freezes together above',
    freezeFacts({ case: aCase({ money: money({ ceiling: 799n }) }), lines: [aFreezeLine(), aFreezeLine({ pointer: '/lines/1' })] }),
    'over-ceiling',
    '/lines/0',
    '冻结金额合计超过案件标的额上限的余额7.99',
    { room: '7.99' },
  ],
  ['a deduct of what is covered (I8)', deductFacts({ lines: [aDeductLine({ amount: 300n })] }), '-'],
  [
    'a deduct one fen above',
    deductFacts({ lines: [aDeductLine({ amount: 301n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额3.00',
    { measureId: 'measure-1', available: '3.00' },
  ],
  [
    'a deduct beside open ones',
    deductFacts({ lines: [aDeductLine({}, { openDeducts: 101n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额1.99',
    { measureId: 'measure-1', available: '1.99' },
  ],
  [
    'open deducts above what is covered',
    deductFacts({ lines: [aDeductLine({}, { openDeducts: 400n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额0.00',
    { measureId: 'measure-1', available: '0.00' },
  ],
  [
    'two lines on one measure',
    deductFacts({ lines: [aDeductLine(), aDeductLine({ pointer: '/lines/1', amount: 101n })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额3.00',
    { measureId: 'measure-1', available: '3.00' },
  ],
  ['two lines on two measures', deductFacts({ lines: [aDeductLine(), aDeductLine({ pointer: '/lines/1' }, { id: 'measure-2' })] }), '-'],
  ...(['waiting', 'released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a deduct from a measure that is ${status}`,
    deductFacts({ lines: [aDeductLine({}, { status })] }),
    'deduct-over-covered',
    '/lines/0/amount',
    '扣划金额超过该项冻结实际控制且未在途的金额0.00',
    { measureId: 'measure-1', available: '0.00' },
  ]),
  [
    'a deduct of all that is owed',
    deductFacts({ case: aCase({ money: money({ collected: 500n, satisfied: 100n }), openDeducts: 200n }) }),
    '-',
  ],
  [
    'a deduct of more than is owed',
    deductFacts({ case: aCase({ money: money({ collected: 500n, satisfied: 101n }), openDeducts: 200n }) }),
    'over-ceiling',
    '/lines/0',
    '扣划金额合计超过案件未履行额1.99',
    { room: '1.99' },
  ],
  [
    'a deduct when nothing is owed',
    deductFacts({ case: aCase({ money: money({ ceiling: 0n, collected: 5n }) }) }),
    'over-ceiling',
    '/lines/0',
    '扣划金额合计超过案件未履行额0.00',
    { room: '0.00' },
  ],
  [
    'a deduct in preservation (R7)',
    deductFacts({ case: aCase({ kind: 'preservation' }) }),
    'deduct-in-preservation',
    '/caseId',
    '财产保全案件不得扣划，应在执行案件中扣划',
  ],
  ['a deduct in a resumed case', deductFacts({ case: aCase({ kind: 'resumed' }) }), '-'],
  ['no court account (R20)', deductFacts({ courtAccount: undefined }), 'court-account-missing', '/caseId', '案件没有执行款专户'],
  [
    'a court account outside the register',
    deductFacts({ courtAccount: { registered: false } }),
    'court-account-missing',
    '/caseId',
    '案件的执行款账户不在本院账户登记表内',
  ],
  [
    'a deduct beside a partial release (I8)',
    deductFacts({ lines: [aDeductLine({}, { openReleases: 1n })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
  [
    'a deduct beside a release of the whole, told so and not about a sum',
    deductFacts({ lines: [aDeductLine({ amount: 300n }, { openReleases: 300n, wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
  [
    'a deduct beside the release of a measure that binds nothing',
    deductFacts({ lines: [aDeductLine({}, { wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的解除，不得扣划',
  ],
];

const RELEASES: readonly Row[] = [
  ['an amount', releaseFacts({ lines: [aReleaseLine({ amount: 100n })] }), '-'],
  ['the amount of the whole limit', releaseFacts({ lines: [aReleaseLine({ amount: 500n })] }), '-'],
  [
    'more than the limit',
    releaseFacts({ lines: [aReleaseLine({ amount: 501n })] }),
    'invalid',
    '/lines/0/amount',
    '解除金额超过该项冻结的限额',
  ],
  ['a new limit', releaseFacts({ lines: [aReleaseLine({ newLimit: 499n })] }), '-'],
  ['a new limit of nothing', releaseFacts({ lines: [aReleaseLine({ newLimit: 0n })] }), '-'],
  [
    'a new limit that lowers nothing',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 500n })] }),
    'invalid',
    '/lines/0/newLimit',
    '新的限额没有降低该项冻结',
  ],
  [
    'a new limit at the old one lowers what the bank holds above it',
    releaseFacts({ lines: [aReleaseLine({ newLimit: 500n }, { covered: 600n })] }),
    '-',
  ],
  ['the whole of a measure that binds nothing', releaseFacts({ lines: [aReleaseLine({}, { limit: 0n, covered: 0n })] }), '-'],
  [
    'amount and new limit',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n, newLimit: 1n })] }),
    'invalid',
    '/lines/0',
    '解除金额与新的限额只能填一项',
  ],
  [
    'one measure twice',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }), aReleaseLine({ amount: 1n, pointer: '/lines/1' })] }),
    'invalid',
    '/lines/1/measureId',
    '同一项冻结在一次请求中只能解除一次',
  ],
  ['two measures', releaseFacts({ lines: [aReleaseLine(), aReleaseLine({ pointer: '/lines/1' }, { id: 'measure-2' })] }), '-'],
  ['a waiting measure', releaseFacts({ lines: [aReleaseLine({}, { status: 'waiting', covered: 0n })] }), '-'],
  ...(['released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a measure that is ${status}`,
    releaseFacts({ lines: [aReleaseLine({}, { status })] }),
    'invalid',
    '/lines/0/measureId',
    '该项冻结已经终结',
  ]),
  [
    'beside an open deduct (I8)',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }, { openDeducts: 1n })] }),
    'open-orders',
    '/lines/0',
    '该项冻结有尚未办结的扣划，不得解除',
  ],
  [
    'beside a release of the whole',
    releaseFacts({ lines: [aReleaseLine({ amount: 1n }, { wholeReleaseOpen: true })] }),
    'open-orders',
    '/lines/0',
    '该项冻结已有尚未办结的全部解除',
  ],
  ['the whole beside a partial one', releaseFacts({ lines: [aReleaseLine({}, { openReleases: 100n })] }), '-'],
  ['partial ones up to the whole', releaseFacts({ lines: [aReleaseLine({ amount: 400n }, { openReleases: 100n })] }), '-'],
  [
    'partial ones beyond the whole',
    releaseFacts({ lines: [aReleaseLine({ amount: 400n }, { openReleases: 101n })] }),
    'open-orders',
    '/lines/0',
    '连同尚未办结的解除，超过该项冻结的金额',
  ],
];

const newFreeze = (over: object = {}, end = '2027-03-09') => ({
  newFreeze: {
    action: 'freeze',
    caseId: 'case-1',
    lines: [{ holdingId: 'holding-1', amount: '5.00', scope: 'funds', ...over }],
    term: { from: '2026-03-10', to: end },
  },
});
const late = (to: string): string => `原冻结已于${to}届满或已终结，不能续行，应重新冻结`;
const other = aFreezeLine({ holding: aHolding({ property: 'other' }) });
const TERMS: readonly Row[] = [
  [
    'a term that ends before it begins',
    freezeFacts({ term: { from: '2026-03-10', to: '2026-03-09' } }),
    'invalid',
    '/term/to',
    '冻结期限的止日早于起日',
  ],
  ['a term that is over', freezeFacts({ term: { from: '2026-03-01', to: '2026-03-09' } }), 'invalid', '/term/to', '冻结期限已经届满'],
  ['a term of today', freezeFacts({ term: { from: '2026-03-10', to: '2026-03-10' } }), '-'],
  [
    'a deposit for a year and a day (I9)',
    freezeFacts({ term: { from: '2026-03-10', to: '2027-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  [
    'an account whose holding is not known, as a deposit',
    freezeFacts({ lines: [aFreezeLine({ holding: undefined })], term: { from: '2026-03-10', to: '2027-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  ['a wealth product for three years (R14)', freezeFacts({ lines: [other], term: { from: '2026-03-10', to: '2029-03-09' } }), '-'],
  [
    'a wealth product for longer',
    freezeFacts({ lines: [other], term: { from: '2026-03-10', to: '2029-03-10' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2029-03-09',
    { latest: '2029-03-09' },
  ],
  [
    'a deposit beside a product',
    freezeFacts({ lines: [other, aFreezeLine({ pointer: '/lines/1' })], term: { from: '2026-03-10', to: '2029-03-09' } }),
    'term-too-long',
    '/term/to',
    '冻结期限最长到2027-03-09',
    { latest: '2027-03-09' },
  ],
  ['a renewal for a year from the old end', renewFacts({ until: '2027-05-31' }), '-'],
  [
    'a renewal for a day longer',
    renewFacts({ until: '2027-06-01' }),
    'term-too-long',
    '/until',
    '续行冻结最长到2027-05-31',
    { latest: '2027-05-31' },
  ],
  ['a renewal by a day', renewFacts({ until: '2026-06-01' }), '-'],
  ['a renewal by nothing', renewFacts({ until: '2026-05-31' }), 'invalid', '/until', '新的止日没有晚于原止日2026-05-31'],
  [
    'a measure named twice',
    renewFacts({ lines: [aRenewLine(), aRenewLine({}, { pointer: '/measureIds/1' })] }),
    'invalid',
    '/measureIds/1',
    '同一项冻结重复列出',
  ],
  ['a waiting measure renewed', renewFacts({ lines: [aRenewLine({ status: 'waiting' })] }), '-'],
  ['on the last day', renewFacts({ at: endOfLegalDate('2026-05-31') - 1 }), '-'],
  [
    'at 24:00 of the last day (step 24)',
    renewFacts({ at: endOfLegalDate('2026-05-31') }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze({}, '2027-05-31').newFreeze && { newFreeze: { ...newFreeze().newFreeze, term: { from: '2026-06-01', to: '2027-05-31' } } },
  ],
  ...(['released', 'expired', 'exhausted'] as const).map((status): Row => [
    `a measure that is ${status}`,
    renewFacts({ lines: [aRenewLine({ status })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze(),
  ]),
  [
    'too late and too long: too late',
    renewFacts({ lines: [aRenewLine({ to: '2026-03-09' })], until: '2030-01-01' }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-03-09'),
    newFreeze(),
  ],
  [
    'too late without a holding',
    renewFacts({ lines: [aRenewLine({ status: 'expired', holdingId: undefined, scope: 'account' })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    {
      newFreeze: {
        ...newFreeze().newFreeze,
        lines: [{ bank: 'bank-a', account: '4201000000000011', debtorId: 'debtor-1', amount: '5.00', scope: 'account' }],
      },
    },
  ],
  [
    'one in time, two too late: the shortest term of the late ones',
    renewFacts({
      lines: [
        aRenewLine({ id: 'm0' }),
        aRenewLine({ id: 'm1', status: 'expired', property: 'other' }, { pointer: '/measureIds/1' }),
        aRenewLine({ id: 'm2', status: 'expired' }, { pointer: '/measureIds/2' }),
      ],
    }),
    'renewal-too-late',
    '/measureIds/1',
    late('2026-05-31'),
    { newFreeze: { ...newFreeze().newFreeze, lines: [newFreeze().newFreeze.lines[0], newFreeze().newFreeze.lines[0]] } },
  ],
  [
    'a late product alone',
    renewFacts({ lines: [aRenewLine({ status: 'expired', property: 'other' })] }),
    'renewal-too-late',
    '/measureIds/0',
    late('2026-05-31'),
    newFreeze({}, '2029-03-09'),
  ],
];

const exempt = (facts: Facts): Row => [
  `exempt money: ${facts.action} (R24)`,
  facts,
  'exempt-account',
  facts.lines[0]?.pointer,
  '该账户资金依法不得查控：应保留生活费',
  { restriction: 'wages' },
];
const none = restriction({ freeze: 'no', deduct: 'no' });
const restrictedDetail = (act: string, most: string): string => `该账户资金受限，${act}不得超过${most}：应保留生活费`;
const told = (available: string) => ({ restriction: 'wages', available });
const onHolding = (over: Partial<RestrictionFacts>, holding = {}) =>
  aFreezeLine({ holding: aHolding({ restriction: restriction(over), ...holding }) });
const onMeasure = (over: Partial<RestrictionFacts>, measure = {}) => aDeductLine({}, { restriction: restriction(over), ...measure });
const PROPERTY: readonly Row[] = [
  exempt(freezeFacts({ lines: [aFreezeLine({ holding: aHolding({ restriction: none }) })] })),
  exempt(renewFacts({ lines: [aRenewLine({ restriction: none })] })),
  exempt(deductFacts({ lines: [aDeductLine({}, { restriction: none })] })),
  ['exempt money may be released', releaseFacts({ lines: [aReleaseLine({}, { restriction: none })] }), '-'],
  ['a freeze above the reserve', freezeFacts({ lines: [onHolding({ reserve: 200n })] }), '-'],
  [
    'a freeze that touches the reserve',
    freezeFacts({ lines: [onHolding({ reserve: 201n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '3.99'),
    told('3.99'),
  ],
  [
    'a freeze beside an open one',
    freezeFacts({ lines: [onHolding({ reserve: 200n }, { openFreezes: 1n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '3.99'),
    told('3.99'),
  ],
  [
    'open freezes beyond what may be frozen',
    freezeFacts({ lines: [onHolding({ reserve: 200n }, { openFreezes: 900n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '0.00'),
    told('0.00'),
  ],
  [
    'two lines on one restricted holding',
    freezeFacts({ lines: [onHolding({ reserve: 0n }), { ...onHolding({ reserve: 0n }), pointer: '/lines/1', amount: 201n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '6.00'),
    told('6.00'),
  ],
  [
    'two lines on two restricted holdings',
    freezeFacts({ lines: [onHolding({ reserve: 0n }), { ...onHolding({ reserve: 0n }, { id: 'h2' }), pointer: '/lines/1' }] }),
    '-',
  ],
  [
    'a whole restricted account',
    freezeFacts({ lines: [{ ...onHolding({ reserve: 0n }), scope: 'account' }], reason: 'x' }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '6.00'),
    told('6.00'),
  ],
  [
    'a freeze of money that may only be deducted',
    freezeFacts({ lines: [onHolding({ freeze: 'no' })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('冻结', '0.00'),
    told('0.00'),
  ],
  ['a freeze of money that may not be deducted', freezeFacts({ lines: [onHolding({ freeze: 'yes', deduct: 'no' })] }), '-'],
  [
    'a free account may be frozen beyond what is there',
    freezeFacts({ lines: [aFreezeLine({ holding: aHolding({ available: 0n }) })] }),
    '-',
  ],
  ['a renewal of restricted money', renewFacts({ lines: [aRenewLine({ restriction: restriction({}) })] }), '-'],
  [
    'a deduct of money that may only be frozen',
    deductFacts({ lines: [onMeasure({ freeze: 'yes', deduct: 'no' })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  [
    'the same with a known balance',
    deductFacts({ lines: [onMeasure({ freeze: 'yes', deduct: 'no' }, { balance: 900n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  ['a deduct that leaves the reserve', deductFacts({ lines: [onMeasure({}, { balance: 450n })] }), '-'],
  [
    'a deduct that touches the reserve',
    deductFacts({ lines: [onMeasure({}, { balance: 449n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '1.99'),
    told('1.99'),
  ],
  [
    'a deduct beside an open one',
    deductFacts({ lines: [onMeasure({}, { balance: 500n, openDeducts: 51n })] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '1.99'),
    told('1.99'),
  ],
  [
    'open deducts beyond the reserve',
    deductFacts({ lines: [{ ...onMeasure({}, { balance: 260n, openDeducts: 100n }), amount: 1n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '0.00'),
    told('0.00'),
  ],
  ['a deduct from an unknown balance takes what was frozen above the reserve', deductFacts({ lines: [onMeasure({})] }), '-'],
  [
    'two lines on one restricted measure',
    deductFacts({ lines: [onMeasure({}, { balance: 450n }), { ...onMeasure({}, { balance: 450n }), amount: 1n }] }),
    'restricted-account',
    '/lines/0',
    restrictedDetail('扣划', '2.00'),
    told('2.00'),
  ],
  [
    'money that may be deducted freely',
    deductFacts({ lines: [onMeasure({ deduct: 'yes', freeze: 'above-reserve' }, { balance: 200n })] }),
    '-',
  ],
];

const BANKS: readonly Row[] = [
  ['an unknown bank', freezeFacts({ banks: [] }), 'unsupported-by-bank', '/lines/0', 'bank-a不支持此项业务'],
  [
    'a bank that is not active',
    inquireFacts({ banks: [aBank({ active: false })] }),
    'unsupported-by-bank',
    '/banks/0',
    'bank-a不支持此项业务',
  ],
  ...[inquireFacts, freezeFacts, renewFacts, releaseFacts, deductFacts].map((facts): Row => [
    `a bank without ${facts().action}`,
    facts({ banks: [aBank({ actions: [] })] }),
    'unsupported-by-bank',
    facts().action === 'inquire' ? '/banks/0' : facts().lines[0]?.pointer,
    'bank-a不支持此项业务',
  ]),
  [
    'transactions',
    inquireFacts({ transactions: { from: '2026-01-01', to: '2026-02-01' }, banks: [aBank({ transactions: false })] }),
    'unsupported-by-bank',
    '/transactions',
    'bank-a不支持查询交易流水',
  ],
  [
    'transactions at a bank that is not asked',
    inquireFacts({
      transactions: { from: '2026-01-01', to: '2026-02-01' },
      banks: [aBank(), aBank({ name: 'bank-b', transactions: false })],
    }),
    '-',
  ],
  ['transactions not asked for', inquireFacts({ banks: [aBank({ transactions: false })] }), '-'],
  [
    'a whole account',
    freezeFacts({ lines: [aFreezeLine({ scope: 'account' })], reason: 'x', banks: [aBank({ scopes: ['funds'] })] }),
    'unsupported-by-bank',
    '/lines/0/scope',
    'bank-a不支持冻结整个账户',
  ],
  [
    'a wealth product',
    freezeFacts({ lines: [other], banks: [aBank({ propertyKinds: ['deposit'] })] }),
    'unsupported-by-bank',
    '/lines/0',
    'bank-a不支持冻结此类财产',
  ],
  [
    'an unknown holding, as a deposit',
    freezeFacts({ lines: [aFreezeLine({ holding: undefined })], banks: [aBank({ propertyKinds: ['other'] })] }),
    'unsupported-by-bank',
    '/lines/0',
    'bank-a不支持冻结此类财产',
  ],
  [
    'another currency',
    freezeFacts({ lines: [aFreezeLine({ currency: 'USD' })] }),
    'unsupported-by-bank',
    '/lines/0',
    '账户币种与案件币种不同，暂不支持网络冻结',
  ],
  [
    'a partial deduct',
    deductFacts({ banks: [aBank({ partialDeduct: false })] }),
    'unsupported-by-bank',
    '/lines/0/amount',
    'bank-a不支持部分扣划',
  ],
  ['a whole deduct', deductFacts({ lines: [aDeductLine({ amount: 300n })], banks: [aBank({ partialDeduct: false })] }), '-'],
];

describe('gates', () => {
  it.each(PEOPLE)('people: %s', (...row) => judge(row[1], row));
  it.each(CASES)('case and subject: %s', (...row) => judge(row[1], row));
  it.each(LIABILITY)('liability: %s', (...row) => judge(row[1], row));
  it.each(DOCUMENTS)('documents: %s', (...row) => judge(row[1], row));
  it.each(MONEY)('money: %s', (...row) => judge(row[1], row));
  it.each(RELEASES)('releases: %s', (...row) => judge(row[1], row));
  it.each(TERMS)('terms: %s', (...row) => judge(row[1], row));
  it.each(PROPERTY)('property: %s', (...row) => judge(row[1], row));
  it.each(BANKS)('banks: %s', (...row) => judge(row[1], row));
});

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
  it.each(DISPATCH)('%s', (...row) => judge(row[1], row, checkDispatch));

  it('is the only stage that asks for approvals and seals', () => {
    expect(
      checkAction(freezeFacts({ approvals: undefined, instruments: withRuling({ state: 'draft' }), stage: 'approval' })),
    ).toBeUndefined();
  });
});

describe('a refusal as an errors list', () => {
  it('has an entry where there is a pointer', () => {
    expect(refusalErrors({ code: 'on-hold', detail: 'x', pointer: '/a' })).toEqual([{ pointer: '/a', detail: 'x' }]);
    expect(refusalErrors({ code: 'on-hold', detail: 'x' })).toEqual([]);
  });
});
