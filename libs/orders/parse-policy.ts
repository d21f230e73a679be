import {
  type AccountKindPolicy,
  type DeadlinePolicy,
  PERMISSIONS,
  type Policy,
  type PolicyLimits,
  type RestrictedKind,
  type TermPolicy,
} from './policy.js';
import { readMisuse } from './parse-misuse.js';
import { PolicyReader } from './reading-policy.js';
import {
  ACTIONS,
  APPROVAL_SUBJECTS,
  APPROVER_ROLES,
  type Action,
  type ApprovalSubject,
  type ApproverRole,
  CASE_KINDS,
  INSTRUMENT_TYPES,
  type InstrumentType,
  PROPERTY_KINDS,
  type PropertyKind,
} from './words.js';

const YEARS_MAX = 10;
const DAYS_MAX = 366;
const MONTHS_MAX = 24;
const LINES_MAX = 500;
const VERSION_MAX = 1_000_000;

/**
 * Reads the policy file's data, as a YAML or JSON reader gives it, into a policy that rules may rely on.
 * @throws AppError `invalid` with one entry in `errors` for every fault: a missing or misspelt member, a wrong word, a number out of its range, a
 * restriction that the table does not know.
 */
export function parsePolicy(raw: unknown): Policy {
  const read = new PolicyReader();
  const root = read.object(raw, '', MEMBERS);
  const restrictedKinds = readRestrictedKinds(read, root['restrictedKinds']);
  const policy: Policy = {
    version: read.whole(root['version'], '/version', 1, VERSION_MAX),
    terms: table(read, root['terms'], '/terms', PROPERTY_KINDS, readTerm),
    approvals: table(read, root['approvals'], '/approvals', APPROVAL_SUBJECTS, readRoles),
    deadlines: readDeadlines(read, root['deadlines']),
    restrictedKinds,
    accountKinds: readAccountKinds(read, root['accountKinds'], restrictedKinds),
    instruments: table(read, root['instruments'], '/instruments', ACTIONS, readInstruments),
    extraInstruments: table(read, root['extraInstruments'], '/extraInstruments', CASE_KINDS, readExtra),
    reasonRequired: read.words<ApprovalSubject>(root['reasonRequired'], '/reasonRequired', APPROVAL_SUBJECTS),
    handlersOnly: read.words<Action>(root['handlersOnly'], '/handlersOnly', ACTIONS),
    suspensionBlocks: read.words<Action>(root['suspensionBlocks'], '/suspensionBlocks', ACTIONS),
    limits: readLimits(read, root['limits']),
    misuse: readMisuse(read, root['misuse']),
  };
  if (policy.suspensionBlocks.includes('release')) read.fault('/suspensionBlocks', 'must not name release, which goes in any state');
  read.done();
  return policy;
}

const MEMBERS = [
  'version',
  'terms',
  'approvals',
  'deadlines',
  'restrictedKinds',
  'accountKinds',
  'instruments',
  'extraInstruments',
  'reasonRequired',
  'handlersOnly',
  'suspensionBlocks',
  'limits',
  'misuse',
];

/** A mapping with exactly one row for every key. */
function table<K extends string, V>(
  read: PolicyReader,
  value: unknown,
  pointer: string,
  keys: readonly K[],
  readRow: (read: PolicyReader, value: unknown, pointer: string) => V,
): Readonly<Record<K, V>> {
  const rows = read.object(value, pointer, keys);
  return Object.fromEntries(keys.map((key) => [key, readRow(read, rows[key], `${pointer}/${key}`)])) as Record<K, V>;
}

function readTerm(read: PolicyReader, value: unknown, pointer: string): TermPolicy {
  const row = read.object(value, pointer, ['years', 'renewalYears']);
  return {
    years: read.whole(row['years'], `${pointer}/years`, 1, YEARS_MAX),
    renewalYears: read.whole(row['renewalYears'], `${pointer}/renewalYears`, 1, YEARS_MAX),
  };
}

function readRoles(read: PolicyReader, value: unknown, pointer: string): readonly ApproverRole[] {
  return read.words<ApproverRole>(value, pointer, APPROVER_ROLES);
}

function readInstruments(read: PolicyReader, value: unknown, pointer: string): readonly InstrumentType[] {
  return read.words<InstrumentType>(value, pointer, INSTRUMENT_TYPES);
}

function readExtra(read: PolicyReader, value: unknown, pointer: string): Readonly<Record<Action, readonly InstrumentType[]>> {
  return table(read, value, pointer, ACTIONS, readInstruments);
}

function readDeadlines(read: PolicyReader, value: unknown): DeadlinePolicy {
  const at = '/deadlines';
  const row = read.object(value, at, [
    'answer',
    'approvalLapse',
    'planValidity',
    'claimDays',
    'expiryCalendarDays',
    'noAssetsInquiryMonths',
    'refresh',
    'figuresMaxAge',
  ]);
  const marks = read
    .list(row['expiryCalendarDays'], `${at}/expiryCalendarDays`)
    .map((mark, i) => read.whole(mark, `${at}/expiryCalendarDays/${i}`, 1, DAYS_MAX));
  if (marks.some((mark, i) => i > 0 && mark >= (marks[i - 1] ?? 0))) read.fault(`${at}/expiryCalendarDays`, 'must fall from mark to mark');
  return {
    answerMs: read.duration(row['answer'], `${at}/answer`),
    approvalLapseMs: read.duration(row['approvalLapse'], `${at}/approvalLapse`),
    planValidityMs: read.duration(row['planValidity'], `${at}/planValidity`),
    claimDays: read.whole(row['claimDays'], `${at}/claimDays`, 0, DAYS_MAX),
    expiryCalendarDays: marks,
    noAssetsInquiryMonths: read.whole(row['noAssetsInquiryMonths'], `${at}/noAssetsInquiryMonths`, 1, MONTHS_MAX),
    refreshMs: read.duration(row['refresh'], `${at}/refresh`),
    figuresMaxAgeMs: read.duration(row['figuresMaxAge'], `${at}/figuresMaxAge`),
  };
}

function readRestrictedKinds(read: PolicyReader, value: unknown): ReadonlyMap<string, RestrictedKind> {
  const rows = read.rows(value, '/restrictedKinds').map(([code, raw]) => {
    const at = `/restrictedKinds/${code}`;
    const row = read.object(raw, at, ['name', 'freeze', 'deduct', 'reserve', 'basis']);
    const kind: RestrictedKind = {
      code,
      name: read.text(row['name'], `${at}/name`),
      freeze: read.word(row['freeze'], `${at}/freeze`, PERMISSIONS),
      deduct: read.word(row['deduct'], `${at}/deduct`, PERMISSIONS),
      reserve: row['reserve'] === undefined ? undefined : read.amount(row['reserve'], `${at}/reserve`),
      basis: read.text(row['basis'], `${at}/basis`),
    };
    return [code, kind] as const;
  });
  return new Map(rows);
}

function readAccountKinds(
  read: PolicyReader,
  value: unknown,
  restrictedKinds: ReadonlyMap<string, RestrictedKind>,
): ReadonlyMap<string, AccountKindPolicy> {
  const rows = read.rows(value, '/accountKinds').map(([kind, raw]) => {
    const at = `/accountKinds/${kind}`;
    const row = read.object(raw, at, ['property', 'restriction']);
    const property = read.word<PropertyKind>(row['property'], `${at}/property`, PROPERTY_KINDS);
    if (row['restriction'] === undefined) return [kind, { property }] as const;
    const restriction = read.text(row['restriction'], `${at}/restriction`);
    if (!restrictedKinds.has(restriction)) read.fault(`${at}/restriction`, 'is not in restrictedKinds');
    return [kind, { property, restriction }] as const;
  });
  return new Map(rows);
}

function readLimits(read: PolicyReader, value: unknown): PolicyLimits {
  const row = read.object(value, '/limits', ['ordersPerRequestMax', 'linesPerRequestMax', 'batchItemsMax']);
  return {
    ordersPerRequestMax: read.whole(row['ordersPerRequestMax'], '/limits/ordersPerRequestMax', 1, LINES_MAX),
    linesPerRequestMax: read.whole(row['linesPerRequestMax'], '/limits/linesPerRequestMax', 1, LINES_MAX),
    batchItemsMax: read.whole(row['batchItemsMax'], '/limits/batchItemsMax', 1, LINES_MAX),
  };
}
