import type { Reader, Row } from '#persistence';
import { countRows, type StoreReading, type StoreView, type TableShape } from './store-reading.js';

interface Column extends Row {
  readonly name: string;
  readonly type: string;
  readonly extra: string;
}

const TEXT_TYPES = ['char', 'varchar', 'longtext'];
const NOT_THE_SYSTEMS_WORK = ['schema_migrations', 'leases'];

/** Counts the rows of a database while the system runs on it; `reader` is connected to another database of the same server. */
export async function readDatabase(reader: Reader, database: string): Promise<StoreReading> {
  const at = (table: string): string => `\`${database}\`.\`${table}\``;
  const shape = (table: string, count: number, perUnit: number): Promise<TableShape> =>
    shapeOf(reader, database, table, { count, perUnit });
  const view: StoreView = { reader, at, shapeOf: shape };
  const rows = await reader.all<{ name: string }>('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?', [
    database,
  ]);
  const tables = rows.map(({ name }) => name).filter((name) => !NOT_THE_SYSTEMS_WORK.includes(name));
  return { counts: await countRows(view, tables), look: (body) => body(view) };
}

/** Rows are newest by their own number, else by their primary key: ids begin with the time. */
async function shapeOf(
  reader: Reader,
  database: string,
  table: string,
  { count, perUnit }: { readonly count: number; readonly perUnit: number },
): Promise<TableShape> {
  const made = await reader.one<Row>(`SHOW CREATE TABLE \`${database}\`.\`${table}\``);
  const all = await reader.all<Column>(
    `SELECT column_name AS name, data_type AS type, extra AS extra FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
    [database, table],
  );
  const unique = await reader.all<{ name: string; key_name: string }>(
    `SELECT column_name AS name, index_name AS key_name FROM information_schema.statistics
     WHERE table_schema = ? AND table_name = ? AND non_unique = 0 ORDER BY seq_in_index`,
    [database, table],
  );
  const primary = unique.filter(({ key_name }) => key_name === 'PRIMARY').map(({ name }) => `${name} DESC`);
  const isUnique = new Set(unique.map(({ name }) => name));
  const columns = all.filter(({ extra }) => !extra.includes('auto_increment'));
  const names = columns.map(({ name }) => name);
  const newest = primary.length > 0 ? ` ORDER BY ${primary.join(', ')}` : '';
  const rows = await reader.all<Row>(`SELECT ${names.join(', ')} FROM \`${database}\`.\`${table}\`${newest} LIMIT ${count}`);
  const keys = columns.filter(({ name, type }) => isUnique.has(name) && TEXT_TYPES.includes(type)).map(({ name }) => name);
  return { table, schema: [String(made?.['Create Table'])], columns: names, keys, rows, perUnit };
}
