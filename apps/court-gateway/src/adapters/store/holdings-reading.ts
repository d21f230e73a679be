import type { Instant } from '#kernel';
import type { HoldingLine } from '#contracts';
import type { Reader, Row } from '#persistence';
import { placeholders } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

/** A row of `holdings`. `balance`, `available` and `restriction_reserve` are in the minor unit of `currency`. */
export interface HoldingRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly case_id: string;
  readonly debtor_id: string;
  readonly bank: string;
  readonly legal_person: string;
  readonly account_index: string;
  readonly sealed: Buffer;
  readonly kind: string;
  readonly currency: string;
  readonly state: string;
  readonly balance: number;
  readonly available: number;
  readonly restriction_code: string | null;
  readonly restriction_reserve: number | null;
  readonly order_number: string | null;
  readonly as_of: Instant;
}

/** What is sealed of a holding: the bank's words, with money as text, as its answer carried them. */
export type SealedHolding = Pick<HoldingLine, 'account' | 'priorMeasures' | 'priorityRights' | 'restriction' | 'coOwners' | 'asset'>;

/** A holding in clear. The account is masked by the HTTP adapter. */
export interface Holding extends SealedHolding {
  readonly row: HoldingRow;
}

export function openHolding(vault: Vault, caseKey: DataKey, row: HoldingRow): Holding {
  return { ...vault.open<SealedHolding>(caseKey, 'holdings', 'sealed', row.id, row.sealed), row };
}

export function sealHolding(vault: Vault, caseKey: DataKey, holdingId: string, clear: SealedHolding): Buffer {
  return vault.seal(caseKey, 'holdings', 'sealed', holdingId, clear);
}

export function holdingsOfCase(reader: Reader, caseId: string): Promise<HoldingRow[]> {
  return reader.all<HoldingRow>('SELECT * FROM holdings WHERE case_id = ? ORDER BY bank, legal_person, id', [caseId]);
}

export async function holdingsByIds(reader: Reader, caseId: string, ids: readonly string[]): Promise<HoldingRow[]> {
  if (ids.length === 0) return [];
  const wanted = [...new Set(ids)];
  return reader.all<HoldingRow>(`SELECT * FROM holdings WHERE case_id = ? AND id IN (${placeholders(wanted.length)})`, [caseId, ...wanted]);
}

/** The holdings of a case on accounts that a request names by number; one account may be known at several legal persons. */
export async function holdingsByAccounts(reader: Reader, caseId: string, accountIndexes: readonly string[]): Promise<HoldingRow[]> {
  if (accountIndexes.length === 0) return [];
  const wanted = [...new Set(accountIndexes)];
  return reader.all<HoldingRow>(
    `SELECT * FROM holdings WHERE case_id = ? AND account_index IN (${placeholders(wanted.length)}) ORDER BY id`,
    [caseId, ...wanted],
  );
}
