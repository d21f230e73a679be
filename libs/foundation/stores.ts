import { join } from 'node:path';
import { AppError, type Entropy, type Log, type RealTime } from '#kernel';
import { openMysql, openSqlite, type Migration, type OpenDatabase } from '#persistence';
import type { ClientTls } from './client-tls.js';
import type { Backing } from './settings.js';

export interface StoreOptions {
  /** What is deleted must be unreadable on disk as well: for tables of keys. */
  readonly secureDelete?: boolean;
  /** Connections that write, on a server. One, unless told otherwise: closures then run strictly one after another in this process. */
  readonly sessions?: number;
}

/** Opens the databases of an installation by name, and closes all that it opened. */
export interface Stores {
  open(name: string, migrations: readonly Migration[], options?: StoreOptions): Promise<OpenDatabase>;
  readonly opened: ReadonlyMap<string, OpenDatabase>;
  /** Whether the database of a name has a table. */
  has(name: string, table: string): boolean;
  close(): Promise<void>;
}

export interface StoreSurroundings {
  readonly time: RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  /** To a server. */
  readonly tls?: ClientTls;
}

abstract class NamedStores implements Stores {
  readonly opened = new Map<string, OpenDatabase>();
  private readonly tables = new Map<string, ReadonlySet<string>>();

  has(name: string, table: string): boolean {
    return this.tables.get(name)?.has(table) ?? false;
  }

  async open(name: string, migrations: readonly Migration[], options: StoreOptions = {}): Promise<OpenDatabase> {
    if (this.opened.has(name)) throw new AppError('invariant-broken', `database ${name} is opened twice`, { level: 'fatal' });
    const database = await this.openOne(name, migrations, options);
    this.opened.set(name, database);
    this.tables.set(name, tablesMadeBy(migrations));
    return database;
  }

  async close(): Promise<void> {
    for (const database of this.opened.values()) await database.close();
    this.opened.clear();
  }

  protected abstract openOne(name: string, migrations: readonly Migration[], options: StoreOptions): Promise<OpenDatabase>;
}

function tablesMadeBy(migrations: readonly Migration[]): ReadonlySet<string> {
  const statements = migrations.flatMap((migration) => migration.statements);
  return new Set(statements.flatMap((statement) => /^\s*CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []));
}

/** SQLite files below a folder, migrated as they are opened. */
export class FileStores extends NamedStores {
  constructor(
    private readonly folder: string,
    private readonly surroundings: StoreSurroundings,
  ) {
    super();
  }

  protected openOne(name: string, migrations: readonly Migration[], options: StoreOptions): Promise<OpenDatabase> {
    const { time, log } = this.surroundings;
    const secureDelete = options.secureDelete ?? false;
    return openSqlite({ file: join(this.folder, `${name}.sqlite`), migrations, time, log, secureDelete });
  }
}

/**
 * Databases of a MySQL or MariaDB server. A process that serves only checks its schema; `npm run migrate` changes it, under an
 * account of its own.
 */
export class ServerStores extends NamedStores {
  constructor(
    private readonly backing: Backing,
    private readonly migrate: 'apply' | 'check',
    private readonly surroundings: StoreSurroundings,
  ) {
    super();
  }

  protected openOne(name: string, migrations: readonly Migration[], { sessions = 1 }: StoreOptions): Promise<OpenDatabase> {
    const database = databaseName(this.backing.databaseUrl, name);
    return openMysql({ ...this.surroundings, url: this.backing.databaseUrl, database, migrations, migrate: this.migrate, sessions });
  }
}

const DEFAULT_PREFIX = 'chakong';

/** What the names of an installation's databases and accounts begin with: the path of its DATABASE_URL. */
export function databasePrefix(databaseUrl: string): string {
  const path = decodeURIComponent(new URL(databaseUrl).pathname).replace(/^\//, '');
  const prefix = path || DEFAULT_PREFIX;
  if (!/^[a-z][a-z0-9_]{0,23}$/.test(prefix)) {
    throw new AppError('invalid-configuration', `the path of DATABASE_URL begins database names: small letters, digits, _; not "${path}"`, {
      level: 'fatal',
    });
  }
  return prefix;
}

/** `connectors/hubeibank` of the prefix `chakong` is `chakong_connectors_hubeibank`. */
export function databaseName(databaseUrl: string, name: string): string {
  return `${databasePrefix(databaseUrl)}_${name.replaceAll(/[^a-z0-9]/g, '_')}`;
}
