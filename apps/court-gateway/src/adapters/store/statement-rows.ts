import type { Scope } from '#access';
import { afterClause, type PageStart } from '#http';
import type { Instant, LegalDate } from '#kernel';
import type { Reader, Row, SqlValue, Tx } from '#persistence';

/** Whether the bank has said its side: its way of exchange has no word for it, its word is still awaited, or it has been compared. */
export type BankSide = 'absent' | 'awaited' | 'stated';

/** A row of `statements`, without its body. It never changes, save that `latest` falls to 0 when a newer version is made. */
export interface StatementRow extends Row {
  readonly bank: string;
  readonly day: LegalDate;
  readonly version: number;
  readonly id: string;
  readonly from_day: LegalDate;
  readonly latest: number;
  readonly bank_side: BankSide;
  /** Which of the bank's words it was compared with; 0 for none. */
  readonly bank_version: number;
  readonly differences: number;
  /** Digest of what it says, without version and time: what says the same makes no new version. */
  readonly content: string;
  readonly sha256: string;
  readonly key_id: string;
  /** `ed25519:<base64url>` over the bytes of the body. */
  readonly signature: string;
  readonly made_at: Instant;
}

/** With `body`: the exact signed text, canonical JSON. */
export interface SignedStatementRow extends StatementRow {
  readonly body: string;
}

const COLUMNS = `bank, day, version, id, from_day, latest, bank_side, bank_version, differences, content, sha256, key_id, signature, made_at`;

export function latestStatement(reader: Reader, bank: string, day: LegalDate): Promise<StatementRow | undefined> {
  return reader.one<StatementRow>(`SELECT ${COLUMNS} FROM statements WHERE bank = ? AND day = ? AND latest = 1`, [bank, day]);
}

/** The newest version of each of a bank's last days, newest day first. */
export function lastStatements(reader: Reader, bank: string, limit: number): Promise<StatementRow[]> {
  return reader.all<StatementRow>(`SELECT ${COLUMNS} FROM statements WHERE bank = ? AND latest = 1 ORDER BY day DESC LIMIT ?`, [
    bank,
    limit,
  ]);
}

export function statementVersions(reader: Reader, bank: string, day: LegalDate): Promise<StatementRow[]> {
  return reader.all<StatementRow>(`SELECT ${COLUMNS} FROM statements WHERE bank = ? AND day = ? ORDER BY version`, [bank, day]);
}

export function findStatement(reader: Reader, bank: string, day: LegalDate, version: number): Promise<SignedStatementRow | undefined> {
  return reader.one<SignedStatementRow>(`SELECT ${COLUMNS}, body FROM statements WHERE bank = ? AND day = ? AND version = ?`, [
    bank,
    day,
    version,
  ]);
}

export interface StatementFilter {
  readonly scope: Scope;
  readonly bank?: string;
  readonly day?: LegalDate;
}

/** One row more than the page holds, newest first; of each day the newest version. */
export async function listStatements(reader: Reader, { scope, bank, day }: StatementFilter, start: PageStart): Promise<StatementRow[]> {
  if (scope.kind !== 'all' && scope.kind !== 'bank') return [];
  const where = ['latest = 1'];
  const params: SqlValue[] = [];
  const narrow = (column: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    where.push(`${column} = ?`);
    params.push(value);
  };
  narrow('bank', scope.kind === 'bank' ? scope.bank : undefined);
  narrow('bank', bank);
  narrow('day', day);
  const after = afterClause(start, 'made_at', 'id');
  return reader.all<StatementRow>(
    `SELECT ${COLUMNS} FROM statements WHERE ${where.join(' AND ')}${after.sql} ORDER BY made_at DESC, id DESC LIMIT ${start.limit + 1}`,
    [...params, ...after.params],
  );
}

/** Writes a new version down, unless another process was faster (compare-and-set by its number); says whether it did. */
export async function insertStatement(tx: Tx, row: SignedStatementRow): Promise<boolean> {
  if (!(await tx.insertOnce('statements', row))) return false;
  await tx.run('UPDATE statements SET latest = 0 WHERE bank = ? AND day = ? AND version < ? AND latest = 1', [
    row.bank,
    row.day,
    row.version,
  ]);
  return true;
}

/** The first day that a bank's statements are made of; undefined before it has been set. */
export async function firstDayOf(reader: Reader, bank: string): Promise<LegalDate | undefined> {
  const row = await reader.one<{ first_day: LegalDate }>('SELECT first_day FROM statement_starts WHERE bank = ?', [bank]);
  return row?.first_day;
}

/** Sets it once and for all. */
export function setFirstDay(tx: Tx, bank: string, day: LegalDate): Promise<boolean> {
  return tx.insertOnce('statement_starts', { bank, first_day: day });
}

/** Whether the bank has answered anything yet. */
export async function hasAnswers(reader: Reader, bank: string): Promise<boolean> {
  return (await reader.one('SELECT 1 AS found FROM orders WHERE bank = ? AND answered_at IS NOT NULL LIMIT 1', [bank])) !== undefined;
}
