import { sumMinor } from '#kernel';
import type { ApprovalSubject } from '../words.js';
import {
  caseMustBeOpen,
  caseMustStandBeforeSending,
  deductMustStayWithinLiability,
  freezeMustStayWithinLiability,
  nothingMustBeOnHold,
  subjectMustBeDebtor,
} from './case-and-subject.js';
import { instrumentsMustBeThere, instrumentsMustFitBanks, rulingsMustCoverAmounts } from './documents.js';
import type { ActionFacts, BeforeSendingFacts, DeductFacts, FreezeFacts, InquireFacts, ReleaseFacts, RenewFacts } from './facts.js';
import {
  courtAccountMustBeRegistered,
  deductMustNotMeetRelease,
  deductMustStayUnderCeiling,
  deductMustStayWithinCovered,
  deductNotInPreservation,
  freezeMustStayUnderCeiling,
  releaseMustLower,
  releaseMustNotMeetOthers,
  releasedBy,
} from './money.js';
import {
  approvalsMustStand,
  credentialsMustBeComplete,
  filingMustStandBeforeSending,
  mustBeHandler,
  mustBePermitted,
  officerMustBeFiled,
} from './people.js';
import {
  bankMustSupport,
  bankMustSupportDeduct,
  bankMustSupportFreeze,
  bankMustSupportTransactions,
  deductMustRespectRestriction,
  freezeMustRespectRestriction,
  propertyMustNotBeExempt,
} from './property.js';
import { type Gate, type Refusal, firstRefusal } from './refusal.js';
import {
  freezeTermMustLieAhead,
  freezeTermMustNotBeTooLong,
  renewalMustNotBeTooLate,
  renewalMustNotBeTooLong,
  renewalMustProlong,
  termMustStandBeforeSending,
} from './terms.js';

/** What approvals and reasons are asked for: the stricter form of an action where the request takes it. */
export function approvalSubjectOf(facts: ActionFacts): ApprovalSubject {
  if (facts.action === 'inquire' && facts.transactions) return 'inquire-transactions';
  if (facts.action === 'freeze' && facts.lines.some((line) => line.scope === 'account')) return 'freeze-account';
  return facts.action;
}

/** R18: some acts, such as freezing a whole account, need a reason. */
export function reasonMustBeGiven(facts: ActionFacts): Refusal | undefined {
  if (!facts.policy.reasonRequired.includes(approvalSubjectOf(facts)) || (facts.reason ?? '').trim() !== '') return undefined;
  return { code: 'invalid', detail: '此项业务必须说明理由', pointer: '/reason' };
}

/**
 * One list of gates per action. Their order is the order of the public interface, so that the first failure of a list is the one to
 * report: a deduct's covered sum before the ceiling, a renewal's lateness before its length. Each list begins with who may act and with
 * what no rule can make sense of.
 */
const INQUIRE: readonly Gate<InquireFacts>[] = [
  mustBePermitted,
  mustBeHandler,
  reasonMustBeGiven,
  approvalsMustStand,
  caseMustBeOpen,
  subjectMustBeDebtor,
  officerMustBeFiled,
  credentialsMustBeComplete,
  instrumentsMustBeThere,
  instrumentsMustFitBanks,
  nothingMustBeOnHold,
  bankMustSupport,
  bankMustSupportTransactions,
];

const FREEZE: readonly Gate<FreezeFacts>[] = [
  mustBePermitted,
  mustBeHandler,
  reasonMustBeGiven,
  freezeTermMustLieAhead,
  approvalsMustStand,
  caseMustBeOpen,
  subjectMustBeDebtor,
  freezeMustStayWithinLiability,
  officerMustBeFiled,
  credentialsMustBeComplete,
  instrumentsMustBeThere,
  instrumentsMustFitBanks,
  (facts) => rulingsMustCoverAmounts(facts, (index) => facts.lines[index]?.amount ?? 0n),
  freezeMustStayUnderCeiling,
  freezeTermMustNotBeTooLong,
  propertyMustNotBeExempt,
  freezeMustRespectRestriction,
  nothingMustBeOnHold,
  bankMustSupport,
  bankMustSupportFreeze,
];

const RENEW: readonly Gate<RenewFacts>[] = [
  mustBePermitted,
  mustBeHandler,
  reasonMustBeGiven,
  renewalMustProlong,
  approvalsMustStand,
  caseMustBeOpen,
  subjectMustBeDebtor,
  officerMustBeFiled,
  credentialsMustBeComplete,
  instrumentsMustBeThere,
  instrumentsMustFitBanks,
  renewalMustNotBeTooLate,
  renewalMustNotBeTooLong,
  propertyMustNotBeExempt,
  nothingMustBeOnHold,
  bankMustSupport,
];

const RELEASE: readonly Gate<ReleaseFacts>[] = [
  mustBePermitted,
  mustBeHandler,
  reasonMustBeGiven,
  releaseMustLower,
  approvalsMustStand,
  caseMustBeOpen,
  subjectMustBeDebtor,
  officerMustBeFiled,
  credentialsMustBeComplete,
  instrumentsMustBeThere,
  instrumentsMustFitBanks,
  (facts) => rulingsMustCoverAmounts(facts, (index) => sumMinor(facts.lines.slice(index, index + 1).map(releasedBy))),
  nothingMustBeOnHold,
  releaseMustNotMeetOthers,
  bankMustSupport,
];

const DEDUCT: readonly Gate<DeductFacts>[] = [
  mustBePermitted,
  mustBeHandler,
  reasonMustBeGiven,
  approvalsMustStand,
  caseMustBeOpen,
  subjectMustBeDebtor,
  deductMustStayWithinLiability,
  officerMustBeFiled,
  credentialsMustBeComplete,
  instrumentsMustBeThere,
  instrumentsMustFitBanks,
  (facts) => rulingsMustCoverAmounts(facts, (index) => facts.lines[index]?.amount ?? 0n),
  deductMustStayWithinCovered,
  deductMustStayUnderCeiling,
  deductNotInPreservation,
  propertyMustNotBeExempt,
  deductMustRespectRestriction,
  courtAccountMustBeRegistered,
  nothingMustBeOnHold,
  deductMustNotMeetRelease,
  bankMustSupport,
  bankMustSupportDeduct,
];

export function checkInquire(facts: InquireFacts): Refusal | undefined {
  return firstRefusal(INQUIRE, facts);
}

export function checkFreeze(facts: FreezeFacts): Refusal | undefined {
  return firstRefusal(FREEZE, facts);
}

export function checkRenew(facts: RenewFacts): Refusal | undefined {
  return firstRefusal(RENEW, facts);
}

export function checkRelease(facts: ReleaseFacts): Refusal | undefined {
  return firstRefusal(RELEASE, facts);
}

export function checkDeduct(facts: DeductFacts): Refusal | undefined {
  return firstRefusal(DEDUCT, facts);
}

/** The gates of whatever action, at the stage that the facts name. */
export function checkAction(facts: ActionFacts): Refusal | undefined {
  switch (facts.action) {
    case 'inquire':
      return checkInquire(facts);
    case 'freeze':
      return checkFreeze(facts);
    case 'renew':
      return checkRenew(facts);
    case 'release':
      return checkRelease(facts);
    case 'deduct':
      return checkDeduct(facts);
  }
}

/**
 * I1: the rerun in the transaction that releases for dispatch, whatever stage the facts were made for: who posted is not judged again, and
 * approvals and seals must be there.
 */
export function checkDispatch(facts: ActionFacts): Refusal | undefined {
  return checkAction({ ...facts, stage: 'dispatch' });
}

/** I1: what the connector asks once more before it sends; a refusal withdraws the order with its reason. */
export function checkBeforeSending(facts: BeforeSendingFacts): Refusal | undefined {
  return firstRefusal([caseMustStandBeforeSending, filingMustStandBeforeSending, termMustStandBeforeSending], facts);
}
