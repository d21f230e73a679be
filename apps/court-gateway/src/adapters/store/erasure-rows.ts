import type { Instant } from '#kernel';
import { placeholders, type Reader, type Row } from '#persistence';

export type ErasureState = 'awaiting' | 'rejected' | 'approved' | 'destroyed' | 'erased';

/** A proposal to erase the content of a case, and how far it has come. */
export interface ErasureRow extends Row {
  readonly id: string;
  readonly case_id: string;
  readonly court_code: string;
  readonly case_number: string;
  readonly state: ErasureState;
  readonly open_key: string;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: Instant;
  readonly decided_by: string | null;
  readonly decided_at: Instant | null;
  readonly destroyed_at: Instant | null;
  readonly erased_at: Instant | null;
}

/** A bank whose connector has to destroy what it holds of the case. */
export interface ErasureBankRow extends Row {
  readonly erasure_id: string;
  readonly bank: string;
  readonly confirmed_at: Instant | null;
}

export const OPEN_KEY = 'open';

export function findErasure(reader: Reader, id: string): Promise<ErasureRow | undefined> {
  return reader.one<ErasureRow>('SELECT * FROM erasures WHERE id = ?', [id]);
}

/** The proposal of a case that counts: none, or the one that was not rejected. */
export function erasureOfCase(reader: Reader, caseId: string): Promise<ErasureRow | undefined> {
  return reader.one<ErasureRow>(`SELECT * FROM erasures WHERE case_id = ? AND open_key = '${OPEN_KEY}'`, [caseId]);
}

/** Those in a state, oldest first. */
export function erasuresIn(reader: Reader, state: ErasureState, limit: number): Promise<ErasureRow[]> {
  return reader.all<ErasureRow>(`SELECT * FROM erasures WHERE state = ? ORDER BY asked_at, id LIMIT ${limit}`, [state]);
}

export function banksOf(reader: Reader, erasureIds: readonly string[]): Promise<ErasureBankRow[]> {
  if (erasureIds.length === 0) return Promise.resolve([]);
  return reader.all<ErasureBankRow>(
    `SELECT * FROM erasure_banks WHERE erasure_id IN (${placeholders(erasureIds.length)}) ORDER BY erasure_id, bank`,
    erasureIds,
  );
}

/** Those whose key was destroyed last: other processes may still have it in memory. */
export function newestDestroyed(reader: Reader, limit: number): Promise<ErasureRow[]> {
  return reader.all<ErasureRow>(`SELECT * FROM erasures WHERE destroyed_at IS NOT NULL ORDER BY destroyed_at DESC LIMIT ${limit}`);
}
