import { type Instant, type LegalDate, addDays, addYears, daysBetween, endOfLegalDate } from '#kernel';
import type { Policy } from './policy.js';
import type { PropertyKind, Term } from './words.js';

/**
 * The last day of a term of whole years that begins on `from`, both days inclusive: the eve of the anniversary. A term that begins on
 * 29 February ends on 28 February where the year has no 29th.
 */
export function lastDayOf(from: LegalDate, years: number): LegalDate {
  const anniversary = addYears(from, years);
  return anniversary.slice(8) === from.slice(8) ? addDays(anniversary, -1) : anniversary;
}

/** R14, I9: the latest last day of a new freeze. */
export function latestEnd(policy: Policy, property: PropertyKind, from: LegalDate): LegalDate {
  return lastDayOf(from, policy.terms[property].years);
}

/** R14, I9: the latest last day of a renewal, which runs from the day after the old end, whenever it is posted. */
export function latestRenewalEnd(policy: Policy, property: PropertyKind, oldEnd: LegalDate): LegalDate {
  return lastDayOf(addDays(oldEnd, 1), policy.terms[property].renewalYears);
}

/** Whether a term's last day is over: from 24:00 in Asia/Shanghai on, the effect is gone (R14, art. 27). */
export function hasEnded(to: LegalDate, at: Instant): boolean {
  return at >= endOfLegalDate(to);
}

/** Whole days from today to the last day; 0 on the last day itself, negative after it. */
export function daysLeft(to: LegalDate, today: LegalDate): number {
  return daysBetween(today, to);
}

/** Whether a term is one at all: its last day is not before its first. */
export function isTerm(term: Term): boolean {
  return term.from <= term.to;
}
