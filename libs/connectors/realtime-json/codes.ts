import { NotReadable, type DialectCodes } from '#connector-sdk';
import { STATUS_TABLE } from './status-table.js';

/** The bank's code tables (docs/dialects/realtime-json.md, Codes), each with our word. A code that is not here is never guessed at (I6). */
type Table = Readonly<Record<string, string>>;

export const TRAN_CODES = { SF01: 'inquire', SF02: 'freeze', SF03: 'renew', SF04: 'release', SF05: 'deduct' } as const satisfies Table;

export const CUSTOMER_TYPES = { '1': 'person', '2': 'organisation' } as const satisfies Table;

/** National kinds of papers have their numbers; the unified code of organisations is not among them. */
export const UNIFIED_CODE = { ours: 'USCC', theirs: '90' } as const;

export const ACCOUNT_KINDS = {
  '11': 'current',
  '12': 'savings',
  '13': 'term',
  '14': 'wages',
  '15': 'margin',
  '21': 'wealth-product',
  '99': 'closed',
} as const satisfies Table;

export const ACCOUNT_STATES = { '0': 'normal', '1': 'closed', '2': 'dormant', '3': 'lost', '9': 'other' } as const satisfies Table;

export const INQUIRY_RESULTS = { '00': 'found', '01': 'no-account', '02': 'identity-mismatch' } as const satisfies Table;

export const DOCUMENT_TYPES = {
  '10': 'inquiry-notice',
  '21': 'freeze-ruling',
  '22': 'freeze-notice',
  '31': 'release-ruling',
  '32': 'release-notice',
  '41': 'deduct-ruling',
  '42': 'deduct-notice',
  '51': 'preservation-application',
} as const satisfies Table;

export const SCOPES = { '1': 'funds', '2': 'account' } as const satisfies Table;
export const CHANNELS = { '1': 'own-bank', '2': 'interbank' } as const satisfies Table;
export const MOVED_STATES = { '1': 'sent', '2': 'credited', '3': 'returned' } as const satisfies Table;
export const ENDED_STATES = { '1': 'released', '2': 'expired', '3': 'exhausted' } as const satisfies Table;
export const DIRECTIONS = { D: 'debit', C: 'credit' } as const satisfies Table;
export const PERMISSIONS = { '0': 'no', '1': 'yes', '2': 'above-reserve' } as const satisfies Table;

/** Restricted money, by the kinds of the court's policy. */
export const RESTRICTIONS = {
  '01': 'living-necessities',
  '02': 'wages',
  '03': 'migrant-workers-wages',
  '04': 'wage-guarantee',
  '05': 'social-insurance',
  '06': 'laid-off-workers',
  '07': 'party-dues',
  '08': 'union-funds',
  '09': 'presale-supervision',
  '10': 'letter-of-credit-margin',
  '11': 'acceptance-margin',
  '12': 'margin',
  '13': 'pledge',
  '14': 'central-bank-reserve',
  '15': 'treasury',
  '16': 'trust-property',
  '17': 'bankruptcy-estate',
  '99': 'restricted',
} as const satisfies Table;

/** What became of something by the end of a day: of a line as in an answer, and of a whole order. */
export const DAY_STATES = {
  S: 'executed',
  P: 'partly-executed',
  F: 'refused',
  R: 'rolled-back',
} as const satisfies Table;

/** Why a line was refused. */
export const REASONS = {
  E101: 'NO_ACCOUNT',
  E102: 'ACCOUNT_CLOSED',
  E103: 'ACCOUNT_NOT_OF_DEBTOR',
  E104: 'ID_MISMATCH',
  E105: 'NAME_MISMATCH',
  E201: 'EXEMPT_ACCOUNT',
  E202: 'PRIORITY_RIGHT',
  E203: 'ALREADY_FROZEN_WAITING',
  E204: 'ORIGINAL_FREEZE_NOT_FOUND',
  E205: 'FREEZE_EXPIRED',
  E206: 'AMOUNT_OVER_FROZEN',
  E207: 'INSUFFICIENT_FUNDS',
  E208: 'MEASURE_UNSUPPORTED',
  E301: 'DOC_MISSING',
  E302: 'DOC_MISMATCH',
  E303: 'SEAL_INVALID',
  E304: 'OFFICER_NOT_FILED',
  E401: 'COURT_ACCOUNT_INVALID',
  E402: 'INTERBANK_RETURNED',
  E901: 'DUPLICATE',
  E902: 'FORMAT',
  E903: 'TIMEOUT',
  E904: 'SYSTEM',
  E905: 'OFFLINE_HANDLING',
} as const satisfies Table;

/** Why a whole order was not processed: the trade's own numbers (docs/rules.md, Reasons), which the bank uses as they are. */
export const ROLLBACKS = ['01', '02', '03', '04', '0401', '0402', '0403', '0404', '05', '06', '09'] as const;

export const NOTICE_KINDS = {
  N1: 'coverage',
  N2: 'promoted',
  N3: 'lapsed',
  N4: 'redeemed',
  N5: 'credited',
  N6: 'returned',
} as const satisfies Table;

/** The tables that a bank's profile may add to, by our names for them. */
export const CODES: DialectCodes = {
  status: STATUS_TABLE,
  result: INQUIRY_RESULTS,
  reason: REASONS,
  rollback: Object.fromEntries(ROLLBACKS.map((code) => [code, code])),
  accountKind: ACCOUNT_KINDS,
  accountState: ACCOUNT_STATES,
  restriction: RESTRICTIONS,
  credit: MOVED_STATES,
};

/** Reads a code. @throws NotReadable when the table does not have it */
export function codeIn<T extends Table>(table: T): (value: unknown, what: string) => T[keyof T] {
  return (value, what) => {
    if (typeof value === 'string' && Object.hasOwn(table, value)) return table[value] as T[keyof T];
    throw new NotReadable(`${what} is a code that is not known`);
  };
}

/** The code for our word; undefined when the bank has none. */
export function codeOf(table: Table, word: string): string | undefined {
  return Object.keys(table).find((code) => table[code] === word);
}
