import type { DayReading } from './readings.js';
import type { SignatureWorth } from './wire-signature.js';

/** Bytes of the bank exactly as they came, with the signature that came beside them. Nobody has parsed them yet (I11). */
export interface HeardBytes {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** As it stood beside the bytes, in the dialect's form; undefined when none came. */
  readonly signature: string | undefined;
  /** Bytes of a reply, where calls carry names of their own: which call of ours they reply to. */
  readonly inReplyTo?: string;
  /** Why these are not the bytes that were signed: the envelope around them could not be opened. A stable code. */
  readonly fault?: string;
}

/** The bank's answer stands in the reply itself. */
export interface AnsweredOutcome {
  readonly kind: 'answered';
  readonly heard: HeardBytes;
}

/** The bank has the order and will answer later. */
export interface AcceptedOutcome {
  readonly kind: 'accepted';
  /** The bank's own time of receipt (R10), when it stated one. */
  readonly receivedAt?: string;
}

/** The bank says that it did nothing and never will under this number. */
export interface RejectedOutcome {
  readonly kind: 'rejected';
  readonly code: string;
  readonly text: string;
  readonly heard: HeardBytes;
  /** What the signature beside the refusal is worth; left out where refusals are not signed. */
  readonly worth?: SignatureWorth;
}

/** Nobody knows whether the bank has the order: a time-out, a broken connection, a refusal without a reason, a word we do not know. */
export interface UnknownOutcome {
  readonly kind: 'unknown';
  /** A stable code for logs and counters, for example `refused-connection`, `timed-out`, `status-503`. */
  readonly reason: string;
}

/** The bank's own word that it has never seen the number: the only thing that lets the same bytes go out again (I5). */
export interface NotFoundOutcome {
  readonly kind: 'not-found';
}

/** The bank was reached and has no statement to give: not yet, or it gives none. */
export interface NotReadyOutcome {
  readonly kind: 'not-ready';
  readonly reason: string;
}

/** A page of the bank's statement: its exact bytes, what their signature is worth, and what they say. */
export interface DayPageOutcome {
  readonly kind: 'page';
  readonly heard: HeardBytes;
  readonly worth: SignatureWorth;
  readonly reading: DayReading;
}

export type DayOutcome = DayPageOutcome | NotReadyOutcome | UnknownOutcome;
export type SendOutcome = AnsweredOutcome | AcceptedOutcome | RejectedOutcome | UnknownOutcome;
export type StatusOutcome = AnsweredOutcome | AcceptedOutcome | NotFoundOutcome | UnknownOutcome;
