import { ScopedTx, type Statements } from './scoped-tx.js';
import type { Columns, GatheredWrite, SqlValue, Tx } from './sql.js';

/** Rows of one INSERT: bounds both its parameters and how many distinct statements there are. */
export const ROWS_PER_INSERT_MAX = 20;
/** Bytes of values after which a statement takes no further row: a server refuses packets of some 16 MiB, and blobs travel as twice their length. */
const INSERT_BYTES_MAX = 1024 * 1024;
/** A write that is gathered may gather others, such as a fact its message; never in a circle. */
const ROUNDS_MAX = 10;

/**
 * What the closures of one group leave to be written before their commit: rows that none of them reads, and items whose writer can take many at
 * once. A group of a hundred then costs as many such statements as a group of one.
 */
export class GatheredWrites {
  private items = new Map<GatheredWrite<unknown>, unknown[]>();
  private readonly rows = new Map<string, Columns[]>();

  append(table: string, rows: readonly Columns[]): void {
    const known = this.rows.get(table);
    if (known) known.push(...rows);
    else if (rows.length > 0) this.rows.set(table, [...rows]);
  }

  gather<T>(write: GatheredWrite<T>, item: T): void {
    const known = this.items.get(write as GatheredWrite<unknown>);
    if (known) known.push(item);
    else this.items.set(write as GatheredWrite<unknown>, [item]);
  }

  get isEmpty(): boolean {
    return this.items.size === 0 && this.rows.size === 0;
  }

  /** Takes in what a closure that has succeeded left, in the order of the closures. */
  add(other: GatheredWrites): void {
    for (const [write, items] of other.items) for (const item of items) this.gather(write, item);
    for (const [table, rows] of other.rows) this.append(table, rows);
  }

  /** Writes everything: first the items, because they may leave rows, then the rows. @returns what is to be called after the commit */
  async write(statements: Statements): Promise<readonly (() => void)[]> {
    const tx = new ScopedTx(statements, this);
    try {
      for (let round = 0; this.items.size > 0; round += 1) {
        if (round === ROUNDS_MAX) throw new RangeError('gathered writes gather each other without end');
        const { items } = this;
        this.items = new Map();
        for (const [write, handed] of items) await write(tx, handed);
        await tx.written();
      }
      for (const [table, rows] of this.rows) await insertRows(tx, table, rows);
      this.rows.clear();
    } finally {
      tx.end();
    }
    return tx.hooks;
  }
}

/** Inserts rows of the same columns, many in one statement; the columns are those of the first row. */
export async function insertRows(tx: Tx, table: string, rows: readonly Columns[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  for (let from = 0; from < rows.length;) {
    const values: SqlValue[] = [];
    let count = 0;
    let bytes = 0;
    for (; count < ROWS_PER_INSERT_MAX && bytes < INSERT_BYTES_MAX; count += 1) {
      const row = rows[from + count];
      if (!row) break;
      for (const column of columns) {
        const value = row[column] ?? null;
        if (typeof value === 'string' || value instanceof Buffer) bytes += value.length;
        values.push(value);
      }
    }
    await tx.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${new Array(count).fill(tuple).join(', ')}`, values);
    from += count;
  }
}
