import { AppError } from '#kernel';
import type { ProfileReader } from './profile-reader.js';

/** Our words for what a bank says by a code, by table. A bank's own codes may mean these and nothing else. */
export const HOUSE_WORDS = {
  /** What became of a line. `undetermined` is no aim: a code whose meaning is not known is left out (I6). */
  status: ['executed', 'partly-executed', 'refused', 'in-progress'],
  /** What an inquiry found. */
  result: ['found', 'no-account', 'identity-mismatch'],
  /** Why a line was not executed (docs/rules.md, Reasons). */
  reason: [
    'NO_ACCOUNT',
    'ID_MISMATCH',
    'NAME_MISMATCH',
    'ACCOUNT_CLOSED',
    'ACCOUNT_NOT_OF_DEBTOR',
    'EXEMPT_ACCOUNT',
    'PRIORITY_RIGHT',
    'ALREADY_FROZEN_WAITING',
    'ORIGINAL_FREEZE_NOT_FOUND',
    'FREEZE_EXPIRED',
    'AMOUNT_OVER_FROZEN',
    'INSUFFICIENT_FUNDS',
    'MEASURE_UNSUPPORTED',
    'DOC_MISSING',
    'DOC_MISMATCH',
    'SEAL_INVALID',
    'OFFICER_NOT_FILED',
    'COURT_ACCOUNT_INVALID',
    'INTERBANK_RETURNED',
    'DUPLICATE',
    'FORMAT',
    'TIMEOUT',
    'SYSTEM',
    'OFFLINE_HANDLING',
    'OTHER',
  ],
  /** Why a whole order was given back, by the trade's own numbers. */
  rollback: ['01', '02', '03', '04', '0401', '0402', '0403', '0404', '05', '06', '09'],
  accountKind: ['current', 'savings', 'term', 'wages', 'wealth-product', 'margin', 'closed'],
  accountState: ['normal', 'closed', 'dormant', 'lost', 'other'],
  /** Restricted money, by the kinds of the court's policy. */
  restriction: [
    'living-necessities',
    'wages',
    'migrant-workers-wages',
    'wage-guarantee',
    'social-insurance',
    'laid-off-workers',
    'party-dues',
    'union-funds',
    'presale-supervision',
    'letter-of-credit-margin',
    'acceptance-margin',
    'margin',
    'pledge',
    'central-bank-reserve',
    'treasury',
    'trust-property',
    'bankruptcy-estate',
    'restricted',
  ],
  /** What became of deducted money. */
  credit: ['sent', 'credited', 'returned'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CodeTable = keyof typeof HOUSE_WORDS;

/** A bank's own codes by table, each with our word; a dialect reads them beside its own. */
export type CodeMappings = { readonly [T in CodeTable]?: Readonly<Record<string, (typeof HOUSE_WORDS)[T][number]>> };

/** The whole tables of a dialect: what it has itself, and what its bank's profile adds. */
export type DialectCodes = { readonly [T in CodeTable]: Readonly<Record<string, (typeof HOUSE_WORDS)[T][number]>> };

const TABLES = Object.keys(HOUSE_WORDS) as readonly CodeTable[];
const ENTRIES_MAX = 500;
/** Text of a bank as it is compared: without white space at its ends, which readers take away. */
const BANK_CODE = /^(?!\s)[^\p{Control}\p{Surrogate}]{1,60}(?<!\s)$/u;

/** `codes:` of a profile: tables of `{bank, house}`. A list and no mapping, so that 01 stays text and a code that stands twice is seen. */
export function readCodeMappings(read: ProfileReader, raw: unknown): CodeMappings {
  const row = read.mapping(raw, '/codes', TABLES);
  const given = TABLES.filter((table) => row[table] !== undefined);
  if (given.length === 0) read.fault('/codes', 'is empty: name a table, or leave it out');
  return Object.fromEntries(given.map((table) => [table, readTable(read, row[table], table)]));
}

function readTable(read: ProfileReader, raw: unknown, table: CodeTable): Readonly<Record<string, string>> {
  const words: readonly string[] = HOUSE_WORDS[table];
  const codes = new Map<string, string>();
  for (const [i, one] of read.list(raw, `/codes/${table}`, 1, ENTRIES_MAX).entries()) {
    const at = `/codes/${table}/${i}`;
    const row = read.mapping(one, at, ['bank', 'house']);
    const bank = read.text(row['bank'], `${at}/bank`, BANK_CODE, "the bank's code, 1 to 60 characters; quote digits, as in '01'");
    const house = words.find((word) => word === row['house']);
    if (house === undefined) read.fault(`${at}/house`, `must be one of ${words.join(', ')}`);
    if (codes.has(bank)) read.fault(`${at}/bank`, `"${bank}" stands twice in ${table}`);
    codes.set(bank, house ?? '');
  }
  return Object.fromEntries(codes);
}

/**
 * The tables of a dialect with those of a bank's profile. A code that the dialect has already is refused, also when it would mean the same: what
 * the specification says of a code holds at every bank.
 * @throws AppError `invalid-configuration`
 */
export function withOwnCodes(bank: string, dialect: DialectCodes, own: CodeMappings | undefined): DialectCodes {
  if (!own) return dialect;
  for (const table of TABLES) {
    const known: Readonly<Record<string, string>> = dialect[table];
    const taken = Object.keys(own[table] ?? {}).find((code) => Object.hasOwn(known, code));
    if (taken !== undefined) throw misconfigured(`${bank}: codes/${table} says "${taken}", which the dialect has as ${known[taken] ?? ''}`);
  }
  return Object.fromEntries(TABLES.map((table) => [table, { ...dialect[table], ...own[table] }])) as unknown as DialectCodes;
}

function misconfigured(detail: string): AppError {
  return new AppError('invalid-configuration', detail, { level: 'fatal' });
}
