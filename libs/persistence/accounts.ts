import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { AppError } from '#kernel';
import { connectionOptions, type MysqlTls } from './mysql-connection.js';
import type { OpenDatabase } from './sql.js';

/**
 * The accounts of an installation, each of which may do what its processes need and nothing more: `app_rw` of gateway and connectors has
 * no right at all on the ledger's database; `ledger_append` may only insert and read there, but for what the caller names.
 */
export type AccountName = 'app_rw' | 'ledger_append' | 'ledger_read' | 'migrator';

export interface AccountsOptions {
  /** An account that may create users. */
  readonly url: string;
  /** Begins the names of databases and accounts: `<prefix>_app_rw`. */
  readonly prefix: string;
  readonly passwords: Readonly<Record<AccountName, string>>;
  readonly appDatabases: readonly string[];
  readonly ledgerDatabase: string;
  /** Tables of the ledger that change: heads and staging. A table with columns may change in these alone. */
  readonly ledgerChanges: readonly { readonly table: string; readonly columns?: readonly string[] }[];
  readonly tls?: MysqlTls;
}

/** Creates the accounts, or sets their passwords and rights anew; call it after the migrations, because rights name tables. */
export async function createAccounts(options: AccountsOptions): Promise<void> {
  const { prefix, passwords, appDatabases, ledgerDatabase, ledgerChanges } = options;
  const connection = await createConnection(connectionOptions(options.url, options.tls));
  const to = (name: AccountName): string => `${connection.escape(`${prefix}_${name}`)}@'%'`;
  const db = (name: string): string => `\`${name}\`.*`;
  try {
    for (const name of Object.keys(passwords) as AccountName[]) await setPassword(connection, to(name), passwords[name]);
    for (const database of appDatabases) {
      await connection.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${db(database)} TO ${to('app_rw')}`);
    }
    await connection.query(`GRANT SELECT, INSERT ON ${db(ledgerDatabase)} TO ${to('ledger_append')}`);
    for (const { table, columns } of ledgerChanges) {
      const right = columns ? `UPDATE (${columns.join(', ')})` : 'UPDATE, DELETE';
      await connection.query(`GRANT ${right} ON \`${ledgerDatabase}\`.${table} TO ${to('ledger_append')}`);
    }
    await connection.query(`GRANT SELECT ON ${db(ledgerDatabase)} TO ${to('ledger_read')}`);
    for (const database of [...appDatabases, ledgerDatabase]) {
      await connection.query(`GRANT ALL PRIVILEGES ON ${db(database)} TO ${to('migrator')}`);
    }
  } finally {
    await connection.end();
  }
}

async function setPassword(connection: Connection, account: string, password: string): Promise<void> {
  const secret = connection.escape(password);
  await connection.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${secret}`);
  await connection.query(`ALTER USER ${account} IDENTIFIED BY ${secret}`);
}

/** With any of these a row that stands could be changed or taken away; TRUNCATE needs DROP. */
const REWRITING = ['UPDATE', 'DELETE', 'DROP', 'ALTER'];
/** Whoever has one of these over the whole server takes the others when he likes. */
const TAKING = ['SUPER', 'CREATE USER'];

/**
 * @throws AppError `account-too-strong` when the connected account could rewrite one of the tables: the log would then rest on this
 * process's good behaviour alone. Rights over single columns do not count. Files have no accounts, so there is nothing to check.
 * @param schema the database of the tables, where it is another than the one that is open
 */
export async function assertCannotRewrite({ dialect, reader }: OpenDatabase, tables: readonly string[], schema?: string): Promise<void> {
  if (dialect !== 'mysql') return;
  const database = schema ?? (await reader.one<{ name: string }>('SELECT DATABASE() AS name'))?.name ?? '';
  const grantee = "CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')";
  const marks = (count: number): string => new Array(count).fill('?').join(', ');
  const rows = await reader.all<RowDataPacket & { privilege: string }>(
    `SELECT privilege_type AS privilege FROM information_schema.user_privileges WHERE grantee = ${grantee}
       AND privilege_type IN (${marks(REWRITING.length + TAKING.length)})
     UNION SELECT privilege_type FROM information_schema.schema_privileges WHERE grantee = ${grantee} AND ? LIKE table_schema
       AND privilege_type IN (${marks(REWRITING.length)})
     UNION SELECT privilege_type FROM information_schema.table_privileges WHERE grantee = ${grantee} AND table_schema = ?
       AND table_name IN (${marks(tables.length)}) AND privilege_type IN (${marks(REWRITING.length)})`,
    [...REWRITING, ...TAKING, database, ...REWRITING, database, ...tables, ...REWRITING],
  );
  if (rows.length === 0) return;
  const rights = rows.map(({ privilege }) => privilege).join(', ');
  throw new AppError(
    'account-too-strong',
    `the database account may ${rights} ${tables.join(', ')} of ${database}; use the account that npm run migrate has made`,
    {
      level: 'fatal',
    },
  );
}
