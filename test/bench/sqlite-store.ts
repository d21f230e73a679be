import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, SystemClock } from '#kernel';
import { openSqlite, type Reader, type Row } from '#persistence';
import { countRows, type StoreReading, type StoreView, type TableShape } from './store-reading.js';

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
  const look = <T>(body: (view: StoreView) => Promise<T>): Promise<T> => withView(into, body);
  return { counts: await look(async (view) => countRows(view, await tablesOf(view.reader))), look };
}

async function withView<T>(folder: string, body: (view: StoreView) => Promise<T>): Promise<T> {
  const database = await openSqlite({ file: path.join(folder, 'store.sqlite'), migrations: [], time: new SystemClock(), log: silentLog });
  const { reader } = database;
  try {
    return await body({ reader, at: (table) => table, shapeOf: (table, count, perUnit) => shapeOf(reader, table, count, perUnit) });
  } finally {
    await database.close();
  }
}

async function tablesOf(reader: Reader): Promise<string[]> {
  const rows = await reader.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  return rows.map(({ name }) => name).filter((name) => name !== 'schema_migrations');
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
  const statements = schema.map(({ sql }) => sql).filter((sql) => !sql.includes('sqlite_sequence'));
  return { table, schema: statements, columns: names, keys, rows, perUnit };
}
