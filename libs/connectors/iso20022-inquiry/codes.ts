import { NotReadable } from '#connector-sdk';

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

/** What stands among a party's numbers and is none: nationality, day of registration, a guardian's sequence number. */
export const NO_NUMBERS: ReadonlySet<string> = new Set(['NATI', 'RGDT', 'ORDN']);

/** Which registers the numbers of court and bank in the header come from. */
export const COURT_SCHEME = 'FYDM';
export const BANK_SCHEME = 'JGDM';

/** Supplements by what they tell. */
export const ACCOUNTS = 'supl.027.001.01';
export const BOXES = 'fin.002.001.03';

type Table = Readonly<Record<string, string>>;

/** Reads a code. @throws NotReadable when the table does not have it (I6) */
export function codeIn<T extends Table>(table: T, code: string, what: string): T[keyof T] {
  if (Object.hasOwn(table, code)) return table[code] as T[keyof T];
  throw new NotReadable(`${what} ${code.slice(0, 40)} has no meaning here`);
}

/**
 * `Tp` of an account. `debt` is money that the customer owes, so it is none of his property. The codes that are missing could be money that the
 * law protects, or not the customer's: charges, commissions, taxes, settlement and trading accounts, overdrafts, accounts of non-residents.
 */
export const ACCOUNT_KINDS = {
  CACC: 'current',
  CASH: 'current',
  SVGS: 'savings',
  ONDP: 'term',
  SLRY: 'wages',
  LOAN: 'debt',
  MGLD: 'debt',
} as const satisfies Table;

/** `Sts` of an account. */
export const ACCOUNT_STATES = { ENAB: 'normal', DISA: 'other', DELE: 'closed', FORM: 'other' } as const satisfies Table;

/** `OwnrTp/Prtry/Id` of the scheme RLTP. */
export const ROLES = { OWNE: 'owner', ACCE: 'user' } as const satisfies Table;
/** `OwnrTp/Tp` where no role of the scheme RLTP stands beside it. Who holds for another (CUST, NOMI, TRUS) is not in the table. */
export const OWNERS = { POWN: 'owner', SECO: 'owner' } as const satisfies Table;

/** `RstrctnTp/Prtry/Id` with the issuer CHAKONG: restricted money, by the kinds of the court's policy. No other code of a restriction is known. */
export const RESTRICTION_ISSUER = 'CHAKONG';
export const RESTRICTIONS = {
  R01: 'living-necessities',
  R02: 'wages',
  R03: 'migrant-workers-wages',
  R04: 'wage-guarantee',
  R05: 'social-insurance',
  R06: 'laid-off-workers',
  R07: 'party-dues',
  R08: 'union-funds',
  R09: 'presale-supervision',
  R10: 'letter-of-credit-margin',
  R11: 'acceptance-margin',
  R12: 'margin',
  R13: 'pledge',
  R14: 'central-bank-reserve',
  R15: 'treasury',
  R16: 'trust-property',
  R17: 'bankruptcy-estate',
} as const satisfies Table;

/** `AcctPurp` of an account on which a lawyer holds the money of his clients. */
export const CLIENTS_MONEY = 'customer_asset_account';
