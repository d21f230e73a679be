import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { silentLog, systemEntropy, SystemClock } from '#kernel';
import { openMysql, type MysqlDatabase } from '#persistence';
import { startServices, type Services } from '../../deploy/local/services/index.mjs';
import { say } from './say.js';

const PREFIX_BYTES = 5;

/**
 * A MariaDB and a Kafka for one run: those that DATABASE_URL and KAFKA_BROKERS name, under names of the run's own, else started on this
 * machine and gone with the run's folder.
 */
export class BenchServers {
  private constructor(
    private readonly services: Services,
    /** Begins the names of databases, accounts and topics. */
    readonly prefix: string,
    readonly url: string,
    /** A connection with all rights, in an empty database of the bench's own. */
    readonly database: MysqlDatabase,
  ) {}

  static async start(folder: string): Promise<BenchServers> {
    const services = await startServices({ folder: path.join(folder, 'services'), log: say });
    const prefix = `b${randomBytes(PREFIX_BYTES).toString('hex')}`;
    const url = new URL(services.databaseUrl);
    url.pathname = `/${prefix}`;
    const database = await openMysql({
      url: url.toString(),
      database: `${prefix}_bench`,
      migrations: [],
      migrate: 'apply',
      time: new SystemClock(),
      entropy: systemEntropy,
      log: silentLog,
    });
    return new BenchServers(services, prefix, url.toString(), database);
  }

  get brokers(): readonly string[] {
    return this.services.kafkaBrokers;
  }

  get env(): Readonly<Record<string, string>> {
    return { DATABASE_URL: this.url, KAFKA_BROKERS: this.brokers.join(','), KAFKA_PREFIX: `${this.prefix}.` };
  }

  /** Pids of the servers that were started for the run. */
  get pids(): Readonly<Record<string, number>> {
    return this.services.pids;
  }

  /** Statements that the server has been asked for since its start, by kind; its other users count in. */
  async statements(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.reader.all<{ Variable_name: string; Value: string }>(
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_select', 'Com_insert', 'Com_update', 'Com_delete', 'Com_commit', 'Com_begin', 'Com_savepoint')",
    );
    return new Map(rows.map((row) => [row.Variable_name.replace('Com_', ''), Number(row.Value)]));
  }

  /** Leaves nothing on servers that were there before, save topics, whose retention takes their content. */
  async stop(): Promise<void> {
    const { reader } = this.database;
    const like = `${this.prefix}\\_%`;
    const databases = await reader.all<{ name: string }>(
      'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
      [like],
    );
    const accounts = await reader.all<{ name: string }>('SELECT user AS name FROM mysql.user WHERE user LIKE ?', [like]);
    for (const { name } of accounts) await this.database.run((tx) => tx.run(`DROP USER '${name}'@'%'`));
    for (const { name } of databases) await this.database.run((tx) => tx.run(`DROP DATABASE \`${name}\``));
    await this.database.close();
    await this.services.stop();
  }
}
