import type { Instant, LegalDate } from '#kernel';
import type { MeasureMoney, MeasureStatus, Scope } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

/** A row of `measures`. Its money is in the minor unit of `currency`; read it by `measureMoneyOf`. */
export interface MeasureRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly case_id: string;
  readonly court_code: string;
  readonly holding_id: string | null;
  readonly debtor_id: string;
  readonly bank: string;
  readonly legal_person: string;
  readonly account_index: string;
  readonly account_sealed: Buffer;
  readonly currency: string;
  readonly kind: string;
  readonly scope: Scope;
  readonly limit_amount: number;
  readonly covered: number;
  readonly uncovered: number;
  readonly rank_no: number | null;
  readonly status: MeasureStatus;
  readonly from_date: LegalDate;
  readonly to_date: LegalDate;
  /** The freeze that it came from. */
  readonly order_number: string;
  readonly seq: number;
  readonly as_of: Instant;
  readonly refreshed_at: Instant | null;
}

export function measureMoneyOf(row: MeasureRow): MeasureMoney {
  return { status: row.status, limit: BigInt(row.limit_amount), covered: BigInt(row.covered) };
}

export function measureAccount(vault: Vault, caseKey: DataKey, row: MeasureRow): string {
  return vault.open<string>(caseKey, 'measures', 'account_sealed', row.id, row.account_sealed);
}

export function sealMeasureAccount(vault: Vault, caseKey: DataKey, measureId: string, account: string): Buffer {
  return vault.seal(caseKey, 'measures', 'account_sealed', measureId, account);
}

/** All measures of a case, oldest first. Inside a transaction call it after `lockCase`. */
export function measuresOfCase(reader: Reader, caseId: string): Promise<MeasureRow[]> {
  return reader.all<MeasureRow>('SELECT * FROM measures WHERE case_id = ? ORDER BY order_number, seq', [caseId]);
}

export async function measuresByIds(reader: Reader, caseId: string, ids: readonly string[]): Promise<MeasureRow[]> {
  if (ids.length === 0) return [];
  const wanted = [...new Set(ids)];
  return reader.all<MeasureRow>(`SELECT * FROM measures WHERE case_id = ? AND id IN (${placeholders(wanted.length)})`, [caseId, ...wanted]);
}

/** What has come in from each debtor of a case: payments that were not returned. */
export async function collectedByDebtor(reader: Reader, caseId: string): Promise<ReadonlyMap<string, bigint>> {
  const rows = await reader.all<{ debtor_id: string; total: number }>(
    `SELECT m.debtor_id AS debtor_id, SUM(p.amount) AS total FROM payments p JOIN measures m ON m.id = p.measure_id
     WHERE p.case_id = ? AND p.state <> 'returned' GROUP BY m.debtor_id`,
    [caseId],
  );
  return new Map(rows.map((row) => [row.debtor_id, BigInt(row.total)]));
}
