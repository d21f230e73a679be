import { insertRows } from './gathered-writes.js';
import { compareAndSetOrStale, staleVersion } from './statements.js';
import type { Columns, GatheredWrite, SqlValue, Tx } from './sql.js';

/** A compare-and-set that may wait for others of its closure (I13). */
export interface LaterChange {
  readonly change: Columns;
  /** Names the row. */
  readonly key: Columns;
  /** What other columns of it must still hold. */
  readonly guard: Columns;
}

/** Rows of one UPDATE: bounds its parameters, and the comparisons that a row costs. */
const ROWS_PER_UPDATE_MAX = 50;

/** One writer for each table: what is deferred is known by its writer's identity. */
const inserts = new Map<string, GatheredWrite<Columns>>();
const changes = new Map<string, GatheredWrite<LaterChange>>();

/** Inserts rows that must be new, together with others of the same closure, before its next statement. */
export function insertLater(tx: Tx, table: string, rows: readonly Columns[]): void {
  const write = writerOf(inserts, table, async (writing, all) => {
    for (const alike of alikeOnes(all, namesOf)) await insertRows(writing, table, alike);
  });
  for (const row of rows) tx.defer(write, row);
}

/**
 * As `compareAndSetOrStale`, together with others of the same closure, before its next statement: the closure then fails with `stale-version` if
 * one of the rows was no longer as it was read.
 */
export function changeLater(tx: Tx, table: string, later: LaterChange): void {
  const write = writerOf(changes, table, (writing, all) => changeInOrder(writing, table, all));
  tx.defer(write, later);
}

function writerOf<T>(known: Map<string, GatheredWrite<T>>, table: string, write: GatheredWrite<T>): GatheredWrite<T> {
  const found = known.get(table) ?? write;
  known.set(table, found);
  return found;
}

/** Changes of one row keep their order; those of different rows have none. */
async function changeInOrder(tx: Tx, table: string, all: readonly LaterChange[]): Promise<void> {
  let from = 0;
  while (from < all.length) {
    const seen = new Set<string>();
    let to = from;
    for (let each = all[to]; each && !seen.has(keyText(each)); each = all[++to]) seen.add(keyText(each));
    for (const alike of alikeOnes(all.slice(from, to), ({ change, key, guard }) => [change, key, guard].map(namesOf).join('/')))
      for (let at = 0; at < alike.length; at += ROWS_PER_UPDATE_MAX) await changeRows(tx, table, alike.slice(at, at + ROWS_PER_UPDATE_MAX));
    from = to;
  }
}

/** Rows of the same columns, each with values of its own. */
async function changeRows(tx: Tx, table: string, rows: readonly LaterChange[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  if (rows.length === 1) return compareAndSetOrStale(tx, table, first.change, { ...first.key, ...first.guard });
  const params: SqlValue[] = [];
  const keys = Object.keys(first.key);
  const isRow = keys.map((name) => `${name} = ?`).join(' AND ');
  const set = Object.keys(first.change).map((column) => {
    const value = first.change[column] ?? null;
    if (rows.every(({ change }) => change[column] === value)) {
      params.push(value);
      return `${column} = ?`;
    }
    for (const { change, key } of rows) params.push(...keys.map((name) => key[name] ?? null), change[column] ?? null);
    return `${column} = CASE ${`WHEN ${isRow} THEN ? `.repeat(rows.length)}END`;
  });
  const guards = Object.keys(first.guard);
  for (const { key, guard } of rows) params.push(...keys.map((name) => key[name] ?? null), ...guards.map((name) => guard[name] ?? null));
  const isAsRead = [isRow, ...guards.map((name) => `${name} = ?`)].join(' AND ');
  const where = new Array(rows.length).fill(`(${isAsRead})`).join(' OR ');
  if ((await tx.run(`UPDATE ${table} SET ${set.join(', ')} WHERE ${where}`, params)) !== rows.length) throw staleVersion();
}

function alikeOnes<T>(all: readonly T[], likeness: (one: T) => string): readonly T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const name = likeness(one);
    const known = groups.get(name);
    if (known) known.push(one);
    else groups.set(name, [one]);
  }
  return [...groups.values()];
}

function namesOf(columns: Columns): string {
  return Object.keys(columns).join(',');
}

function keyText({ key }: LaterChange): string {
  return Object.values(key).map(String).join('|');
}
