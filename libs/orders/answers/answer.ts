import type { Instant, LegalDate, Minor } from '#kernel';
import type { LineStatus, MeasureStatus, PaymentState } from '../life-cycles/index.js';
import type { Scope, TaskKind, Term } from '../words.js';

/** The words a bank may use of a line; every other word is unknown and makes the line undetermined (I6). */
export const ANSWER_STATUSES = ['executed', 'partly-executed', 'refused', 'in-progress', 'undetermined'] as const;
export type AnswerStatus = (typeof ANSWER_STATUSES)[number];

/** Another authority's measure that the bank reports as standing before ours (R26). */
export interface PriorMeasure {
  readonly authority: string;
  readonly document: string;
  readonly amount: Minor;
  readonly until?: LegalDate;
}

/** Money that left the account. What reaches the court is principal + interest; `fee` is the bank's charge beside it. */
export interface Moved {
  readonly principal: Minor;
  readonly interest?: Minor;
  readonly fee?: Minor;
  readonly serial: string;
  readonly valueDate: LegalDate;
  readonly channel: string;
  readonly state: string;
}

/** One line of a bank's answer to a control order, translated but not judged. */
export interface ControlAnswerLine {
  readonly seq: number;
  readonly status: string;
  readonly limit?: Minor;
  readonly balance?: Minor;
  readonly available?: Minor;
  readonly covered?: Minor;
  readonly uncovered?: Minor;
  /** 1 is the first freeze on the account, across all authorities. */
  readonly rank?: number;
  readonly from?: LegalDate;
  readonly to?: LegalDate;
  readonly reason?: string;
  readonly expectedOn?: LegalDate;
  readonly priorMeasures?: readonly PriorMeasure[];
  readonly moved?: Moved;
  /** When these figures were true, by the bank's word (I16). */
  readonly asOf: Instant;
}

/** What is kept of a measure. All of it, except `status` by the calendar, follows a bank's word (I16). */
export interface MeasureState {
  readonly status: MeasureStatus;
  readonly scope: Scope;
  readonly limit: Minor;
  readonly covered: Minor;
  readonly uncovered: Minor;
  readonly rank: number;
  readonly from: LegalDate;
  readonly to: LegalDate;
  readonly asOf: Instant;
}

export interface NewPayment {
  readonly amount: Minor;
  readonly principal: Minor;
  readonly interest: Minor;
  readonly fee: Minor;
  readonly channel: string;
  readonly bankSerial: string;
  readonly valueDate: LegalDate;
  readonly state: PaymentState;
}

export interface LineResult {
  readonly status: LineStatus;
  readonly limit?: Minor;
  readonly covered?: Minor;
  readonly uncovered?: Minor;
  readonly moved?: Minor;
  /** The bank's own reason, or ours (Chinese) why its answer decides nothing. */
  readonly reason?: string;
  readonly expectedOn?: LegalDate;
}

/** What one answer line changes, all in one transaction (I3). Members left out stay as they are. */
export interface LineOutcome {
  readonly line: LineResult;
  readonly measure?: MeasureState;
  readonly payment?: NewPayment;
  /** By how much the case's collected sum changes. */
  readonly collected: Minor;
  readonly tasks: readonly TaskKind[];
}

export interface AskedFreeze {
  readonly amount: Minor;
  readonly scope: Scope;
  readonly term: Term;
  /** Freezes on this account that we know of, live and of earlier rank; a bank's `rank` or prior measures outweigh it. */
  readonly earlierRanks: number;
}

export interface AskedRenewal {
  readonly until: LegalDate;
}

export interface AskedRelease {
  /** 0 ends the measure. */
  readonly newLimit: Minor;
}

export interface AskedDeduct {
  readonly amount: Minor;
  /** Other payments of the same measure that are not credited yet. */
  readonly paymentsOnTheWay: number;
}
