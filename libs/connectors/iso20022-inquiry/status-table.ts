/** `RspnSts`: how far the register is with the whole investigation. */
export const RESPONSE_STATUSES = {
  /** All that will be said. */
  COMP: 'complete',
  /** A part is said. What is missing could be anything, so nothing is concluded. */
  PART: 'partial',
  /** Nothing is said yet; the same question brings it later. */
  NRES: 'later',
} as const;

/** `InvstgtnSts`: what is said of one kind of thing instead of a result. */
export const INVESTIGATION_STATUSES = {
  NFOU: 'nothing-found',
  /** Found, and not told what: nothing to build on. */
  FOUN: 'found-and-not-told',
  /** The register does not answer this question. */
  NOAP: 'not-applicable',
} as const;

export type InvestigationStatus = (typeof INVESTIGATION_STATUSES)[keyof typeof INVESTIGATION_STATUSES];
