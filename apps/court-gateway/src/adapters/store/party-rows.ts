import type { PartyRole } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

export interface PartyRow extends Row {
  readonly id: string;
  readonly case_id: string;
  readonly role: PartyRole;
  readonly kind: 'person' | 'organisation';
  readonly id_type: string;
  readonly sealed: Buffer;
  readonly id_index: string;
  readonly name_index: string;
  readonly liability_cap: number | null;
  readonly position: number;
}

/** A party in clear. It never leaves by a list or detail; masks and `reveal` are the HTTP adapter's. */
export interface Party {
  readonly id: string;
  readonly role: PartyRole;
  readonly kind: 'person' | 'organisation';
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  /** Blind index of the id number; the lane of a debtor is derived from it. */
  readonly idIndex: string;
  readonly liabilityCap?: bigint;
}

interface SealedParty {
  readonly name: string;
  readonly idNumber: string;
}

/** The parties of a case in the order in which they were given. */
export function partiesOf(reader: Reader, caseId: string): Promise<PartyRow[]> {
  return reader.all<PartyRow>('SELECT * FROM parties WHERE case_id = ? ORDER BY position', [caseId]);
}

/** Those of a case's parties that a request names; ids of others are simply not found. */
export function partiesNamed(reader: Reader, caseId: string, ids: readonly string[]): Promise<PartyRow[]> {
  return reader.all<PartyRow>(`SELECT * FROM parties WHERE case_id = ? AND id IN (${placeholders(ids.length)}) ORDER BY position`, [
    caseId,
    ...ids,
  ]);
}

export function findParty(reader: Reader, partyId: string): Promise<PartyRow | undefined> {
  return reader.one<PartyRow>('SELECT * FROM parties WHERE id = ?', [partyId]);
}

export function openParty(vault: Vault, caseKey: DataKey, row: PartyRow): Party {
  const { name, idNumber } = vault.open<SealedParty>(caseKey, 'parties', 'sealed', row.id, row.sealed);
  return {
    id: row.id,
    role: row.role,
    kind: row.kind,
    name,
    idType: row.id_type,
    idNumber,
    idIndex: row.id_index,
    ...(row.liability_cap === null ? {} : { liabilityCap: BigInt(row.liability_cap) }),
  };
}

export function sealParty(vault: Vault, caseKey: DataKey, partyId: string, clear: SealedParty): Buffer {
  return vault.seal(caseKey, 'parties', 'sealed', partyId, clear);
}
