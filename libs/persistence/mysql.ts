import { createPool, type ConnectionOptions, type Pool } from 'mysql2/promise';
import type { Entropy, Log, RealTime } from '#kernel';
import { GroupingRunner } from './grouping-runner.js';
import { connectionOptions, MysqlStatements, SESSION_SETTINGS, type MysqlTls } from './mysql-connection.js';
import { isLostConnection, unavailable } from './mysql-errors.js';
import { MysqlSession } from './mysql-session.js';
import { applySchema, checkSchema } from './mysql-schema.js';
import type { Migration, OpenDatabase, Reader, Row, SqlValue, Tx } from './sql.js';

export interface MysqlOptions {
  /** `mysql://user:password@host:port`; a path in it is passed over. */
  readonly url: string;
  readonly database: string;
  readonly migrations: readonly Migration[];
  /** `apply` makes the database and changes its schema; `check` refuses one that does not fit this code. */
  readonly migrate: 'apply' | 'check';
  readonly time: RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Connections that write; closures are spread over them. One: closures run strictly one after another in this process. */
  readonly sessions?: number;
  readonly tls?: MysqlTls;
}

const SESSIONS_DEFAULT = 1;
const READERS_MAX = 8;
/** A read that met a broken connection is asked once more on another. */
const READ_TRIES_MAX = 2;

/**
 * Opens one database of a MySQL or MariaDB server: READ COMMITTED, grouped commits on writing sessions, reads of committed rows on a pool.
 * Waits for a server that is not there yet.
 * @throws AppError `store-unavailable`, `schema-older`, `schema-newer`
 */
export async function openMysql(options: MysqlOptions): Promise<MysqlDatabase> {
  const { database, time, log } = options;
  const server = connectionOptions(options.url, options.tls);
  if (options.migrate === 'apply') await applySchema(server, options);
  else await checkSchema(server, options);
  const own: ConnectionOptions = { ...server, database };
  const sessions = Array.from({ length: options.sessions ?? SESSIONS_DEFAULT }, () => new MysqlSession(own, time, log));
  for (const session of sessions) await session.connect();
  return new MysqlDatabase(new GroupingRunner(sessions, time, log, options.entropy), readersOf(own), sessions);
}

/** What the pool's event hands over: the driver's connection without promises. */
interface PlainConnection {
  query(sql: string, done: (error: unknown) => unknown): unknown;
  destroy(): void;
}

function readersOf(own: ConnectionOptions): Pool {
  const pool = createPool({ ...own, connectionLimit: READERS_MAX, enableKeepAlive: true });
  // Statements of one connection run in the order in which they were given, so these come before its first read.
  pool.on('connection', (opened) => {
    const connection = opened as unknown as PlainConnection;
    for (const setting of SESSION_SETTINGS) connection.query(setting, (error) => error && connection.destroy());
  });
  return pool;
}

export class MysqlDatabase implements OpenDatabase {
  readonly dialect = 'mysql';
  readonly reader: Reader;

  constructor(
    readonly runner: GroupingRunner,
    private readonly pool: Pool,
    private readonly sessions: readonly MysqlSession[],
  ) {
    this.reader = new MysqlReader(new MysqlStatements(() => pool.pool));
  }

  get commits(): number {
    return this.runner.commits;
  }

  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.runner.run(work);
  }

  async close(): Promise<void> {
    await this.runner.close();
    for (const session of this.sessions) await session.close();
    await this.pool.end();
  }
}

class MysqlReader implements Reader {
  constructor(private readonly statements: MysqlStatements) {}

  async all<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.statements.all<T>(sql, params);
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        if (tries === READ_TRIES_MAX) throw unavailable(error);
      }
    }
  }

  async one<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, params))[0];
  }
}
