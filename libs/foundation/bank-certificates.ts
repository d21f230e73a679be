import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entropy, RealTime } from '#kernel';
import { CertificateAuthority, ensureSecretFile, readSecretFile, replaceFile, type CertifiedKey } from '#trust';
import { bankKeyFolder } from './bank-keys.js';

const DAY_MS = 86_400_000;
/** An authority outlives several of the certificates that it gives. */
const AUTHORITY_DAYS = 3_650;
const CERTIFICATE_DAYS = 397;
/** What runs out sooner than this is made anew at the next start. */
const RENEW_DAYS = 30;
/** A certificate counts a little before it was made, for clocks that are behind. */
const EARLY_MS = 3_600_000;

/** The files of one bank's mutual TLS, in the banks' key folder. */
export interface BankCertificateFiles {
  /** The bank's authority: the court trusts it. */
  readonly authority: string;
  /** The bank's server: key and certificate. */
  readonly server: string;
  /** The court's authority: the bank lets in whom it certified. */
  readonly courtAuthority: string;
  /** The court as a client: key and certificate. */
  readonly courtClient: string;
}

export function bankCertificateFiles(dataDir: string, bank: string): BankCertificateFiles {
  const file = (name: string): string => join(bankKeyFolder(dataDir), `${bank}-${name}.pem`);
  return {
    authority: file('authority'),
    server: file('server'),
    courtAuthority: file('court-authority'),
    courtClient: file('court-client'),
  };
}

export interface CertificateMakers {
  readonly time: RealTime;
  readonly entropy: Entropy;
  /** Names and addresses under which the bank's server is called. */
  readonly hosts: readonly string[];
}

/**
 * Makes what a demo bank's mutual TLS needs, on the first start, and makes anew what runs out. What came from elsewhere (an authority
 * whose key is not here, and what it certified) is a real bank's, and nothing of it is touched. Several processes may do this at once: the key
 * of an authority is made once, and each certificate lies in one file with its key.
 */
export async function ensureBankCertificates(dataDir: string, bank: string, makers: CertificateMakers): Promise<void> {
  const files = bankCertificateFiles(dataDir, bank);
  await ensureSide(files.authority, files.server, { name: `${bank} server`, hosts: makers.hosts }, makers);
  await ensureSide(files.courtAuthority, files.courtClient, { name: 'court', hosts: [] }, makers);
}

/** The authority of the court's certificates for one bank, made by `ensureBankCertificates`. @throws AppError `key-file-missing` where a real one was brought without its key */
export async function openCourtAuthority(dataDir: string, bank: string, entropy: Entropy): Promise<CertificateAuthority> {
  const { courtAuthority } = bankCertificateFiles(dataDir, bank);
  const key = (await readSecretFile(keyFileOf(courtAuthority))).toString('utf8');
  return CertificateAuthority.open({ cert: await readFile(courtAuthority, 'utf8'), key }, entropy);
}

interface Holder {
  readonly name: string;
  readonly hosts: readonly string[];
}

async function ensureSide(authorityFile: string, holderFile: string, holder: Holder, makers: CertificateMakers): Promise<void> {
  const authority = await ensureAuthority(authorityFile, holder.name, makers);
  if (!authority || !(await isRunningOut(holderFile, authority.cert, makers))) return;
  const validity = validityOf(CERTIFICATE_DAYS, makers);
  const { cert, key } = await authority.issue({ name: holder.name, hosts: holder.hosts, ...validity });
  await replaceFile(holderFile, `${key}${cert}`, 0o600, makers.entropy);
}

async function ensureAuthority(file: string, name: string, makers: CertificateMakers): Promise<CertificateAuthority | undefined> {
  const keyFile = keyFileOf(file);
  if (existsSync(file) && !existsSync(keyFile)) return undefined;
  const { entropy } = makers;
  const title = `${name} authority`;
  const fresh = await CertificateAuthority.create(title, validityOf(AUTHORITY_DAYS, makers), entropy);
  const key = (await ensureSecretFile(keyFile, entropy, () => Buffer.from(fresh.key, 'utf8'))).toString('utf8');
  const known: CertifiedKey | undefined = existsSync(file) ? { cert: await readFile(file, 'utf8'), key } : undefined;
  if (known && !runsOut(known.cert, makers)) return CertificateAuthority.open(known, entropy);
  const authority = await CertificateAuthority.create(title, validityOf(AUTHORITY_DAYS, makers), entropy, key);
  await replaceFile(file, authority.cert, 0o644, entropy);
  return authority;
}

function keyFileOf(authorityFile: string): string {
  return authorityFile.replace(/\.pem$/, '.key.pem');
}

/** Missing, soon over, or of another authority than the one that is trusted now. */
async function isRunningOut(file: string, authority: string, makers: CertificateMakers): Promise<boolean> {
  if (!existsSync(file)) return true;
  const pem = (await readSecretFile(file)).toString('utf8');
  return runsOut(pem, makers) || !new X509Certificate(pem).verify(new X509Certificate(authority).publicKey);
}

function runsOut(pem: string, { time }: CertificateMakers): boolean {
  return Date.parse(new X509Certificate(pem).validTo) < time.realNow() + RENEW_DAYS * DAY_MS;
}

function validityOf(days: number, { time }: CertificateMakers): { from: number; to: number } {
  const now = time.realNow();
  return { from: now - EARLY_MS, to: now + days * DAY_MS };
}
