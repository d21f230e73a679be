import type { Statements } from './scoped-tx.js';
import type { Columns, Row, SqlValue } from './sql.js';

/** Queries with more parameters are about what a closure works on, and seldom asked twice. */
const PARAMS_MAX = 4;
const INSERT_INTO = /^\s*INSERT\s+INTO\s+(\w+)/i;
const PLAIN_SELECT = /^\s*SELECT\b(?!.*\b(?:UPDATE|SHARE)\b)/is;

/**
 * Lets the closures of one group share what they read: the same query is asked once until something may have changed its answer. All of them were handed
 * in before the first of these reads and hear of success after the last, so each reads what it may have read by itself, without locks. Whatever can take a lock or change rows
 * forgets everything, because a closure that holds a lock must see what was committed before; an INSERT takes none that others wait for and forgets its table alone.
 */
export class SharedReads implements Statements {
  private readonly known = new Map<string, readonly Row[]>();

  constructor(private readonly statements: Statements) {}

  forget(): void {
    this.known.clear();
  }

  async all<T extends Row>(sql: string, params: readonly SqlValue[]): Promise<T[]> {
    if (params.length > PARAMS_MAX || !PLAIN_SELECT.test(sql)) return this.statements.all<T>(sql, params);
    const name = `${sql}|${params.map(nameOf).join('|')}`;
    const found = this.known.get(name) as readonly T[] | undefined;
    if (found) return [...found];
    const rows = await this.statements.all<T>(sql, params);
    this.known.set(name, [...rows]);
    return rows;
  }

  run(sql: string, params: readonly SqlValue[]): Promise<number> {
    const [, table] = INSERT_INTO.exec(sql) ?? [];
    if (table === undefined) this.forget();
    else this.forgetTable(table);
    return this.statements.run(sql, params);
  }

  async insertOnce(table: string, row: Columns): Promise<boolean> {
    const isNew = await this.statements.insertOnce(table, row);
    // A row that stands there was committed by somebody meanwhile, perhaps with others.
    if (isNew) this.forgetTable(table);
    else this.forget();
    return isNew;
  }

  /** By a part of the query's text, which is more often wrong in the harmless direction. */
  private forgetTable(table: string): void {
    for (const name of this.known.keys()) if (name.includes(table)) this.known.delete(name);
  }
}

/** With its length, so that no value runs into the next; a text and a number of the same digits are different parameters. */
function nameOf(value: SqlValue): string {
  const text = Buffer.isBuffer(value) ? value.toString('hex') : String(value);
  return `${value === null ? 'null' : typeof value}${text.length}:${text}`;
}
