import type { Database, Row, SqlValue } from './sql.js';
import { placeholders } from './statements.js';

/** What is set, by column, as SQL: `{ sealed: "x''" }`. Names and SQL are ours, never a caller's input. */
export type SqlChange = Readonly<Record<string, string>>;

/** Values of one statement. */
const VALUES_AT_ONCE_MAX = 200;
/** Rows of a long table that one look passes over. */
const ROWS_PER_LOOK = 5_000;

/** Changes all rows whose column holds one of the values, in several commits; whoever is cut off does it again. */
export async function updateWhereIn(
  database: Database,
  table: string,
  change: SqlChange,
  column: string,
  values: readonly SqlValue[],
): Promise<void> {
  const set = setOf(change);
  await inParts(values, (part) =>
    database.run((tx) => tx.run(`UPDATE ${table} SET ${set} WHERE ${column} IN (${placeholders(part.length)})`, part)),
  );
}

/** As `updateWhereIn`, and the rows are gone. */
export async function deleteWhereIn(database: Database, table: string, column: string, values: readonly SqlValue[]): Promise<void> {
  await inParts(values, (part) =>
    database.run((tx) => tx.run(`DELETE FROM ${table} WHERE ${column} IN (${placeholders(part.length)})`, part)),
  );
}

/**
 * As `updateWhereIn` for a long table without an index on the column: it is read through by its key, outside any transaction, and only what fits
 * is written. For what is done once in a long while, so that no write pays for an index.
 */
export async function updateWalking(
  database: Database,
  { table, key, column }: { readonly table: string; readonly key: string; readonly column: string },
  value: SqlValue,
  change: SqlChange,
): Promise<void> {
  for (let after: SqlValue | undefined; ;) {
    const rows: readonly (Row & { at: SqlValue; held: SqlValue })[] = await database.reader.all(
      `SELECT ${key} AS at, ${column} AS held FROM ${table} ${after === undefined ? '' : `WHERE ${key} > ?`} ORDER BY ${key} LIMIT ${ROWS_PER_LOOK}`,
      after === undefined ? [] : [after],
    );
    const fitting = rows.filter(({ held }) => held === value).map(({ at }) => at);
    await updateWhereIn(database, table, change, key, fitting);
    if (rows.length < ROWS_PER_LOOK) return;
    after = rows.at(-1)?.at;
  }
}

function setOf(change: SqlChange): string {
  return Object.entries(change)
    .map(([column, sql]) => `${column} = ${sql}`)
    .join(', ');
}

async function inParts(values: readonly SqlValue[], work: (part: readonly SqlValue[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE_MAX) await work(values.slice(from, from + VALUES_AT_ONCE_MAX));
}
