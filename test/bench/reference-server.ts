/**
 * What the same durable rows cost without the system: an HTTP server that writes, for each call, the rows that the system wrote for
 * such a call, in one transaction of its own, with the same journal mode and `synchronous=FULL`, and answers 202 after the commit.
 *
 *   node reference-server.js <folder> <shapes.json> <port>
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { errorText, silentLog, SystemClock } from '#kernel';
import { openSqlite, type Database, type SqlValue, type Tx } from '#persistence';
import { decodeShapes, type TableShape } from './row-shapes.js';

interface PreparedRow {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** Places of key values, each with the length that a fresh one must have. */
  readonly keys: readonly { readonly at: number; readonly length: number }[];
}

const KEY_DIGITS_MIN = 10;

class Reference {
  private readonly rows: readonly PreparedRow[];
  private last: Promise<unknown> = Promise.resolve();
  private keyNumber = 0;

  constructor(
    private readonly database: Database,
    shapes: readonly TableShape[],
  ) {
    this.rows = shapes.flatMap(prepareRows);
  }

  /** One commit for each call: a call waits until the one before it has ended, so that the runner finds nothing to group. */
  write(units: number): Promise<void> {
    const done = this.last.then(() => this.database.run((tx) => this.insert(tx, units)));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async insert(tx: Tx, units: number): Promise<void> {
    for (let unit = 0; unit < units; unit += 1) {
      for (const { sql, values, keys } of this.rows) {
        const own = [...values];
        for (const { at, length } of keys) own[at] = this.freshKey(length);
        await tx.run(sql, own);
      }
    }
  }

  private freshKey(length: number): string {
    this.keyNumber += 1;
    return this.keyNumber.toString(36).padStart(Math.max(length, KEY_DIGITS_MIN), '0');
  }
}

function prepareRows(shape: TableShape): PreparedRow[] {
  const marks = shape.columns.map(() => '?').join(', ');
  const sql = `INSERT INTO ${shape.table} (${shape.columns.join(', ')}) VALUES (${marks})`;
  return shape.rows.map((row) => {
    const values = shape.columns.map((column) => row[column] ?? null);
    const keys = shape.keys
      .map((column) => ({ at: shape.columns.indexOf(column), length: String(row[column] ?? '').length }))
      .filter(({ at }) => values[at] !== null);
    return { sql, values, keys };
  });
}

async function main([folder = '', shapesFile = '', port = '0']: readonly string[]): Promise<void> {
  const shapes = decodeShapes(await readFile(shapesFile, 'utf8'));
  const statements = shapes.flatMap(({ schema }) => schema.filter((sql) => !sql.includes('sqlite_sequence')));
  const database = await openSqlite({
    file: path.join(folder, 'reference.sqlite'),
    migrations: [{ name: '0001-reference', statements }],
    time: new SystemClock(),
    log: silentLog,
  });
  const reference = new Reference(database, shapes);
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
