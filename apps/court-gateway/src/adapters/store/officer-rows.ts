import type { LegalDate } from '#kernel';
import type { GateFiling, GateOfficer } from '#orders';
import type { Reader, Row } from '#persistence';
import type { Vault } from '../../vault.js';

export interface OfficerRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly username: string;
  readonly court_code: string;
  readonly sealed: Buffer;
  readonly valid_from: LegalDate;
  readonly valid_to: LegalDate;
  readonly created_at: number;
}

/** What is sealed of an officer's entry (R2). */
export interface SealedOfficer {
  readonly name: string;
  readonly workId: string;
  readonly dutyId: string;
  readonly phone?: string;
  /** SHA-256 of the images, whose bytes are in `officer_images`. */
  readonly workIdImage?: string;
  readonly dutyIdImage?: string;
}

/** The version in force of an officer's entry, in clear. */
export interface Officer extends SealedOfficer {
  readonly id: string;
  readonly version: number;
  readonly username: string;
  readonly courtCode: string;
  readonly validFrom: LegalDate;
  readonly validTo: LegalDate;
}

export type CredentialKind = 'work' | 'duty';

export function officerAad(id: string, version: number): string {
  return `${id}/${version}`;
}

export function openOfficer(vault: Vault, row: OfficerRow): Officer {
  const sealed = vault.open<SealedOfficer>(vault.systemKey('officers'), 'officers', 'sealed', officerAad(row.id, row.version), row.sealed);
  return {
    ...sealed,
    id: row.id,
    version: row.version,
    username: row.username,
    courtCode: row.court_code,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  };
}

export function findOfficer(reader: Reader, id: string): Promise<OfficerRow | undefined> {
  return reader.one<OfficerRow>('SELECT * FROM officers WHERE id = ?', [id]);
}

/** The register's entry of a user. The token's claim may be older than the register, so look him up by name. */
export function findOfficerByUsername(reader: Reader, username: string): Promise<OfficerRow | undefined> {
  return reader.one<OfficerRow>('SELECT * FROM officers WHERE username = ?', [username]);
}

interface FilingRow extends Row {
  readonly bank: string;
  readonly state: 'filed' | 'withdrawn';
  readonly from_date: LegalDate;
  readonly to_date: LegalDate;
}

export async function filingsOf(reader: Reader, officerId: string): Promise<readonly GateFiling[]> {
  const rows = await reader.all<FilingRow>('SELECT bank, state, from_date, to_date FROM filings WHERE officer_id = ? ORDER BY bank', [
    officerId,
  ]);
  return rows.map((row) => ({ bank: row.bank, state: row.state, from: row.from_date, to: row.to_date }));
}

/** The officer as the gates read him. */
export function gateOfficerOf(officer: Officer, filings: readonly GateFiling[]): GateOfficer {
  return {
    id: officer.id,
    validFrom: officer.validFrom,
    validTo: officer.validTo,
    workId: officer.workId,
    dutyId: officer.dutyId,
    hasWorkIdImage: officer.workIdImage !== undefined,
    hasDutyIdImage: officer.dutyIdImage !== undefined,
    filings,
  };
}

/** The bytes of one credential's image, or undefined when the entry has none. */
export async function credentialImage(reader: Reader, vault: Vault, officer: Officer, kind: CredentialKind): Promise<Buffer | undefined> {
  const row = await reader.one<{ sealed: Buffer }>('SELECT sealed FROM officer_images WHERE officer_id = ? AND version = ? AND kind = ?', [
    officer.id,
    officer.version,
    kind,
  ]);
  if (!row) return undefined;
  return vault.cipher.openBytes(vault.systemKey('officers'), imageAad(officer.id, officer.version, kind), row.sealed);
}

export function imageAad(officerId: string, version: number, kind: CredentialKind): string {
  return `officer_images|sealed|${officerAad(officerId, version)}/${kind}`;
}
