import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, SystemClock } from '#kernel';
import { openSqlite, type Reader, type Row, type SqlValue } from '#persistence';

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

/** Row counts and, in the second reading, rows of every table of a store at one moment. */
export interface StoreReading {
  readonly counts: ReadonlyMap<string, number>;
  readonly folder: string;
}

const SUFFIXES = ['', '-wal'];

/**
 * Copies a store beside the running system and counts its rows. The copy is whole because the caller sees to it that nothing is
 * written meanwhile; the system's own file is never opened.
 */
export async function readStore(dataDir: string, name: string, into: string): Promise<StoreReading> {
  await mkdir(into, { recursive: true });
  const there = await readdir(path.dirname(path.join(dataDir, `${name}.sqlite`)));
  for (const suffix of SUFFIXES) {
    const file = `${path.basename(name)}.sqlite${suffix}`;
    if (there.includes(file)) await copyFile(path.join(dataDir, `${name}.sqlite${suffix}`), path.join(into, `store.sqlite${suffix}`));
  }
  const counts = await withReader(into, async (reader) => {
    const found = new Map<string, number>();
    for (const table of await tablesOf(reader)) {
      const row = await reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`);
      found.set(table, row?.n ?? 0);
    }
    return found;
  });
  return { counts, folder: into };
}

/** Runs a reading over a copied store. */
export async function withReader<T>(folder: string, body: (reader: Reader) => Promise<T>): Promise<T> {
  const database = await openSqlite({ file: path.join(folder, 'store.sqlite'), migrations: [], time: new SystemClock(), log: silentLog });
  try {
    return await body(database.reader);
  } finally {
    await database.close();
  }
}

async function tablesOf(reader: Reader): Promise<string[]> {
  const rows = await reader.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  return rows.map(({ name }) => name).filter((name) => name !== 'schema_migrations');
}

/** What was written between two readings, per unit of work: the newest rows of each table that grew. */
export async function shapesBetween(before: StoreReading, after: StoreReading, units: number): Promise<readonly TableShape[]> {
  return withReader(after.folder, async (reader) => {
    const shapes: TableShape[] = [];
    for (const [table, count] of after.counts) {
      const perUnit = (count - (before.counts.get(table) ?? 0)) / units;
      const rows = Math.round(perUnit);
      if (rows > 0) shapes.push(await shapeOf(reader, table, rows, perUnit));
    }
    return shapes;
  });
}

async function shapeOf(reader: Reader, table: string, count: number, perUnit: number): Promise<TableShape> {
  const schema = await reader.all<{ sql: string }>('SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL', [table]);
  const info = await reader.all<{ name: string; type: string; pk: number }>(`PRAGMA table_info(${table})`);
  const unique = new Set(info.filter(({ pk }) => pk > 0).map(({ name }) => name));
  for (const index of await reader.all<{ name: string; unique: number }>(`PRAGMA index_list(${table})`)) {
    if (index.unique !== 1) continue;
    for (const { name } of await reader.all<{ name: string }>(`PRAGMA index_info(${index.name})`)) unique.add(name);
  }
  // A single INTEGER PRIMARY KEY is the row's own number, which the store gives.
  const isRowNumber = (column: { name: string; type: string; pk: number }): boolean =>
    column.pk > 0 && column.type === 'INTEGER' && info.filter(({ pk }) => pk > 0).length === 1;
  const columns = info.filter((column) => !isRowNumber(column));
  const names = columns.map(({ name }) => name);
  const rows = await reader.all<Row>(`SELECT ${names.join(', ')} FROM ${table} ORDER BY rowid DESC LIMIT ${count}`);
  const keys = columns.filter(({ name, type }) => unique.has(name) && type === 'TEXT').map(({ name }) => name);
  return { table, schema: schema.map(({ sql }) => sql), columns: names, keys, rows, perUnit };
}

/** Bytes of the values of one unit's rows; a number counts as eight. */
export function bytesPerUnit(shapes: readonly TableShape[]): number {
  const values = shapes.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row)));
  return values.map(sizeOf).reduce((sum, size) => sum + size, 0);
}

function sizeOf(value: SqlValue): number {
  if (value === null) return 0;
  if (Buffer.isBuffer(value)) return value.length;
  return typeof value === 'string' ? Buffer.byteLength(value) : 8;
}

export function rowsPerUnit(shapes: readonly TableShape[]): number {
  return shapes.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Shapes in a file, for the process of the reference. */
export function encodeShapes(shapes: readonly TableShape[]): string {
  return JSON.stringify(shapes, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value)
      return { bytes: Buffer.from(value.data as number[]).toString('base64') };
    return value;
  });
}

export function decodeShapes(text: string): readonly TableShape[] {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'string')
      return Buffer.from(value.bytes, 'base64');
    return value;
  }) as readonly TableShape[];
}
