/**
 * What the same durable rows cost without the system: an HTTP server that writes, for each call, the rows that the system wrote for
 * such a call, in one transaction of its own, with the same durability, and answers 202 after the commit.
 *
 *   node reference-server.js <folder, or mysql://user:password@host:port/database> <shapes.json> <port>
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { errorText, silentLog, systemEntropy, SystemClock } from '#kernel';
import { insertMany, openMysql, openSqlite, type Database, type SqlValue, type Tx } from '#persistence';
import { decodeShapes } from './row-shapes.js';
import type { TableShape } from './store-reading.js';

/** Rows of one table that a unit of work writes, with the columns that need a fresh key each. */
interface PreparedTable {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
  readonly keys: readonly string[];
}

const KEY_DIGITS_MIN = 10;
/** Connections to a server, each with its own transactions; a file has one writer. */
const CONNECTIONS = 32;

class Reference {
  private readonly tables: readonly PreparedTable[];
  /** Databases that write nothing now: each is handed one closure at a time, so that the runner finds nothing to group. */
  private readonly idle: Database[];
  private readonly queue: ((database: Database) => void)[] = [];
  private keyNumber = 0;

  constructor(databases: readonly Database[], shapes: readonly TableShape[]) {
    this.idle = [...databases];
    this.tables = shapes.map(prepare);
  }

  /** One commit for each call. */
  async write(units: number): Promise<void> {
    const database = this.idle.pop() ?? (await new Promise<Database>((resolve) => this.queue.push(resolve)));
    try {
      await database.run((tx) => this.insert(tx, units));
    } finally {
      const next = this.queue.shift();
      if (next) next(database);
      else this.idle.push(database);
    }
  }

  private async insert(tx: Tx, units: number): Promise<void> {
    for (const { table, rows, keys } of this.tables) {
      const all = Array.from({ length: units }, () => rows.map((row) => this.withFreshKeys(row, keys)));
      await insertMany(tx, table, all.flat());
    }
  }

  private withFreshKeys(row: Readonly<Record<string, SqlValue>>, keys: readonly string[]): Readonly<Record<string, SqlValue>> {
    const own = { ...row };
    for (const key of keys) if (own[key] !== null) own[key] = this.freshKey(String(own[key]).length);
    return own;
  }

  private freshKey(length: number): string {
    this.keyNumber += 1;
    return this.keyNumber.toString(36).padStart(Math.max(length, KEY_DIGITS_MIN), '0');
  }
}

function prepare({ table, columns, keys, rows }: TableShape): PreparedTable {
  const own = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
  return { table, keys, rows: own };
}

async function openDatabases(place: string, statements: readonly string[]): Promise<readonly Database[]> {
  const common = { migrations: [{ name: '0001-reference', statements }], time: new SystemClock(), log: silentLog };
  if (!place.startsWith('mysql:')) return [await openSqlite({ file: path.join(place, 'reference.sqlite'), ...common })];
  const server = { url: place, database: new URL(place).pathname.slice(1), entropy: systemEntropy, ...common };
  const first = await openMysql({ ...server, migrate: 'apply' });
  const others = Array.from({ length: CONNECTIONS - 1 }, () => openMysql({ ...server, migrate: 'check' }));
  return [first, ...(await Promise.all(others))];
}

async function main([place = '', shapesFile = '', port = '0']: readonly string[]): Promise<void> {
  const shapes = decodeShapes(await readFile(shapesFile, 'utf8'));
  const databases = await openDatabases(
    place,
    shapes.flatMap(({ schema }) => schema),
  );
  const reference = new Reference(databases, shapes);
  const server = createServer((request, response) => {
    answer(reference, request, response).catch((error: unknown) => {
      response.writeHead(500).end(errorText(error));
    });
  });
  server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
  process.once('SIGTERM', () => process.exit(0));
}

async function answer(reference: Reference, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { items?: readonly unknown[] };
  const units = body.items?.length ?? 1;
  await reference.write(units);
  const text = JSON.stringify({ written: units });
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

await main(process.argv.slice(2));
