import { type Instant, type LegalDate, addDays, addMonths, endOfLegalDate, legalDateOf } from '#kernel';
import { ORDER_LIFE, type LineStatus, type OrderStatus, isFinal } from './life-cycles/index.js';
import type { Policy } from './policy.js';
import { daysLeft } from './terms.js';

/** What is known of when an order reached its bank. */
export interface OrderTimes {
  /** The bank could fetch it or was sent it. */
  readonly availableAt?: Instant;
  /** The bank's own word of receipt. */
  readonly receivedAt?: Instant;
}

/** R11: 24 hours from the bank's receipt, else from when the bank could have it; none before that. */
export function dueAt(policy: Policy, times: OrderTimes): Instant | undefined {
  const start = times.receivedAt ?? times.availableAt;
  return start === undefined ? undefined : start + policy.deadlines.answerMs;
}

export interface OverdueLine {
  readonly status: LineStatus;
  readonly expectedOn?: LegalDate;
}

/**
 * R11: whether an order is late. A bank that has answered every line is not, nor one that works on the open lines and has named a day for
 * each that is not over: that is effective feedback too.
 */
export function isOverdue(status: OrderStatus, due: Instant | undefined, lines: readonly OverdueLine[], at: Instant): boolean {
  if (due === undefined || at < due || isFinal(ORDER_LIFE, status)) return false;
  const open = lines.filter((line) => !isSettled(line.status));
  return open.length === 0 || !open.every((line) => isPromised(line, at));
}

function isSettled(status: LineStatus): boolean {
  return status === 'executed' || status === 'partly-executed' || status === 'refused';
}

function isPromised(line: OverdueLine, at: Instant): boolean {
  return line.status === 'in-progress' && line.expectedOn !== undefined && at < endOfLegalDate(line.expectedOn);
}

/** R21: credited money is claimed to its case by 24:00 of the third day after the day it came. */
export function claimDueAt(policy: Policy, creditedAt: Instant): Instant {
  return endOfLegalDate(addDays(legalDateOf(creditedAt), policy.deadlines.claimDays));
}

/** When an approval that was not given lapses and frees the ceiling. */
export function approvalLapsesAt(policy: Policy, requestedAt: Instant): Instant {
  return requestedAt + policy.deadlines.approvalLapseMs;
}

export function planValidUntil(policy: Policy, madeAt: Instant): Instant {
  return madeAt + policy.deadlines.planValidityMs;
}

/** R14: the nearest mark of the expiry calendar that has been reached (60, 30, 15 or 7 days before the end), or none. */
export function expiryMark(policy: Policy, to: LegalDate, today: LegalDate): number | undefined {
  const left = daysLeft(to, today);
  if (left < 0) return undefined;
  const reached = policy.deadlines.expiryCalendarDays.filter((mark) => left <= mark);
  return reached.length === 0 ? undefined : Math.min(...reached);
}

/** Whether a measure ends within a span from now and has not ended yet. */
export function expiresWithin(to: LegalDate, at: Instant, spanMs: number): boolean {
  const end = endOfLegalDate(to);
  return at < end && end <= at + spanMs;
}

/** The first legal day from which an all-bank inquiry still serves a closing with no assets. */
export function noAssetsWindowStart(policy: Policy, today: LegalDate): LegalDate {
  return addMonths(today, -policy.deadlines.noAssetsInquiryMonths);
}

/** I16: whether a bank's figures are too old for a plan or a deduct. */
export function figuresAreStale(policy: Policy, asOf: Instant, at: Instant): boolean {
  return at - asOf > policy.deadlines.figuresMaxAgeMs;
}
