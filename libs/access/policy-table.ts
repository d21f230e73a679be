import {
  aboutAnother,
  anywhere,
  handlerOfCase,
  neverReviews,
  otherApprover,
  otherAsker,
  otherAskerOfCourt,
  otherClerk,
  ownBank,
  ownCourt,
  ownThing,
  type BankOrder,
  type CourtResource,
  type DeskReview,
  type ErasureProposal,
  type FindingAbout,
  type HandledCase,
  type NoResource,
  type OwnedResource,
  type PendingApproval,
  type RedriveProposal,
  type Rule,
} from './policy-rules.js';
import { ROLES, type Role } from './principal.js';

/** One row of the table: what may be done to which kind of resource, by whom, under which rule. A role that is absent may not. */
export type Row<R> = Readonly<Partial<Record<Role, Rule<R>>>>;

function row<R>(rules: Row<R>): Row<R> {
  return rules;
}

const nobodyBut = (...roles: readonly Role[]): Row<NoResource> => row(Object.fromEntries(roles.map((role) => [role, anywhere])));

const ADMIN = nobodyBut('admin');
const EVERYBODY = nobodyBut(...ROLES);
const COURT = row<CourtResource>({ officer: ownCourt, judge: ownCourt, leader: ownCourt });
/** Masked reading on the court side; the auditor reads all courts. */
const COURT_AND_AUDITOR = row<CourtResource>({ ...COURT, auditor: anywhere });
const OFFICER = row<CourtResource>({ officer: ownCourt });
const OFFICER_OR_JUDGE = row<CourtResource>({ officer: ownCourt, judge: ownCourt });
const APPROVERS = row<PendingApproval>({ officer: otherApprover, judge: otherApprover, leader: otherApprover });
const DESK = row<BankOrder>({ clerk: ownBank, reviewer: ownBank });
/** What the court and one bank have to say of each other's day. */
const STATEMENT = row<BankOrder>({ leader: anywhere, auditor: anywhere, clerk: ownBank, reviewer: ownBank });
const DESK_CLERK = row<BankOrder>({ clerk: ownBank });

/**
 * The whole policy, one row per call of the public interface. What is not in it nobody may do.
 * Open to everyone without a token, and so not here: sign-in, health, metrics, the interface's description, and the ledger's
 * checkpoint, tiles, proofs and key.
 */
export const POLICY = {
  'officer.list': nobodyBut('admin', 'auditor'),
  'officer.write': ADMIN,
  'officer.file': ADMIN,
  'court-accounts.write': ADMIN,

  'case.create': OFFICER_OR_JUDGE,
  'case.read': COURT_AND_AUDITOR,
  'case.list': nobodyBut('officer', 'judge', 'leader', 'auditor'),
  'case.debt.change': OFFICER_OR_JUDGE,
  'case.debt.approve': APPROVERS,
  'case.satisfaction.add': OFFICER_OR_JUDGE,
  'case.court-account.change': OFFICER_OR_JUDGE,
  'case.court-account.approve': APPROVERS,
  'case.close': OFFICER_OR_JUDGE,
  'party.reveal': COURT,

  'case.erase': row<CourtResource>({ judge: ownCourt, leader: ownCourt }),
  'case.erase.approve': row<ErasureProposal>({ judge: otherAskerOfCourt, leader: otherAskerOfCourt }),
  'case.erasure.read': row<CourtResource>({ judge: ownCourt, leader: ownCourt, auditor: anywhere }),
  'case.erasure.list': nobodyBut('judge', 'leader', 'auditor'),

  'import.start': nobodyBut('officer', 'judge', 'leader', 'admin'),
  'import.line': row<CourtResource>({ ...COURT, admin: anywhere }),
  'import.read': row<OwnedResource>({ officer: ownThing, judge: ownThing, leader: ownThing, admin: anywhere }),

  'instrument.add': OFFICER_OR_JUDGE,
  'instrument.read': COURT_AND_AUDITOR,
  'instrument.content.read': COURT_AND_AUDITOR,
  'instrument.void': OFFICER_OR_JUDGE,

  'request.batch': nobodyBut('officer'),
  'request.inquire': row<HandledCase>({ officer: handlerOfCase }),
  'request.freeze': OFFICER,
  'request.renew': OFFICER,
  'request.release': OFFICER,
  'request.deduct': OFFICER,
  'request.read': COURT_AND_AUDITOR,
  'request.list': nobodyBut('officer', 'judge', 'leader', 'auditor'),
  'request.events.read': COURT_AND_AUDITOR,
  'request.approve': APPROVERS,
  'request.withdraw': COURT,
  'request.proof.read': COURT_AND_AUDITOR,
  'request.proof.open': COURT_AND_AUDITOR,

  'holding.list': COURT_AND_AUDITOR,
  'holding.transactions.read': COURT_AND_AUDITOR,
  'holding.reveal': COURT,
  'freeze-plan.make': COURT,
  'measure.list': COURT_AND_AUDITOR,
  'measure.expiring.list': nobodyBut('officer', 'judge', 'leader', 'auditor'),
  'measure.reveal': COURT,
  'payment.list': COURT_AND_AUDITOR,
  'payment.credited': OFFICER_OR_JUDGE,
  'payment.returned': OFFICER_OR_JUDGE,
  'payment.claim': OFFICER_OR_JUDGE,

  'task.list': nobodyBut('officer', 'judge', 'leader', 'auditor'),
  'task.done': COURT,
  'bank-task.done': nobodyBut('leader'),
  'order.resolve': OFFICER_OR_JUDGE,
  'order.resolution.approve': APPROVERS,
  'order.receipts.read': COURT_AND_AUDITOR,
  'order.receipt.content.read': COURT_AND_AUDITOR,
  'order.original.read': nobodyBut('auditor'),
  'order.export': nobodyBut('auditor'),

  'bank.list': EVERYBODY,
  'statement.list': nobodyBut('leader', 'auditor', 'clerk', 'reviewer'),
  'statement.read': STATEMENT,
  'event-feed.read': nobodyBut('auditor', 'service'),
  'ledger.entries.read': nobodyBut('auditor'),
  'ledger.findings.read': nobodyBut('auditor'),
  'ledger.finding.mark': row<FindingAbout>({ auditor: aboutAnother }),
  'dead-letter.list': nobodyBut('admin', 'auditor'),
  'dead-letter.read': nobodyBut('admin', 'auditor'),
  'dead-letter.redrive': ADMIN,
  'dead-letter.redrive.approve': row<RedriveProposal>({ admin: otherAsker }),

  'desk.list': nobodyBut('clerk', 'reviewer'),
  'desk.read': DESK,
  'desk.documents.read': DESK,
  'desk.answer': DESK_CLERK,
  'desk.rollback': DESK_CLERK,
  'desk.receipt.add': DESK_CLERK,
  'desk.review': row<DeskReview>({ reviewer: otherClerk, clerk: neverReviews }),
  'desk.objection': DESK_CLERK,
  'desk.register.read': nobodyBut('clerk', 'reviewer', 'auditor'),

  'sim.customers.read': ADMIN,
  'sim.customers.write': ADMIN,
  'sim.account.credit': ADMIN,
  'sim.account.redeem': ADMIN,
  'sim.journal.read': ADMIN,
  'sim.faults.write': ADMIN,
  'sim.effect.add': ADMIN,
  'sim.clock.advance': ADMIN,
} as const;

export type Action = keyof typeof POLICY;

/** The attributes that an action is judged by; leaving one out does not compile. */
export type ResourceOf<A extends Action> = (typeof POLICY)[A] extends Row<infer R> ? R : never;

export const ACTIONS = Object.keys(POLICY) as readonly Action[];
