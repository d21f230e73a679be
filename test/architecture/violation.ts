/** One place where a rule of the house is broken. */
export interface Violation {
  /** The stable name of the rule, for example `lib-index`. */
  readonly rule: string;
  /** A file or folder relative to the root. */
  readonly at: string;
  readonly detail: string;
}
