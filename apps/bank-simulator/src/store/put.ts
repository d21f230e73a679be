import { insert, type SqlValue, type Tx } from '#persistence';

/** Writes the present state of a row, whether or not it is there. Statements that all stores share, so no upsert. */
export async function put(tx: Tx, table: string, row: Readonly<Record<string, SqlValue>>, key: readonly string[]): Promise<void> {
  const values = Object.entries(row).filter(([column]) => !key.includes(column));
  const set = values.map(([column]) => `${column} = ?`).join(', ');
  const where = key.map((column) => `${column} = ?`).join(' AND ');
  const params = [...values.map(([, value]) => value), ...key.map((column) => row[column] ?? null)];
  if ((await tx.run(`UPDATE ${table} SET ${set} WHERE ${where}`, params)) === 0) await insert(tx, table, row);
}
