/** Why a message is not taken; the codes are the public ones of `npm run iso20022`. */
export type RefusalCode =
  | 'unreadable'
  | 'unknown-message'
  | 'structure'
  | 'value'
  | 'header-mismatch'
  | 'signature-missing'
  | 'signature-structure'
  | 'signature-invalid'
  | 'certificate-untrusted';

/** A message that is not taken, with a reason for the one who sent it. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
