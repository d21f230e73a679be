import type { Reader, Row } from '#persistence';

/** A table as it stands in the system's own store. */
export interface TableShape {
  readonly table: string;
  /** `CREATE TABLE` and `CREATE INDEX` as the store has them. */
  readonly schema: readonly string[];
  readonly columns: readonly string[];
  /** Text columns of a unique key: the reference puts a fresh value of the same length there. */
  readonly keys: readonly string[];
  /** Rows that were written per unit of work, with their real values. */
  readonly rows: readonly Row[];
  /** How many of them per unit, with fractions. */
  readonly perUnit: number;
}

/** A store that is open for reading. */
export interface StoreView {
  readonly reader: Reader;
  /** How a table is called in a statement. */
  readonly at: (table: string) => string;
  /** The newest `count` rows of a table, and what the table is made of. */
  shapeOf(table: string, count: number, perUnit: number): Promise<TableShape>;
}

/** The gateway's store at one moment: how many rows its tables had. `look` may see rows that came later. */
export interface StoreReading {
  readonly counts: ReadonlyMap<string, number>;
  look<T>(body: (view: StoreView) => Promise<T>): Promise<T>;
}

export async function countRows({ reader, at }: Pick<StoreView, 'reader' | 'at'>, tables: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const table of tables) {
    const row = await reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${at(table)}`);
    found.set(table, row?.n ?? 0);
  }
  return found;
}
