import type { Instant, LegalDate, Minor } from '#kernel';
import type { CaseMoney } from '../ceilings.js';
import type { GateInstrument } from '../instruments.js';
import type { CaseStatus, MeasureStatus, PaymentState } from '../life-cycles/index.js';
import type { Policy } from '../policy.js';
import type { RestrictionFacts } from '../restrictions.js';
import type { Action, ApproverRole, CaseKind, CloseManner, PartyRole, PropertyKind, Scope, Term } from '../words.js';

/**
 * When the gates run (I1): at posting, at approval, and in the transaction that releases an order for dispatch.
 * Who posted is judged at posting only; sealed instruments and approvals are asked for at dispatch only.
 */
export type GateStage = 'posting' | 'approval' | 'dispatch';

/** Who posts. `permitted` is the word of the access policy module; `handler` says whether he handles this case. */
export interface GateActor {
  readonly permitted: boolean;
  readonly handler: boolean;
}

export interface GateCase {
  readonly id: string;
  readonly status: CaseStatus;
  readonly kind: CaseKind;
  readonly closedManner?: CloseManner;
  readonly currency: string;
  readonly money: CaseMoney;
  /** I7, apart from the lines of the request that is judged, so that posting and reruns count alike. */
  readonly committed: Minor;
  /** Open and undetermined deduct lines of the whole case, apart from this request's. */
  readonly openDeducts: Minor;
}

export interface GateParty {
  readonly id: string;
  readonly role: PartyRole;
  readonly liabilityCap?: Minor;
  /** What is committed (I7) and in open deducts for this party alone, apart from this request's lines. */
  readonly committed: Minor;
  readonly collected: Minor;
  readonly openDeducts: Minor;
}

/** R2: one filing of an officer with one bank. Both days inclusive. */
export interface GateFiling {
  readonly bank: string;
  readonly state: 'filed' | 'withdrawn';
  readonly from: LegalDate;
  readonly to: LegalDate;
}

/** R2: the register version in force of the officer whose credentials travel with the order. */
export interface GateOfficer {
  readonly id: string;
  readonly validFrom: LegalDate;
  readonly validTo: LegalDate;
  readonly workId: string;
  readonly dutyId: string;
  readonly hasWorkIdImage: boolean;
  readonly hasDutyIdImage: boolean;
  readonly filings: readonly GateFiling[];
}

/** Something that forbids actions for now: an objection under review, a stay, a dispute. */
export interface GateHold {
  readonly id: string;
  readonly subject: 'case' | 'debtor' | 'bank' | 'holding' | 'measure';
  readonly subjectId: string;
  readonly blocks: readonly Action[];
  /** Chinese, shown to the officer. */
  readonly reason: string;
}

/** What a bank's profile says it can do. */
export interface GateBank {
  readonly name: string;
  readonly active: boolean;
  readonly actions: readonly Action[];
  readonly scopes: readonly Scope[];
  readonly propertyKinds: readonly PropertyKind[];
  readonly transactions: boolean;
  readonly partialDeduct: boolean;
}

export interface GateHolding {
  readonly id: string;
  readonly debtorId: string;
  readonly currency: string;
  readonly property: PropertyKind;
  readonly available: Minor;
  readonly restriction?: RestrictionFacts;
  /** Open freeze lines on this holding that `available` does not know of yet, apart from this request's. */
  readonly openFreezes: Minor;
}

export interface GateMeasure {
  readonly id: string;
  readonly status: MeasureStatus;
  readonly debtorId: string;
  readonly bank: string;
  readonly holdingId?: string;
  readonly account: string;
  readonly currency: string;
  readonly scope: Scope;
  readonly property: PropertyKind;
  readonly limit: Minor;
  readonly covered: Minor;
  readonly balance?: Minor;
  readonly restriction?: RestrictionFacts;
  readonly from: LegalDate;
  readonly to: LegalDate;
  /** Open and undetermined deduct lines on it, apart from this request's (I8). */
  readonly openDeducts: Minor;
  /** Open and undetermined release lines on it, apart from this request's (I8). */
  readonly openReleases: Minor;
  /** One of the open release lines ends the measure. */
  readonly wholeReleaseOpen: boolean;
}

/** The account that deducted money goes to (R20). `registered`: it stands in the court's own register. */
export interface GateCourtAccount {
  readonly registered: boolean;
}

export interface GateApprovals {
  readonly required: readonly ApproverRole[];
  readonly given: readonly { readonly role: ApproverRole; readonly by: string; readonly at: Instant }[];
  readonly requestedAt: Instant;
}

/** What every line has, whatever the action: whom it concerns, at which bank, and where in the body it stands. */
export interface GateLine {
  readonly pointer: string;
  /** Where the debtor or the bank stand apart from the line, as in an inquiry. */
  readonly debtorPointer?: string;
  readonly bankPointer?: string;
  readonly debtorId: string;
  readonly bank: string;
}

export interface GateFacts<L extends GateLine = GateLine> {
  readonly policy: Policy;
  readonly stage: GateStage;
  readonly at: Instant;
  readonly actor: GateActor;
  readonly officer: GateOfficer;
  readonly case: GateCase;
  readonly parties: readonly GateParty[];
  readonly banks: readonly GateBank[];
  readonly holds: readonly GateHold[];
  /** At posting and approval those of the case, at dispatch those attached to the request. */
  readonly instruments: readonly GateInstrument[];
  /** Those the request names; left out, the newest fitting of each required type serves. */
  readonly instrumentIds?: readonly string[];
  /** Needed from dispatch on. */
  readonly approvals?: GateApprovals;
  readonly reason?: string;
  readonly lines: readonly L[];
}

export interface InquireFacts extends GateFacts {
  readonly action: 'inquire';
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
}

export interface GateFreezeLine extends GateLine {
  readonly amount: Minor;
  readonly currency: string;
  readonly scope: Scope;
  readonly holding?: GateHolding;
}

export interface FreezeFacts extends GateFacts<GateFreezeLine> {
  readonly action: 'freeze';
  readonly term: Term;
}

export interface GateMeasureLine extends GateLine {
  readonly measure: GateMeasure;
}

export interface RenewFacts extends GateFacts<GateMeasureLine> {
  readonly action: 'renew';
  readonly until: LegalDate;
}

/** Neither amount nor newLimit: the whole measure. */
export interface GateReleaseLine extends GateMeasureLine {
  readonly amount?: Minor;
  readonly newLimit?: Minor;
}

export interface ReleaseFacts extends GateFacts<GateReleaseLine> {
  readonly action: 'release';
}

export interface GateDeductLine extends GateMeasureLine {
  readonly amount: Minor;
}

export interface DeductFacts extends GateFacts<GateDeductLine> {
  readonly action: 'deduct';
  /** The case's own; a deduct can name no other. */
  readonly courtAccount?: GateCourtAccount;
}

export type ActionFacts = InquireFacts | FreezeFacts | RenewFacts | ReleaseFacts | DeductFacts;

/** One bank and one debtor that a closing with no assets must have asked. */
export interface GateLastInquiry {
  readonly bank: string;
  readonly debtorId: string;
  /** The legal day of the newest full answer; left out when there is none. */
  readonly answeredOn?: LegalDate;
}

export interface CloseFacts {
  readonly policy: Policy;
  readonly at: Instant;
  readonly actor: GateActor;
  readonly case: Pick<GateCase, 'id' | 'status'>;
  readonly manner: CloseManner;
  readonly measures: readonly { readonly id: string; readonly status: MeasureStatus }[];
  /** Lines awaiting approval, unanswered, in progress or undetermined. */
  readonly openLines: number;
  readonly payments: readonly { readonly id: string; readonly state: PaymentState }[];
  /** One row for every debtor of the case at every active bank. */
  readonly lastInquiries: readonly GateLastInquiry[];
}

/** What the connector knows when it is about to send: filing, case and term once more (I1). It has no policy of its own. */
export interface BeforeSendingFacts {
  readonly action: Action;
  readonly at: Instant;
  readonly caseStatus: CaseStatus;
  /** A hold that the gateway has told of; Chinese. */
  readonly hold?: string;
  readonly officer: { readonly filed: boolean; readonly filedFrom?: LegalDate; readonly filedTo: LegalDate; readonly validTo: LegalDate };
  /** Freeze: the last days asked for. */
  readonly freezeEnds?: readonly LegalDate[];
  /** Renew: the last days of the measures that are prolonged, where the order tells them. */
  readonly oldEnds?: readonly LegalDate[];
}
