import { AppError } from '#kernel';
import { insertRows } from './gathered-writes.js';
import type { Columns, SqlValue, Tx } from './sql.js';

/** Inserts a row that must be new; an existing key is a defect of the caller. */
export async function insert(tx: Tx, table: string, row: Columns): Promise<void> {
  const columns = Object.keys(row);
  await tx.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, Object.values(row));
}

/** Inserts rows of the same columns that must all be new, many in one statement; the columns are those of the first row. */
export function insertMany(tx: Tx, table: string, rows: readonly Columns[]): Promise<void> {
  return insertRows(tx, table, rows);
}

/**
 * Changes the rows that still are as the caller has seen them and says whether there was one (I13).
 * `expected` always names the key and the state or version that was read.
 */
export async function compareAndSet(tx: Tx, table: string, change: Columns, expected: Columns): Promise<boolean> {
  const set = Object.keys(change).map((column) => `${column} = ?`);
  const where = Object.keys(expected).map((column) => `${column} = ?`);
  const params = [...Object.values(change), ...Object.values(expected)];
  return (await tx.run(`UPDATE ${table} SET ${set.join(', ')} WHERE ${where.join(' AND ')}`, params)) > 0;
}

/** One row's part of a `compareAndSetMany`. */
export interface GuardedChange {
  readonly key: SqlValue;
  /** What the guarding column must still hold. */
  readonly expected: SqlValue;
  /** The same columns in every row. */
  readonly change: Columns;
}

/** Rows of one UPDATE: bounds its parameters. */
const ROWS_PER_UPDATE_MAX = 50;

/**
 * As `compareAndSet` for many rows, each with values of its own, in one statement for some fifty of them; keys are distinct. Says whether every one
 * still was as it was seen; when not, the caller undoes its transaction.
 */
export async function compareAndSetMany(
  tx: Tx,
  table: string,
  { key, guard }: { readonly key: string; readonly guard: string },
  rows: readonly GuardedChange[],
): Promise<boolean> {
  let changed = 0;
  for (let from = 0; from < rows.length; from += ROWS_PER_UPDATE_MAX) {
    const part = rows.slice(from, from + ROWS_PER_UPDATE_MAX);
    const columns = Object.keys(part[0]?.change ?? {});
    const byKey = `CASE ${key} ${'WHEN ? THEN ? '.repeat(part.length)}END`;
    const params: SqlValue[] = [];
    for (const column of columns) for (const row of part) params.push(row.key, row.change[column] ?? null);
    for (const row of part) params.push(row.key);
    for (const row of part) params.push(row.key, row.expected);
    const sql = `UPDATE ${table} SET ${columns.map((column) => `${column} = ${byKey}`).join(', ')}
      WHERE ${key} IN (${placeholders(part.length)}) AND ${guard} = ${byKey}`;
    changed += await tx.run(sql, params);
  }
  return changed === rows.length;
}

/** As `compareAndSet`, for callers to whom a lost race is the user's news. @throws AppError `stale-version` */
export async function compareAndSetOrStale(tx: Tx, table: string, change: Columns, expected: Columns): Promise<void> {
  if (!(await compareAndSet(tx, table, change, expected))) throw staleVersion();
}

/** A row is no longer as it was read. */
export function staleVersion(): AppError {
  return new AppError('stale-version', '数据已被他人修改，请重新读取后再试', { retryable: false });
}

/** `?, ?, ?` for an IN list of the given length, which must not be zero. */
export function placeholders(count: number): string {
  if (count < 1) throw new AppError('invariant-broken', 'an IN list needs a value', { level: 'fatal' });
  return new Array(count).fill('?').join(', ');
}
