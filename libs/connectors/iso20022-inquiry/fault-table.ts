/**
 * `errorcode` of a SOAP fault. `refused`: the register will not answer this request, however often it comes. `later`: it may. A code that is not
 * here says nothing, so the request is asked again as after a broken connection.
 */
export const FAULT_CODES = {
  /** The register's own failure. */
  '0': 'later',
  /** It has lost what it was working on. */
  '1': 'later',
  /** It does not take our signature: a matter of certificates, which persons put right on one of the sides. */
  '2': 'later',
  /** Asked too often. */
  '3': 'later',
  /** The request is not valid. */
  '4': 'refused',
  /** We have no right to ask. */
  '5': 'refused',
  /** The answer would be too large. */
  '6': 'refused',
  /** More than one customer fits the question. */
  '7': 'refused',
} as const satisfies Readonly<Record<string, 'later' | 'refused'>>;
