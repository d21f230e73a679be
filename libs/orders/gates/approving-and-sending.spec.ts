import { describe, expect, it } from '@jest/globals';
import { endOfLegalDate } from '#kernel';
import { NOW, aFreezeLine, freezeFacts, inquireFacts, releaseFacts } from '../fixtures/facts.js';
import { type BeforeSendingFacts, approvalSubjectOf, checkApproval, checkBeforeSending } from '../index.js';

describe('who may approve (审执分离)', () => {
  const judge = { id: 'judge-1', roles: ['judge'] };
  const leader = { id: 'leader-1', roles: ['leader'] };
  const both = { id: 'both-1', roles: ['leader', 'judge'] };
  const given = (role: 'judge' | 'leader', by: string) => ({ role, by, at: NOW });
  const attempt = (over: object) =>
    checkApproval({ required: ['judge', 'leader'], given: [], requestedBy: 'officer-1', approver: judge, ...over });

  it.each([
    ['a judge', { approver: judge }, { role: 'judge' }],
    ['a leader, before the judge', { approver: leader }, { role: 'leader' }],
    ['one who is both, as what is asked for first', { approver: both }, { role: 'judge' }],
    ['one who is both, as what is still missing', { approver: both, given: [given('judge', 'judge-1')] }, { role: 'leader' }],
    ['two judges where policy asks for two', { required: ['judge', 'judge'], given: [given('judge', 'judge-2')] }, { role: 'judge' }],
    ['himself', { requestedBy: 'judge-1' }, { code: 'own-approval', detail: '不得审批本人提交的请求' }],
    ['twice', { approver: both, given: [given('judge', 'both-1')] }, { code: 'own-approval', detail: '同一人不得重复审批' }],
    ['a role that is given already', { given: [given('judge', 'judge-2')] }, { code: 'forbidden', detail: '您没有审批此项请求的权限' }],
    [
      'a role that is given already, asked for after one that is not',
      { required: ['leader', 'judge'], given: [given('judge', 'judge-2')] },
      { code: 'forbidden', detail: '您没有审批此项请求的权限' },
    ],
    ['no role', { approver: { id: 'x', roles: ['officer'] } }, { code: 'forbidden', detail: '您没有审批此项请求的权限' }],
    ['where nothing is asked for', { required: [] }, { code: 'forbidden', detail: '您没有审批此项请求的权限' }],
  ])('%s', (_name, over, expected) => expect(attempt(over)).toEqual(expected));
});

describe('what approvals are asked for', () => {
  it('is the stricter form where the request takes it', () => {
    expect(approvalSubjectOf(inquireFacts())).toBe('inquire');
    expect(approvalSubjectOf(inquireFacts({ transactions: { from: '2026-01-01', to: '2026-01-02' } }))).toBe('inquire-transactions');
    expect(approvalSubjectOf(freezeFacts())).toBe('freeze');
    expect(approvalSubjectOf(releaseFacts())).toBe('release');
    expect(approvalSubjectOf(freezeFacts({ lines: [aFreezeLine(), aFreezeLine({ scope: 'account' })] }))).toBe('freeze-account');
  });
});

describe('once more before sending (I1)', () => {
  const officer = { filed: true, filedFrom: '2026-01-01', filedTo: '2026-12-31', validTo: '2026-12-31' };
  const facts = (over: Partial<BeforeSendingFacts>): BeforeSendingFacts => ({
    action: 'freeze',
    at: NOW,
    caseStatus: 'open',
    officer,
    ...over,
  });
  const unfiled = { code: 'officer-not-filed', detail: '承办人备案已撤回，或备案、证件已过有效期' };
  const end = endOfLegalDate('2026-03-10');

  it.each<[string, Partial<BeforeSendingFacts>, object | undefined]>([
    ['nothing changed', {}, undefined],
    ['case closed', { caseStatus: 'closed' }, { code: 'case-closed', detail: '案件已结案' }],
    ['case closed, a release', { caseStatus: 'closed', action: 'release' }, undefined],
    ['case closed, a renewal, which only a closing with no assets leaves', { caseStatus: 'closed', action: 'renew' }, undefined],
    ['case suspended', { caseStatus: 'suspended' }, { code: 'on-hold', detail: '案件已中止执行' }],
    ['case suspended, a release', { caseStatus: 'suspended', action: 'release' }, undefined],
    ['a hold', { hold: '异议审查期间' }, { code: 'on-hold', detail: '异议审查期间' }],
    ['a hold, a release', { hold: '异议审查期间', action: 'release' }, undefined],
    ['filing withdrawn', { officer: { ...officer, filed: false } }, unfiled],
    ['filing not begun', { officer: { ...officer, filedFrom: '2026-03-11' } }, unfiled],
    ['filing begun today', { officer: { ...officer, filedFrom: '2026-03-10' } }, undefined],
    ['filing without a beginning', { officer: { ...officer, filedFrom: undefined } }, undefined],
    ['filing ended', { officer: { ...officer, filedTo: '2026-03-09' } }, unfiled],
    ['filing ends today', { officer: { ...officer, filedTo: '2026-03-10' } }, undefined],
    ['credentials ended', { officer: { ...officer, validTo: '2026-03-09' } }, unfiled],
    ['credentials end today', { officer: { ...officer, validTo: '2026-03-10' } }, undefined],
    [
      'a freeze whose term is over',
      { freezeEnds: ['2027-01-01', '2026-03-10'], at: end },
      { code: 'term-too-long', detail: '冻结期限在送达前已经届满' },
    ],
    ['a freeze on its last day', { freezeEnds: ['2026-03-10'], at: end - 1 }, undefined],
    [
      'a renewal of what is over',
      { action: 'renew', oldEnds: ['2027-01-01', '2026-03-10'], at: end },
      { code: 'renewal-too-late', detail: '原冻结已届满，续行冻结未能在届满前送达' },
    ],
    ['a renewal on the last day', { action: 'renew', oldEnds: ['2026-03-10'], at: end - 1 }, undefined],
    [
      'a deduct from what is over is the bank’s to judge',
      { action: 'deduct', oldEnds: ['2026-01-01'], freezeEnds: ['2026-01-01'] },
      undefined,
    ],
    ['a freeze is not judged by old ends', { oldEnds: ['2026-01-01'] }, undefined],
    ['a renewal is not judged by freeze ends', { action: 'renew', freezeEnds: ['2026-01-01'] }, undefined],
    [
      'the case before the filing',
      { caseStatus: 'closed', officer: { ...officer, filed: false } },
      { code: 'case-closed', detail: '案件已结案' },
    ],
    ['the filing before the term', { freezeEnds: ['2026-01-01'], officer: { ...officer, filed: false } }, unfiled],
  ])('%s', (_name, over, expected) => expect(checkBeforeSending(facts(over))).toEqual(expected));
});
