import { describe, it } from '@jest/globals';
import { aFreezeLine, anOfficer, deductFacts, freezeFacts, inquireFacts, policy, releaseFacts, renewFacts } from '../fixtures/facts.js';
import { type Row, judge } from '../fixtures/rows.js';

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

describe('people', () => {
  it.each(PEOPLE)('%s', (...row) => judge(row));
});
