import { AppError } from '#kernel';
import type { SqlValue, Tx } from './sql.js';

type Columns = Readonly<Record<string, SqlValue>>;

/** Inserts a row that must be new; an existing key is a defect of the caller. */
export async function insert(tx: Tx, table: string, row: Columns): Promise<void> {
  const columns = Object.keys(row);
  await tx.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, Object.values(row));
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
