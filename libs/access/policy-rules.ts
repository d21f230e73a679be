import type { Principal, Role } from './principal.js';

/** Why something visible may not be done. The words are those of the public interface. */
export type ForbiddenCode = 'forbidden' | 'own-approval' | 'not-handler';

/**
 * `hidden`: the caller may not even know that the thing exists, so the answer is that of a thing that does not (404).
 * `forbidden`: he may know, or the call is closed to his roles whatever it is about (403 with the code).
 */
export type Verdict =
  { readonly kind: 'allowed' } | { readonly kind: 'hidden' } | { readonly kind: 'forbidden'; readonly code: ForbiddenCode };

/** Nothing in particular: lists (narrowed by `scopeOf`), registers, the simulator. */
export type NoResource = Readonly<Record<string, never>>;

/** Anything that belongs to a court: a case and whatever hangs on it. */
export interface CourtResource {
  readonly courtCode: string;
}

export interface HandledCase extends CourtResource {
  /** User ids of the case's handlers. */
  readonly handlers: readonly string[];
}

/** Something that waits for the approval of another person (审执分离). */
export interface PendingApproval extends CourtResource {
  /** User id of who posted it; a draft of the system carries an id that no user has. */
  readonly requestedBy: string;
  /** User ids of those who approved already: nobody gives two of the approvals that a thing needs. */
  readonly approvedBy: readonly string[];
  /** The roles whose approval is still missing. */
  readonly rolesNeeded: readonly Role[];
}

export interface BankOrder {
  readonly bank: string;
}

export interface DeskReview extends BankOrder {
  /** User id of the clerk who typed the answer or rollback. */
  readonly answeredBy: string;
}

/** A proposal to drive a dead letter again. */
export interface RedriveProposal {
  /** User id of who has asked. */
  readonly askedBy: string;
}

/** A finding of the ledger's misuse watch. */
export interface FindingAbout {
  /** User id of whom it is about. */
  readonly about: string;
}

/** A proposal to erase the content of a case. */
export interface ErasureProposal extends CourtResource {
  /** User id of who has asked. */
  readonly askedBy: string;
}

export interface OwnedResource {
  readonly ownerId: string;
}

/** A rule judges one principal, known to have the role it stands beside, on one resource. */
export type Rule<R> = (principal: Principal, resource: R) => Verdict;

const ALLOWED: Verdict = { kind: 'allowed' };
const HIDDEN: Verdict = { kind: 'hidden' };

function forbidden(code: ForbiddenCode): Verdict {
  return { kind: 'forbidden', code };
}

/** No attribute matters. Typed for no resource in particular, so it fits every action. */
export const anywhere: Rule<unknown> = () => ALLOWED;

export const ownCourt: Rule<CourtResource> = (principal, { courtCode }) =>
  principal.courtCode !== undefined && principal.courtCode === courtCode ? ALLOWED : HIDDEN;

/** An inquiry needs no approval, so only who answers for the case may post one. */
export const handlerOfCase: Rule<HandledCase> = (principal, resource) => {
  const court = ownCourt(principal, resource);
  if (court.kind !== 'allowed') return court;
  return resource.handlers.includes(principal.userId) ? ALLOWED : forbidden('not-handler');
};

/**
 * Another person whose role is still missing. The officer who posted it passes the door of this action too, so that
 * approving his own request is answered as what it is and not as a missing role.
 */
export const otherApprover: Rule<PendingApproval> = (principal, resource) => {
  const court = ownCourt(principal, resource);
  if (court.kind !== 'allowed') return court;
  if (resource.requestedBy === principal.userId) return forbidden('own-approval');
  if (resource.approvedBy.includes(principal.userId)) return forbidden('forbidden');
  return principal.roles.some((role) => resource.rolesNeeded.includes(role)) ? ALLOWED : forbidden('forbidden');
};

export const ownBank: Rule<BankOrder> = (principal, { bank }) =>
  principal.bank !== undefined && principal.bank === bank ? ALLOWED : HIDDEN;

/** The checker is never the maker. */
export const otherClerk: Rule<DeskReview> = (principal, resource) => {
  const bank = ownBank(principal, resource);
  if (bank.kind !== 'allowed') return bank;
  return resource.answeredBy === principal.userId ? forbidden('own-approval') : ALLOWED;
};

/** The clerk passes the door of a review only to hear that the answer is his own; another's he may not review. */
export const neverReviews: Rule<DeskReview> = (principal, resource) => {
  const other = otherClerk(principal, resource);
  return other.kind === 'allowed' ? forbidden('forbidden') : other;
};

/** Four eyes where no court is concerned. */
export const otherAsker: Rule<RedriveProposal> = (principal, { askedBy }) =>
  askedBy === principal.userId ? forbidden('own-approval') : ALLOWED;

/** Nobody clears himself of a finding. */
export const aboutAnother: Rule<FindingAbout> = (principal, { about }) => (about === principal.userId ? forbidden('forbidden') : ALLOWED);

/** Four eyes within the case's court. */
export const otherAskerOfCourt: Rule<ErasureProposal> = (principal, resource) => {
  const court = ownCourt(principal, resource);
  return court.kind === 'allowed' ? otherAsker(principal, resource) : court;
};

export const ownThing: Rule<OwnedResource> = (principal, { ownerId }) => (principal.userId === ownerId ? ALLOWED : HIDDEN);
