import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError, silentLog, SystemClock, systemEntropy, type Log, type RealTime } from '#kernel';
import { openMysql, openSqlite, type Dialect, type Migration, type OpenDatabase } from '#persistence';

/** The server that runs for the tests (`CHAKONG_TEST_DATABASE_URL`, `mysql://…`), or undefined: then its cases are skipped by name. */
export function testDatabaseUrl(): string | undefined {
  return process.env['CHAKONG_TEST_DATABASE_URL'] || undefined;
}

/** Both databases and whether each is there, for `describe.each` in specs that must hold on both. */
export function testDatabases(): readonly { readonly dialect: Dialect; readonly isThere: boolean }[] {
  return [
    { dialect: 'sqlite', isThere: true },
    { dialect: 'mysql', isThere: testDatabaseUrl() !== undefined },
  ];
}

/** On which database a fixture that needs just one opens it: `CHAKONG_TEST_STORE=mysql` asks for the server. */
export function testStore(): Dialect {
  return process.env['CHAKONG_TEST_STORE'] === 'mysql' ? 'mysql' : 'sqlite';
}

export interface TestStoreOptions {
  readonly time?: RealTime;
  readonly log?: Log;
  /** Writing sessions on a server. */
  readonly sessions?: number;
  readonly secureDelete?: boolean;
}

/**
 * Databases of one test, found again by their names: files in a folder, or databases of the server with a prefix of this test's own.
 * Pair with `remove()`, which closes what is open and leaves nothing behind.
 */
export class TestStores {
  private readonly opened = new Set<OpenDatabase>();
  private readonly prefix: string;
  private ownFolder: string | undefined;

  /** @param folder of the test's own: stores that are made anew on it find what was written, until the folder is removed */
  constructor(
    readonly dialect: Dialect = testStore(),
    private readonly folder?: string,
  ) {
    this.prefix = folder === undefined ? `t${randomBytes(6).toString('hex')}` : prefixOf(folder);
    if (folder !== undefined && dialect === 'mysql') foldersWithStores.add(folder);
  }

  /** Opens a database, migrated; the same name once more is the same rows. */
  async open(name: string, migrations: readonly Migration[], options: TestStoreOptions = {}): Promise<OpenDatabase> {
    const database = await this.openOne(name, migrations, options);
    this.opened.add(database);
    return database;
  }

  /** The name of a database on the server. */
  serverName(name: string): string {
    return `${this.prefix}_${name.replaceAll(/[^a-z0-9]/g, '_')}`;
  }

  /** Where the server is. @throws AppError `not-configured` */
  get url(): string {
    const url = testDatabaseUrl();
    if (url === undefined) throw new AppError('not-configured', 'CHAKONG_TEST_DATABASE_URL names no server');
    return url;
  }

  /** Closes one before the end, as a process that stops would. */
  async close(database: OpenDatabase): Promise<void> {
    this.opened.delete(database);
    await database.close();
  }

  async closeAll(): Promise<void> {
    for (const database of this.opened) await database.close();
    this.opened.clear();
  }

  async remove(): Promise<void> {
    await this.closeAll();
    if (this.dialect === 'mysql') await dropDatabases(this.prefix, this.url);
    if (this.ownFolder !== undefined) await rm(this.ownFolder, { recursive: true, force: true });
  }

  private async openOne(name: string, migrations: readonly Migration[], options: TestStoreOptions): Promise<OpenDatabase> {
    const { time = new SystemClock(), log = silentLog, sessions, secureDelete } = options;
    if (this.dialect === 'mysql') {
      return openMysql({
        url: this.url,
        database: this.serverName(name),
        migrations,
        migrate: 'apply',
        time,
        log,
        entropy: systemEntropy,
        ...(sessions === undefined ? {} : { sessions }),
      });
    }
    const folder = this.folder ?? (this.ownFolder ??= await mkdtemp(path.join(tmpdir(), 'chakong-store-')));
    return openSqlite({ file: path.join(folder, `${name}.sqlite`), migrations, time, log, secureDelete: secureDelete ?? false });
  }
}

const foldersWithStores = new Set<string>();

function prefixOf(folder: string): string {
  return `t${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}

/** What stands on the server for a folder goes with the folder. */
export async function removeStoresBelow(folder: string): Promise<void> {
  for (const each of [...foldersWithStores].filter((made) => made === folder || made.startsWith(`${folder}${path.sep}`))) {
    foldersWithStores.delete(each);
    const url = testDatabaseUrl();
    if (url !== undefined) await dropDatabases(prefixOf(each), url);
  }
}

/** Takes away databases and accounts of an installation whose names begin with a test's prefix. */
export async function dropInstallation(prefix: string, url: string): Promise<void> {
  await dropDatabases(prefix, url);
  const surroundings = { time: new SystemClock(), log: silentLog, entropy: systemEntropy };
  const server = await openMysql({ ...surroundings, url, database: 'mysql', migrations: [], migrate: 'check' });
  const accounts = await server.reader.all<{ name: string; host: string }>('SELECT user AS name, host FROM mysql.user WHERE user LIKE ?', [
    `${prefix}\\_%`,
  ]);
  for (const { name, host } of accounts) await server.run((tx) => tx.run('DROP USER IF EXISTS ?@?', [name, host]));
  await server.close();
}

async function dropDatabases(prefix: string, url: string): Promise<void> {
  const surroundings = { time: new SystemClock(), log: silentLog, entropy: systemEntropy };
  const server = await openMysql({ ...surroundings, url, database: 'mysql', migrations: [], migrate: 'check' });
  const named = 'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?';
  const databases = await server.reader.all<{ name: string }>(named, [`${prefix}\\_%`]);
  for (const { name } of databases) await server.run((tx) => tx.run(`DROP DATABASE IF EXISTS ${name}`));
  await server.close();
}
