import { ProfileReader } from './profile-reader.js';
import { readCodeMappings, type CodeMappings } from './profile-codes.js';
import { readServiceHours, type ServiceHours } from './service-hours.js';
import {
  readPayload,
  readProfileTls,
  readSignatures,
  readSigningKeys,
  readXmlSignature,
  type ProfileSigningKey,
  type ProfileTls,
  type ProfileXmlSignature,
} from './profile-security.js';
import type { SignatureAlgorithm } from '#trust';

/** One legal person behind a bank's front end; a union serves many (docs/rules.md). */
export interface LegalPerson {
  readonly code: string;
  readonly name: string;
  /** The 17-character code of the institution, where the dialect names banks by it. */
  readonly institution?: string;
}

/** What the bank has agreed to do. The gateway refuses the rest as `unsupported-by-bank`. */
export interface BankAbilities {
  readonly inquire: boolean;
  readonly freeze: boolean;
  readonly renew: boolean;
  readonly release: boolean;
  readonly deduct: boolean;
  /** A part of what is frozen can be deducted. */
  readonly partialDeduct: boolean;
  /** An inquiry can ask for bookings of some days. */
  readonly transactions: boolean;
  /** Wealth products and funds can be frozen, not deposits alone. */
  readonly wealthProducts: boolean;
  /** A whole account can be frozen, not a sum alone (R18). */
  readonly scopeAccount: boolean;
}

/** How hard we may press the bank. */
export interface BankLimits {
  /** Calls at the same time; also the most orders that can be in doubt after a crash. */
  readonly concurrency: number;
  readonly ratePerSec: number;
  /** Calls at once after a pause. */
  readonly burst: number;
  /** Real milliseconds to connect, and to the end of an answer. */
  readonly connectMs: number;
  readonly deadlineMs: number;
  /** Failures in a row after which the bank is only tried now and then. */
  readonly failuresToOpen: number;
  /** Inquiries in one file. */
  readonly batch: number;
}

/**
 * A bank of this installation: `deploy/banks/<bank>.yaml`. It names a dialect and holds no secret; passwords and keys come from
 * the key folder.
 */
export interface BankProfile {
  /** Code, for example `hubeibank`: part of the topic's name and of the connector's address. */
  readonly bank: string;
  /** Shown to officers. */
  readonly name: string;
  readonly dialect: string;
  /** False: no new orders are sent to it; what is under way goes on. */
  readonly active: boolean;
  /** Never empty; the first is the default. A bank of one legal person has its own code here. */
  readonly legalPersons: readonly LegalPerson[];
  readonly abilities: BankAbilities;
  readonly limits: BankLimits;
  /** push: the bank's address, for example `https://bank.example/court`. file: its front-end machine, `sftp://bank.example:22`. */
  readonly endpoint?: string;
  /** pull: as whom the bank signs in. file: as whom we sign in. */
  readonly user?: string;
  /** push over https: what is shown and whom we trust. */
  readonly tls?: ProfileTls;
  /** The algorithm of all signatures between us and the bank, both ways. */
  readonly signatures: SignatureAlgorithm;
  /** How bodies are encrypted, both ways, within the connection; left out, they are not. */
  readonly payload?: 'sm4';
  /** The bank's signing keys that count; left out, the one key of the bank's folder. */
  readonly signingKeys?: readonly ProfileSigningKey[];
  /** Where messages carry signatures of XML; a dialect of such messages needs it. */
  readonly xmlSignature?: ProfileXmlSignature;
  /** Milliseconds between two looks at folders, or between two polls that the bank is asked to make. */
  readonly pollMs: number;
  /** When orders may leave for the bank; left out, at any time. */
  readonly service?: ServiceHours;
  /** Codes of the bank beside those of its dialect; a code that is in neither is never guessed at (I6). */
  readonly codes?: CodeMappings;
}

const MEMBERS = [
  'bank',
  'name',
  'dialect',
  'active',
  'legalPersons',
  'abilities',
  'limits',
  'endpoint',
  'user',
  'tls',
  'signatures',
  'payload',
  'signingKeys',
  'xmlSignature',
  'pollMs',
  'service',
  'codes',
];
const ABILITIES = [
  'inquire',
  'freeze',
  'renew',
  'release',
  'deduct',
  'partialDeduct',
  'transactions',
  'wealthProducts',
  'scopeAccount',
] as const;

/** The topic's name and tables with short columns hold the code. */
const CODE = /^[a-z][a-z0-9-]{1,31}$/;
const NAME = /^\S.{0,79}$/u;
const INSTITUTION = /^[0-9A-Z]{17}$/;
const LEGAL_PERSONS_MAX = 200;

/** Member, smallest, largest. */
const LIMITS = {
  concurrency: [1, 256],
  ratePerSec: [1, 10_000],
  burst: [1, 10_000],
  connectMs: [100, 60_000],
  deadlineMs: [100, 300_000],
  failuresToOpen: [1, 100],
  batch: [1, 200],
} as const satisfies Readonly<Record<keyof BankLimits, readonly [number, number]>>;

/**
 * Reads a profile as a YAML reader gives it. Every member is checked and none is filled in by guess.
 * @throws AppError `invalid-configuration` with one entry in `errors` for every fault
 */
export function parseBankProfile(raw: unknown): BankProfile {
  const read = new ProfileReader();
  const root = read.mapping(raw, '', MEMBERS);
  const profile: BankProfile = {
    bank: read.text(root['bank'], '/bank', CODE, 'a code such as hubeibank'),
    name: read.text(root['name'], '/name', NAME, 'a name'),
    dialect: read.text(root['dialect'], '/dialect', CODE, 'the name of a dialect'),
    active: read.flag(root['active'], '/active'),
    legalPersons: readLegalPersons(read, root['legalPersons']),
    abilities: readAbilities(read, root['abilities']),
    limits: readLimits(read, root['limits']),
    ...(root['endpoint'] === undefined ? {} : { endpoint: readEndpoint(read, root['endpoint']) }),
    ...(root['user'] === undefined ? {} : { user: read.text(root['user'], '/user', /^[\w.-]{1,60}$/, 'a user name') }),
    ...(root['tls'] === undefined ? {} : { tls: readProfileTls(read, root['tls']) }),
    signatures: readSignatures(read, root['signatures']),
    ...readPayload(read, root['payload']),
    ...(root['signingKeys'] === undefined ? {} : { signingKeys: readSigningKeys(read, root['signingKeys']) }),
    ...(root['xmlSignature'] === undefined ? {} : { xmlSignature: readXmlSignature(read, root['xmlSignature']) }),
    pollMs: read.whole(root['pollMs'], '/pollMs', 50, 3_600_000),
    ...(root['service'] === undefined ? {} : { service: readServiceHours(read, root['service']) }),
    ...(root['codes'] === undefined ? {} : { codes: readCodeMappings(read, root['codes']) }),
  };
  read.done('the bank profile');
  return profile;
}

function readLegalPersons(read: ProfileReader, raw: unknown): readonly LegalPerson[] {
  const persons = read.list(raw, '/legalPersons', 1, LEGAL_PERSONS_MAX).map((one, i) => {
    const at = `/legalPersons/${i}`;
    const row = read.mapping(one, at, ['code', 'name', 'institution']);
    const { institution } = row;
    return {
      code: read.text(row['code'], `${at}/code`, CODE, 'a code such as hbrcu-jiayu'),
      name: read.text(row['name'], `${at}/name`, NAME, 'a name'),
      ...(institution === undefined
        ? {}
        : { institution: read.text(institution, `${at}/institution`, INSTITUTION, '17 capitals or digits') }),
    };
  });
  if (new Set(persons.map(({ code }) => code)).size < persons.length) read.fault('/legalPersons', 'names a code twice');
  const institutions = persons.flatMap(({ institution }) => institution ?? []);
  if (new Set(institutions).size < institutions.length) read.fault('/legalPersons', 'names an institution twice');
  return persons;
}

function readAbilities(read: ProfileReader, raw: unknown): BankAbilities {
  const row = read.mapping(raw, '/abilities', ABILITIES);
  const entries = ABILITIES.map((name) => [name, read.flag(row[name], `/abilities/${name}`)] as const);
  return Object.fromEntries(entries) as unknown as BankAbilities;
}

function readLimits(read: ProfileReader, raw: unknown): BankLimits {
  const row = read.mapping(raw, '/limits', Object.keys(LIMITS));
  const entries = Object.entries(LIMITS).map(([name, [min, max]]) => [name, read.whole(row[name], `/limits/${name}`, min, max)] as const);
  return Object.fromEntries(entries) as unknown as BankLimits;
}

function readEndpoint(read: ProfileReader, raw: unknown): string {
  const text = read.text(raw, '/endpoint', /^(?:https?|sftp):\/\/[^\s?#]{1,300}$/, 'an http, https or sftp address without query');
  if (text !== '' && !URL.canParse(text)) read.fault('/endpoint', 'is no address');
  return text.replace(/\/$/, '');
}
