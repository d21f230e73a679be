import type { Minor } from '#kernel';
import type { MisusePolicy } from './misuse-policy.js';
import type { Action, ApprovalSubject, ApproverRole, CaseKind, InstrumentType, PropertyKind } from './words.js';

/** R24: whether a restricted kind of money may be touched at all, freely, or only above what must be left. */
export const PERMISSIONS = ['no', 'yes', 'above-reserve'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** R14, art. 485: longest terms in years. */
export interface TermPolicy {
  readonly years: number;
  readonly renewalYears: number;
}

/** One row of R24. `name` and `basis` are Chinese and shown to officers. */
export interface RestrictedKind {
  readonly code: string;
  readonly name: string;
  readonly freeze: Permission;
  readonly deduct: Permission;
  /** What must be left when neither the bank nor an officer states a reserve; fen of the case currency. */
  readonly reserve?: Minor;
  readonly basis: string;
}

/** What kind of property an account kind is, and the restriction it carries when the bank states none. */
export interface AccountKindPolicy {
  readonly property: PropertyKind;
  readonly restriction?: string;
}

export interface PolicyLimits {
  /** Orders (debtors × legal persons of banks) that one request may make. */
  readonly ordersPerRequestMax: number;
  readonly linesPerRequestMax: number;
  readonly batchItemsMax: number;
}

/** All durations in milliseconds of business time. */
export interface DeadlinePolicy {
  /** R11: the bank's answer, from its receipt. */
  readonly answerMs: number;
  readonly approvalLapseMs: number;
  readonly planValidityMs: number;
  /** R21: whole legal days in which credited money is claimed to its case. */
  readonly claimDays: number;
  /** R14: days before a measure's end on which its handlers are warned, longest first. */
  readonly expiryCalendarDays: readonly number[];
  /** How fresh the all-bank inquiry must be for closing with no assets (终本, R8). */
  readonly noAssetsInquiryMonths: number;
  /** I16: how often a bank without notices is asked while something is uncovered. */
  readonly refreshMs: number;
  /** I16: how old a bank's figures may be for a plan or a deduct before it is asked again. */
  readonly figuresMaxAgeMs: number;
}

/** Rules that the law or a court may change without a new program: read once at start from deploy/policy.yaml. */
export interface Policy {
  readonly version: number;
  readonly terms: Readonly<Record<PropertyKind, TermPolicy>>;
  /** Which roles must approve, each by another person; empty means none. */
  readonly approvals: Readonly<Record<ApprovalSubject, readonly ApproverRole[]>>;
  readonly deadlines: DeadlinePolicy;
  /** R24, by code. */
  readonly restrictedKinds: ReadonlyMap<string, RestrictedKind>;
  readonly accountKinds: ReadonlyMap<string, AccountKindPolicy>;
  /** R4: what must travel with each action. */
  readonly instruments: Readonly<Record<Action, readonly InstrumentType[]>>;
  /** What a kind of case asks for beyond R4, for example R7's written application in preservation. */
  readonly extraInstruments: Readonly<Record<CaseKind, Readonly<Record<Action, readonly InstrumentType[]>>>>;
  readonly reasonRequired: readonly ApprovalSubject[];
  /** Actions that only a handler of the case may post. */
  readonly handlersOnly: readonly Action[];
  readonly suspensionBlocks: readonly Action[];
  readonly limits: PolicyLimits;
  readonly misuse: MisusePolicy;
}
