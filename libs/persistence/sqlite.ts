import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { AppError, type Log, type RealTime } from '#kernel';
import { GroupingRunner, type Session, type Verdict } from './grouping-runner.js';
import { asTypeOrmMigration } from './migrations.js';
import type { Statements } from './scoped-tx.js';
import type { Migration, OpenDatabase, Reader, Row, SqlValue, Tx } from './sql.js';

/** Prepared statements kept per connection; the code has a few hundred distinct ones. */
const STATEMENTS_MAX = 500;
/** Pages of 4 KiB that gather in the write-ahead log before they are copied into the file. */
const WAL_PAGES_MAX = 32_000;
/** How long a write waits for another process that holds the file. */
const BUSY_MS_MAX = 5_000;

export interface SqliteOptions {
  /** Path of the database file; its folder is made when it is missing. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  readonly time: RealTime;
  readonly log: Log;
  /** What is overwritten or deleted must be unreadable on disk as well: for tables of keys. */
  readonly secureDelete?: boolean;
}

type Connection = BetterSqlite3.Database;

interface Prepared {
  readonly statement: BetterSqlite3.Statement;
  readonly isQuery: boolean;
}

/**
 * Opens one SQLite file for one app: WAL, `synchronous=FULL`, migrated, with one writing connection behind a GroupingRunner
 * and a second, read-only connection for reads, which therefore see committed rows only.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  mkdirSync(dirname(options.file), { recursive: true });
  const writer = await connect(options, false);
  await writer.source.runMigrations({ transaction: 'each' });
  const reader = await connect(options, true);
  const session = new SqliteSession(writer.connection);
  const runner = new GroupingRunner(session, options.time, options.log);
  return new SqliteDatabase(runner, session, new SqliteReader(reader.connection), [writer.source, reader.source]);
}

export class SqliteDatabase implements OpenDatabase {
  readonly dialect = 'sqlite';

  constructor(
    readonly runner: GroupingRunner,
    private readonly session: Pick<SqliteSession, 'truncateLog'>,
    readonly reader: Reader,
    private readonly sources: readonly DataSource[],
  ) {}

  get commits(): number {
    return this.runner.commits;
  }

  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.runner.run(work);
  }

  async truncateLog(): Promise<void> {
    this.session.truncateLog();
    await this.runner.run(() => Promise.resolve());
  }

  async close(): Promise<void> {
    await this.runner.close();
    for (const source of this.sources) if (source.isInitialized) await source.destroy();
  }
}

async function connect(options: SqliteOptions, readonly: boolean): Promise<{ source: DataSource; connection: Connection }> {
  let connection: Connection | undefined;
  // Loaded by whoever uses it: a process of the distributed system never does, and is waited for when it starts.
  const { DataSource } = await import('typeorm');
  const source = new DataSource({
    type: 'better-sqlite3',
    database: options.file,
    readonly,
    timeout: BUSY_MS_MAX,
    synchronize: false,
    migrationsTableName: 'schema_migrations',
    migrations: readonly ? [] : options.migrations.map((migration) => asTypeOrmMigration(migration, 'sqlite')),
    prepareDatabase: (opened: Connection) => {
      connection = opened;
      prepare(opened, readonly, options.secureDelete ?? false);
    },
  });
  await source.initialize();
  if (!connection) throw new AppError('store-unavailable', `cannot open ${options.file}`, { level: 'fatal' });
  return { source, connection };
}

function prepare(connection: Connection, readonly: boolean, secureDelete: boolean): void {
  if (!readonly) connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  // Without this, INSERT OR REPLACE deletes rows behind the back of delete triggers.
  connection.pragma('recursive_triggers = ON');
  if (secureDelete) connection.pragma('secure_delete = ON');
  connection.pragma('cache_size = -32000');
  // The default of 1,000 pages would copy a bulk's pages into the file after every commit; a restart reads the log back in well under a second.
  connection.pragma(`wal_autocheckpoint = ${WAL_PAGES_MAX}`);
}

/**
 * Statements on TypeORM's own connection, prepared once. TypeORM's query runner is passed by because it shares one
 * runner per DataSource and turns a second transaction into a savepoint of the first, which loses committed work.
 */
class SqliteStatements implements Statements {
  private readonly prepared = new Map<string, Prepared>();

  constructor(private readonly connection: Connection) {}

  all<T extends Row>(sql: string, params: readonly SqlValue[]): Promise<T[]> {
    try {
      const { statement, isQuery } = this.prepare(sql);
      if (isQuery) return Promise.resolve(statement.all(params) as T[]);
    } catch (error) {
      return failed(error);
    }
    return Promise.reject(new AppError('invariant-broken', `not a query: ${sql.slice(0, 80)}`, { level: 'fatal' }));
  }

  run(sql: string, params: readonly SqlValue[]): Promise<number> {
    try {
      return Promise.resolve(this.prepare(sql).statement.run(params).changes);
    } catch (error) {
      return failed(error);
    }
  }

  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean> {
    const columns = Object.keys(row);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`;
    try {
      return Promise.resolve(this.prepare(sql).statement.run(Object.values(row)).changes === 1);
    } catch (error) {
      return failed(error);
    }
  }

  exec(sql: string): Promise<void> {
    try {
      this.prepare(sql).statement.run();
      return Promise.resolve();
    } catch (error) {
      return failed(error);
    }
  }

  private prepare(sql: string): Prepared {
    let prepared = this.prepared.get(sql);
    if (!prepared) {
      const statement = this.connection.prepare(sql);
      // Asked of the driver once: the property is a call into it.
      prepared = { statement, isQuery: statement.reader };
      if (this.prepared.size >= STATEMENTS_MAX) this.prepared.clear();
      this.prepared.set(sql, prepared);
    }
    return prepared;
  }
}

/** The driver is synchronous; its errors become rejections like any other store's. */
function failed(error: unknown): Promise<never> {
  return Promise.reject(error instanceof Error ? error : new Error(String(error)));
}

class SqliteReader implements Reader {
  private readonly statements: SqliteStatements;

  constructor(connection: Connection) {
    this.statements = new SqliteStatements(connection);
  }

  all<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return this.statements.all<T>(sql, params);
  }

  async one<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.statements.all<T>(sql, params))[0];
  }
}

class SqliteSession implements Session {
  readonly statements: SqliteStatements;
  readonly savepointsCost = false;
  private inClosure = false;
  private logToTruncate = false;

  constructor(private readonly connection: Connection) {
    this.statements = new SqliteStatements(connection);
  }

  /** Before the next transaction, because no log is emptied inside one. */
  truncateLog(): void {
    this.logToTruncate = true;
  }

  /** One writer at a time: nobody can be in a closure's way. */
  judge(): Verdict {
    return 'closure';
  }

  /** IMMEDIATE takes the write lock at once, so a read-then-write closure cannot fail half-way on another process. */
  begin(): Promise<void> {
    this.inClosure = false;
    if (this.logToTruncate) {
      const [state] = this.connection.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
      // A reader of another process may be in the way; the next transaction tries again.
      this.logToTruncate = state?.busy !== 0;
    }
    return this.statements.exec('BEGIN IMMEDIATE');
  }

  commit(): Promise<void> {
    return this.statements.exec('COMMIT');
  }

  async rollback(): Promise<void> {
    if (this.connection.inTransaction) await this.statements.exec('ROLLBACK');
  }

  /** Here savepoints of one name stack up, so the former one goes first. */
  async savepoint(step: 'set' | 'undo' | 'end'): Promise<void> {
    if (step === 'undo') return this.statements.exec('ROLLBACK TO one_closure');
    if (this.inClosure) await this.statements.exec('RELEASE one_closure');
    this.inClosure = step === 'set';
    if (step === 'set') await this.statements.exec('SAVEPOINT one_closure');
  }
}
