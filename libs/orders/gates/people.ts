import { type LegalDate, legalDateOf } from '#kernel';
import { approvalLapsesAt } from '../deadlines.js';
import type { ApproverRole } from '../words.js';
import type { Action } from '../words.js';
import type { BeforeSendingFacts, GateActor, GateApprovals, GateFacts, GateOfficer } from './facts.js';
import type { Refusal } from './refusal.js';

/** Access: the policy module must permit the act at all. Judged at posting only; reruns judge the order, not the person. */
export function mustBePermitted(facts: { readonly actor: GateActor; readonly stage?: GateFacts['stage'] }): Refusal | undefined {
  if ((facts.stage ?? 'posting') !== 'posting' || facts.actor.permitted) return undefined;
  return { code: 'forbidden', detail: '您没有办理此项业务的权限' };
}

/** R6: only a handler of the case acts in it, for the actions that policy lists. Judged at posting only. */
export function mustBeHandler(facts: GateFacts & { readonly action: Action }): Refusal | undefined {
  if (facts.stage !== 'posting' || facts.actor.handler || !facts.policy.handlersOnly.includes(facts.action)) return undefined;
  return { code: 'not-handler', detail: '您不是本案承办人' };
}

/** R2: filed with each bank, on a day inside the filing and inside the credentials' own validity. */
export function officerMustBeFiled(facts: GateFacts): Refusal | undefined {
  const today = legalDateOf(facts.at);
  const unfiled = facts.lines.find((line) => !isFiled(facts.officer, line.bank, today));
  if (!unfiled) return undefined;
  return {
    code: 'officer-not-filed',
    detail: `承办人未在${unfiled.bank}备案，或备案、证件已过有效期`,
    pointer: unfiled.bankPointer ?? unfiled.pointer,
    extra: { bank: unfiled.bank },
  };
}

/** R2: whether an officer's register version and his filing with a bank both cover a day. */
export function isFiled(officer: Pick<GateOfficer, 'validFrom' | 'validTo' | 'filings'>, bank: string, today: LegalDate): boolean {
  const valid = officer.validFrom <= today && today <= officer.validTo;
  return (
    valid &&
    officer.filings.some((filing) => filing.bank === bank && filing.state === 'filed' && filing.from <= today && today <= filing.to)
  );
}

/** R2, rollback code 0402: both numbers and both images travel with every order. */
export function credentialsMustBeComplete(facts: GateFacts): Refusal | undefined {
  const { officer } = facts;
  const lacking = [
    officer.workId.trim() === '' && '工作证编号',
    officer.dutyId.trim() === '' && '执行公务证编号',
    !officer.hasWorkIdImage && '工作证影像',
    !officer.hasDutyIdImage && '执行公务证影像',
  ].filter((name) => name !== false);
  if (lacking.length === 0) return undefined;
  return { code: 'credentials-incomplete', detail: `承办人证件不全，缺少：${lacking.join('、')}` };
}

/** I1: every approval that policy asks for is recorded, each by another person, and none came after the request had lapsed. Judged at dispatch. */
export function approvalsMustStand(facts: GateFacts): Refusal | undefined {
  if (facts.stage !== 'dispatch') return undefined;
  const approvals = facts.approvals;
  if (!approvals) return { code: 'approval-missing', detail: '缺少审批记录' };
  const missing = missingApprovals(approvals);
  if (missing.length > 0) return { code: 'approval-missing', detail: `尚缺审批：${missing.map(roleName).join('、')}` };
  const lapsesAt = approvalLapsesAt(facts.policy, approvals.requestedAt);
  if (approvals.given.some((approval) => approval.at >= lapsesAt)) return { code: 'approval-lapsed', detail: '审批逾期，已失效' };
  return undefined;
}

/** The roles still to approve, in the order of policy. One person's approval serves one role only. */
export function missingApprovals(approvals: Pick<GateApprovals, 'required' | 'given'>): readonly ApproverRole[] {
  const counted = new Set<string>();
  const given: ApproverRole[] = [];
  for (const approval of approvals.given) {
    if (counted.has(approval.by)) continue;
    counted.add(approval.by);
    given.push(approval.role);
  }
  return approvals.required.filter((role) => {
    const at = given.indexOf(role);
    if (at >= 0) given.splice(at, 1);
    return at < 0;
  });
}

export interface ApprovalAttempt {
  readonly required: readonly ApproverRole[];
  readonly given: GateApprovals['given'];
  readonly requestedBy: string;
  readonly approver: { readonly id: string; readonly roles: readonly string[] };
}

/**
 * 审执分离: nobody decides on his own request, nobody twice, and only who has a role that is still missing.
 * The role that the approval is recorded under is the first missing one that the approver has.
 */
export function checkApproval(attempt: ApprovalAttempt): Refusal | { readonly role: ApproverRole } {
  const { approver } = attempt;
  if (approver.id === attempt.requestedBy) return { code: 'own-approval', detail: '不得审批本人提交的请求' };
  const role = missingApprovals(attempt).find((missing) => approver.roles.includes(missing));
  if (role === undefined) return { code: 'forbidden', detail: '您没有审批此项请求的权限' };
  if (attempt.given.some((approval) => approval.by === approver.id)) return { code: 'own-approval', detail: '同一人不得重复审批' };
  return { role };
}

/** R2 at the connector: what it was told of the filing and of the credentials, on the day it sends. */
export function filingMustStandBeforeSending(facts: BeforeSendingFacts): Refusal | undefined {
  const today = legalDateOf(facts.at);
  const { filed, filedFrom, filedTo, validTo } = facts.officer;
  if (filed && (filedFrom ?? today) <= today && today <= filedTo && today <= validTo) return undefined;
  return { code: 'officer-not-filed', detail: '承办人备案已撤回，或备案、证件已过有效期' };
}

function roleName(role: ApproverRole): string {
  return role === 'judge' ? '执行法官' : '执行局长';
}
