import type { FieldError } from '#kernel';

/**
 * Every code a gate may give. Those after `not-handler` stand in the order of the public interface, which is also the order in which
 * they are reported; a deduct's `deduct-over-covered` precedes `over-ceiling` and `renewal-too-late` precedes `term-too-long`.
 * `approval-missing` and `approval-lapsed` come up only when the gates run again; the caller withdraws the order with them as reason.
 */
export const REFUSAL_CODES = [
  'forbidden',
  'not-handler',
  'own-approval',
  'invalid',
  'case-closed',
  'subject-not-debtor',
  'over-liability',
  'officer-not-filed',
  'credentials-incomplete',
  'instrument-missing',
  'instrument-mismatch',
  'over-ceiling',
  'term-too-long',
  'renewal-too-late',
  'deduct-over-covered',
  'deduct-in-preservation',
  'exempt-account',
  'restricted-account',
  'court-account-missing',
  'on-hold',
  'live-measures',
  'open-orders',
  'unsupported-by-bank',
  'approval-missing',
  'approval-lapsed',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why something may not go out: a value, never an exception. `detail` is Chinese and shown to the officer. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
  /** JSON pointer (RFC 6901) to the member of the request body that fails, where one does. */
  readonly pointer?: string;
  /** Further members of the problem document, for example `newFreeze`. Amounts in it are decimal strings. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** One rule. It reads facts and gives the reason for a refusal, or nothing. */
export type Gate<F> = (facts: F) => Refusal | undefined;

/** The first refusal in the order of the gates, which is the one that is reported. */
export function firstRefusal<F>(gates: readonly Gate<F>[], facts: F): Refusal | undefined {
  for (const gate of gates) {
    const refusal = gate(facts);
    if (refusal) return refusal;
  }
  return undefined;
}

/** The refusal as the `errors` list of a problem document. */
export function refusalErrors(refusal: Refusal): readonly FieldError[] {
  return refusal.pointer === undefined ? [] : [{ pointer: refusal.pointer, detail: refusal.detail }];
}
