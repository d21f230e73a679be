import { AppError } from '#kernel';
import type { SqlValue, Tx } from './sql.js';

type Columns = Readonly<Record<string, SqlValue>>;

/** Inserts a row that must be new; an existing key is a defect of the caller. */
export async function insert(tx: Tx, table: string, row: Columns): Promise<void> {
  const columns = Object.keys(row);
  await tx.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, Object.values(row));
}

/** Rows of one INSERT: bounds both its parameters and how many distinct statements there are. */
const ROWS_PER_INSERT_MAX = 20;

/** Inserts rows of the same columns that must all be new, many in one statement; the columns are those of the first row. */
export async function insertMany(tx: Tx, table: string, rows: readonly Columns[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT_MAX) {
    const part = rows.slice(from, from + ROWS_PER_INSERT_MAX);
    const values: SqlValue[] = [];
    for (const row of part) for (const column of columns) values.push(row[column] ?? null);
    await tx.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${part.map(() => tuple).join(', ')}`, values);
  }
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

/** As `compareAndSet`, for callers to whom a lost race is the user's news. @throws AppError `stale-version` */
export async function compareAndSetOrStale(tx: Tx, table: string, change: Columns, expected: Columns): Promise<void> {
  if (!(await compareAndSet(tx, table, change, expected))) {
    throw new AppError('stale-version', '数据已被他人修改，请重新读取后再试', { retryable: false });
  }
}

/** `?, ?, ?` for an IN list of the given length, which must not be zero. */
export function placeholders(count: number): string {
  if (count < 1) throw new AppError('invariant-broken', 'an IN list needs a value', { level: 'fatal' });
  return new Array(count).fill('?').join(', ');
}
