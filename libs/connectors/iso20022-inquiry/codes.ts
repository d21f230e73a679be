/** A kind of identity document: a code of the profile, or a word of our own where the profile has none. */
export interface IdScheme {
  readonly kind: 'Cd' | 'Prtry';
  readonly code: string;
}

/** National kinds of papers (docs/rules.md) travel as `ZJLX-` and their number. */
const PAPER = /^(?:0[1-9]|1[0-9]|20)$/;

/**
 * How a debtor's identity document is called in a message. `PIC` and `COID` are the profile's codes for a personal identity code and for the
 * number of an organisation in its country; undefined: there is no way to say it.
 */
export function idSchemeOf(kind: 'person' | 'organisation', idType: string): IdScheme | undefined {
  if (kind === 'person' && idType === '01') return { kind: 'Cd', code: 'PIC' };
  if (kind === 'organisation' && idType === 'USCC') return { kind: 'Cd', code: 'COID' };
  return PAPER.test(idType) ? { kind: 'Prtry', code: `ZJLX-${idType}` } : undefined;
}

/** Which registers the numbers of court and bank in the header come from. */
export const COURT_SCHEME = 'FYDM';
export const BANK_SCHEME = 'JGDM';

/** The supplement that an inquiry asks for: accounts and their parties. */
export const ACCOUNTS = 'supl.027.001.01';
