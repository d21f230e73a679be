import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import { AppError } from '#kernel';
import { asTypeOrmMigration, MIGRATIONS_TABLE, migrationName } from './migrations.js';
import { connectWhenThere } from './mysql-connection.js';
import type { MysqlOptions } from './mysql.js';

/** The server has no table, or no database, of that name: nothing has been migrated there. */
const NO_SUCH_TABLE = 1146;
const NO_SUCH_DATABASE = 1049;
const REMEDY = 'run `npm run migrate`';

/** Makes the database when it is missing and runs what it lacks; on the server of another's newer code it changes nothing. */
export async function applySchema(server: ConnectionOptions, options: MysqlOptions): Promise<void> {
  const { database, migrations, time, log } = options;
  const connection = await connectWhenThere(server, time, log);
  let collation: string;
  try {
    collation = await exactCollation(connection);
    await connection.query(`CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4 COLLATE ${collation}`);
  } finally {
    await connection.end();
  }
  refuseNewer(database, await written(server, options), options);
  // Loaded here alone: a process that only checks its schema is waited for when it starts.
  const { DataSource } = await import('typeorm');
  const source = new DataSource({
    type: 'mysql',
    host: server.host ?? '',
    port: server.port ?? 0,
    username: server.user ?? '',
    password: server.password ?? '',
    database,
    charset: 'utf8mb4_bin',
    synchronize: false,
    migrationsTableName: MIGRATIONS_TABLE,
    migrations: migrations.map((migration) => asTypeOrmMigration(migration, 'mysql', collation)),
    ...(server.ssl ? { ssl: server.ssl } : {}),
  });
  await source.initialize();
  try {
    // Each statement that changes a schema commits by itself there, so a transaction around them would promise what it cannot keep.
    await source.runMigrations({ transaction: 'none' });
  } finally {
    await source.destroy();
  }
}

/** The collation that takes 'abc' and 'abc ' for two keys. */
async function exactCollation(connection: Connection): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  return String(rows[0]?.['version']).includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

/** @throws AppError `schema-older`, `schema-newer` */
export async function checkSchema(server: ConnectionOptions, options: MysqlOptions): Promise<void> {
  const { database, migrations } = options;
  const found = await written(server, options);
  const missing = migrations.map(migrationName).filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new AppError('schema-older', `the schema of ${database} is older than this code (${missing.join(', ')} missing): ${REMEDY}`, {
      level: 'fatal',
    });
  }
  refuseNewer(database, found, options);
}

function refuseNewer(database: string, found: ReadonlySet<string>, { migrations }: MysqlOptions): void {
  const known = new Set(migrations.map(migrationName));
  const strange = [...found].filter((name) => !known.has(name));
  if (strange.length === 0) return;
  throw new AppError('schema-newer', `the schema of ${database} is newer than this code (${strange.join(', ')}): start the newer release`, {
    level: 'fatal',
  });
}

async function written(server: ConnectionOptions, { database, time, log }: MysqlOptions): Promise<ReadonlySet<string>> {
  const connection = await connectWhenThere(server, time, log);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`SELECT name FROM \`${database}\`.${MIGRATIONS_TABLE}`);
    return new Set(rows.map((row) => String(row['name'])));
  } catch (error) {
    const { errno } = error as { errno?: number };
    if (errno === NO_SUCH_TABLE || errno === NO_SUCH_DATABASE) return new Set();
    throw error;
  } finally {
    await connection.end();
  }
}
