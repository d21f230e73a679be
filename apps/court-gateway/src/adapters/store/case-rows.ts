import { AppError, isId, type Instant, type LegalDate } from '#kernel';
import type { CaseKind, CaseMoney, CaseStatus, CloseManner } from '#orders';
import type { Reader, Row, Tx } from '#persistence';

/** A row of `cases`. Money is in the minor unit of `currency`; read it by `caseMoneyOf`. */
export interface CaseRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly lock_no: number;
  readonly case_number: string;
  readonly court_code: string;
  readonly kind: CaseKind;
  readonly status: CaseStatus;
  /** Chinese reason of a hold on the whole case, null when there is none. */
  readonly hold: string | null;
  readonly filed_on: LegalDate;
  readonly cause: string | null;
  readonly currency: string;
  readonly principal: number;
  readonly interest: number;
  readonly interest_to: LegalDate | null;
  readonly fee: number;
  readonly ceiling: number;
  readonly collected: number;
  readonly satisfied: number;
  readonly court_account_sealed: Buffer | null;
  readonly predecessors: string;
  readonly tags: string;
  readonly last_full_inquiry_at: Instant | null;
  readonly closed_manner: CloseManner | null;
  readonly closed_reason_sealed: Buffer | null;
  readonly closed_at: Instant | null;
  readonly created_by: string;
  readonly created_at: Instant;
}

export function notFound(): AppError {
  return new AppError('not-found', '未找到该对象');
}

/** An id out of a path. @throws AppError `not-found` for a text that no id of ours looks like */
export function pathId(text: string): string {
  if (!isId(text)) throw notFound();
  return text;
}

export function findCase(reader: Reader, caseId: string): Promise<CaseRow | undefined> {
  return reader.one<CaseRow>('SELECT * FROM cases WHERE id = ?', [caseId]);
}

/** @throws AppError `not-found` */
export async function loadCase(reader: Reader, caseId: string): Promise<CaseRow> {
  const row = await findCase(reader, caseId);
  if (!row) throw notFound();
  return row;
}

/**
 * The case's lock and the case as it is under it: the first statement of every transaction that reads or changes its money.
 * `lock_no` grows with every such transaction, so a plan can tell whether anything has happened since.
 * @throws AppError `not-found`
 */
export async function lockCase(tx: Tx, caseId: string): Promise<CaseRow> {
  if ((await tx.run('UPDATE cases SET lock_no = lock_no + 1 WHERE id = ?', [caseId])) === 0) throw notFound();
  return loadCase(tx, caseId);
}

/** Readings of one case that its money overtook, one after another; what the last one saw is shown. */
const READINGS_MAX = 5;

/**
 * Reads several things of a case as of one moment: every transaction that changes its money counts `lock_no` up, and a reading during
 * which it has changed is made again. Without it an answer could show a measure in force and a sum that does not hold it yet.
 * @throws AppError `not-found`
 */
export async function readAtOnce<T>(reader: Reader, caseId: string, read: (row: CaseRow) => Promise<T>): Promise<T> {
  let row = await loadCase(reader, caseId);
  for (let reading = 1; ; reading += 1) {
    const seen = await read(row);
    const after = await loadCase(reader, caseId);
    if (after.lock_no === row.lock_no || reading === READINGS_MAX) return seen;
    row = after;
  }
}

export function caseMoneyOf(row: CaseRow): CaseMoney {
  return { ceiling: BigInt(row.ceiling), collected: BigInt(row.collected), satisfied: BigInt(row.satisfied) };
}

/** User ids of the case's handlers, the first one first. */
export async function handlersOf(reader: Reader, caseId: string): Promise<readonly string[]> {
  const rows = await reader.all<{ user_id: string }>('SELECT user_id FROM case_handlers WHERE case_id = ? ORDER BY since, user_id', [
    caseId,
  ]);
  return rows.map((row) => row.user_id);
}

export function tagsOf(row: CaseRow): readonly string[] {
  return JSON.parse(row.tags) as string[];
}

/** Case numbers of earlier cases (R15): a freeze may stand under one of them. */
export function predecessorsOf(row: CaseRow): readonly string[] {
  return (JSON.parse(row.predecessors) as { caseNumber: string }[]).map(({ caseNumber }) => caseNumber);
}
