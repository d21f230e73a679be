import { createConnection, type Connection, type ConnectionOptions, type ResultSetHeader } from 'mysql2/promise';
import { AppError, errorText, type Log, type RealTime } from '#kernel';
import { isDuplicateKey, isLostConnection, unavailable } from './mysql-errors.js';
import type { Statements } from './scoped-tx.js';
import type { Row, SqlValue } from './sql.js';

/** Files with certificates in PEM; a CA alone checks the server, a pair more is shown to it. */
export interface MysqlTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

const CONNECT_MS_MAX = 5_000;
/** How long a start, or a session that lost its connection, waits for the server. Real time. */
export const SERVER_MS_MAX = 60_000;
const TRY_AGAIN_MS = 250;
const DEFAULT_PORT = 3306;

/**
 * What every connection is opened with: bytes compare as bytes, large integers keep their digits, sums come as integers.
 * @param url `mysql://user:password@host:port/…`, with `?socketPath=<path>` for a server on this machine that is to be reached by its socket
 */
export function connectionOptions(url: string, tls?: MysqlTls): ConnectionOptions {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const socketPath = searchParams.get('socketPath');
  return {
    ...(socketPath && !tls ? { socketPath } : {}),
    host: hostname,
    port: Number(port || DEFAULT_PORT),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    charset: 'utf8mb4_bin',
    connectTimeout: CONNECT_MS_MAX,
    supportBigNumbers: true,
    bigNumberStrings: false,
    dateStrings: true,
    ...(tls ? { ssl: { ca: tls.ca, ...(tls.cert ? { cert: tls.cert } : {}), ...(tls.key ? { key: tls.key } : {}) } } : {}),
  };
}

/** The protocol's number of the type in which sums of integers come: as decimal texts. */
const NEWDECIMAL = 246;

/**
 * A sum of integers becomes a number; beyond 2^53 it stays exact as a bigint. Done to the columns that need it: a function that the driver calls for
 * each field of each row would cost every query.
 */
function withIntegers(rows: unknown, fields: readonly Field[] | undefined): unknown {
  const sums = fields?.filter(({ columnType }) => columnType === NEWDECIMAL) ?? [];
  if (sums.length === 0 || !Array.isArray(rows)) return rows;
  for (const row of rows as Record<string, unknown>[]) {
    for (const { name } of sums) if (typeof row[name] === 'string') row[name] = integerOf(row[name]);
  }
  return rows;
}

function integerOf(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** How each connection behaves, whatever the server's defaults are: also how the driver must quote hangs on the mode. */
export const SESSION_SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'SET SESSION innodb_lock_wait_timeout = 5',
];

/** Opens a connection, waiting for a server that is not there yet. @throws AppError `store-unavailable` */
export async function connectWhenThere(options: ConnectionOptions, time: RealTime, log: Log, limitMs = SERVER_MS_MAX): Promise<Connection> {
  const end = time.monotonicMs() + limitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      const connection = await createConnection(options);
      for (const setting of SESSION_SETTINGS) await connection.query(setting);
      return connection;
    } catch (error) {
      if (!isLostConnection(error) || time.monotonicMs() > end) throw isLostConnection(error) ? unavailable(error) : error;
      if (tries === 1) log.write('warn', 'database-awaited', { host: options.host, port: options.port, reason: errorText(error) });
      await time.realSleep(TRY_AGAIN_MS);
    }
  }
}

/** The connection below the driver's promises. */
export function coreOf(connection: Connection): Asked {
  return (connection as unknown as { readonly connection: Asked }).connection;
}

/** What asks the server: one connection, or a pool of them. */
export interface Asked {
  query(
    options: { sql: string; values: unknown[] },
    heard: (error: Error | null, result: unknown, fields: readonly Field[] | undefined) => void,
  ): unknown;
}

/** A column of an answer, as the driver describes it. */
interface Field {
  readonly name: string;
  readonly columnType?: number;
}

/** The driver's interface with promises keeps a stack for every statement, which costs a busy process a sixteenth of its time. */
function ask(asked: Asked, sql: string, params: readonly SqlValue[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    asked.query({ sql, values: [...params] }, (error, result, fields) => (error ? reject(error) : resolve(withIntegers(result, fields))));
  });
}

/** Statements as texts with their values escaped by the driver: integers stay integers, so limits and indexes work as written. */
export class MysqlStatements implements Statements {
  constructor(private readonly target: () => Asked) {}

  async all<T extends Row>(sql: string, params: readonly SqlValue[]): Promise<T[]> {
    const rows = await ask(this.target(), sql, params);
    if (!Array.isArray(rows)) throw new AppError('invariant-broken', `not a query: ${sql.slice(0, 80)}`, { level: 'fatal' });
    return rows as T[];
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    const { affectedRows } = (await ask(this.target(), sql, params)) as ResultSetHeader;
    return affectedRows;
  }

  async insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean> {
    const columns = Object.keys(row);
    try {
      await this.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, Object.values(row));
      return true;
    } catch (error) {
      // A duplicate undoes the statement alone; the transaction goes on.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
