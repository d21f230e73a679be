import { AppError, parseInstant, type Instant } from '#kernel';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '#trust';
import type { ProfileReader } from './profile-reader.js';

/** Names of PEM files in the bank's folder below the key folder. They hold what the profile must not. */
export interface ProfileTls {
  /** The authority of the bank's server, and no other, is trusted. */
  readonly authority: string;
  /** What we show the bank. It may be the same file as the key's. */
  readonly certificate: string;
  readonly key: string;
}

/** The PEM texts of these files, for one mutual TLS connection. */
export type BankTls = ProfileTls;

/** Where messages carry signatures of XML: whose certificates count, and what we sign with. Names of PEM files like those of `tls`. */
export interface ProfileXmlSignature {
  /** Exactly these certificates of the bank count. */
  readonly trusted: readonly string[];
  /** What we sign with; left out, our messages carry no signature. */
  readonly own?: { readonly certificate: string; readonly key: string };
}

/** The PEM texts of these files. */
export type XmlSignature = ProfileXmlSignature;

/** One of the bank's signing keys. Several may count at once, so that the bank can change keys without a gap. */
export interface ProfileSigningKey {
  readonly kid: string;
  /** Its public key, PEM, in the bank's folder. */
  readonly file: string;
  /** First moment at which it counts, and first at which it no longer does; absent: no bound. */
  readonly from?: Instant;
  readonly to?: Instant;
}

const FILE = /^[0-9A-Za-z][\w.-]{0,79}$/;
const KID = /^[\w.-]{1,80}$/;
const KEYS_MAX = 10;

export function readProfileTls(read: ProfileReader, raw: unknown): ProfileTls {
  const row = read.mapping(raw, '/tls', ['authority', 'certificate', 'key']);
  const file = (name: keyof ProfileTls): string => read.text(row[name], `/tls/${name}`, FILE, 'the name of a file without a folder');
  return { authority: file('authority'), certificate: file('certificate'), key: file('key') };
}

export function readXmlSignature(read: ProfileReader, raw: unknown): ProfileXmlSignature {
  const row = read.mapping(raw, '/xmlSignature', ['trusted', 'own']);
  const file = (value: unknown, at: string): string => read.text(value, `/xmlSignature/${at}`, FILE, 'the name of a file without a folder');
  const trusted = read.list(row['trusted'], '/xmlSignature/trusted', 1, KEYS_MAX).map((one, i) => file(one, `trusted/${i}`));
  if (row['own'] === undefined) return { trusted };
  const own = read.mapping(row['own'], '/xmlSignature/own', ['certificate', 'key']);
  return { trusted, own: { certificate: file(own['certificate'], 'own/certificate'), key: file(own['key'], 'own/key') } };
}

/** Left out, the international one. */
export function readSignatures(read: ProfileReader, raw: unknown): SignatureAlgorithm {
  const found = raw === undefined ? 'ed25519' : SIGNATURE_ALGORITHMS.find((name) => name === raw);
  if (!found) read.fault('/signatures', `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`);
  return found ?? 'ed25519';
}

/** Left out, bodies are not encrypted beyond their connection. */
export function readPayload(read: ProfileReader, raw: unknown): { readonly payload?: 'sm4' } {
  if (raw === undefined) return {};
  if (raw !== 'sm4') read.fault('/payload', 'must be sm4');
  return { payload: 'sm4' };
}

export function readSigningKeys(read: ProfileReader, raw: unknown): readonly ProfileSigningKey[] {
  const keys = read.list(raw, '/signingKeys', 1, KEYS_MAX).map((one, i) => {
    const at = `/signingKeys/${i}`;
    const row = read.mapping(one, at, ['kid', 'file', 'from', 'to']);
    const [from, to] = [readMoment(read, row['from'], `${at}/from`), readMoment(read, row['to'], `${at}/to`)];
    if (from !== undefined && to !== undefined && from >= to) read.fault(`${at}/to`, 'must be later than from');
    return {
      kid: read.text(row['kid'], `${at}/kid`, KID, 'the id of a key'),
      file: read.text(row['file'], `${at}/file`, FILE, 'the name of a file without a folder'),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
  });
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) read.fault('/signingKeys', 'names a kid twice');
  return keys;
}

function readMoment(read: ProfileReader, raw: unknown, at: string): Instant | undefined {
  if (raw === undefined) return undefined;
  try {
    if (typeof raw === 'string') return parseInstant(raw);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  read.fault(at, 'must be a time such as "2026-03-01T00:00:00+08:00"');
  return undefined;
}
