import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { errorText, failPoint, type Log, type RealTime } from '#kernel';
import type { Session, Verdict } from './grouping-runner.js';
import { connectWhenThere, MysqlStatements } from './mysql-connection.js';
import { isLostConnection, judgeMysql, unavailable } from './mysql-errors.js';
import type { Statements } from './scoped-tx.js';
import type { Row, SqlValue } from './sql.js';

/**
 * One writing connection. When the server has given up the transaction, every further statement of it is refused: it would otherwise
 * run, and commit, by itself. A connection that is lost is replaced at the next `begin`.
 */
export class MysqlSession implements Session {
  readonly statements: Statements;
  private connection: Connection | undefined;
  private doomedBy: Error | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly time: RealTime,
    private readonly log: Log,
  ) {
    const plain = new MysqlStatements(() => this.theConnection());
    this.statements = {
      all: <T extends Row>(sql: string, params: readonly SqlValue[]) => this.watched(() => plain.all<T>(sql, params)),
      run: (sql, params) => this.watched(() => plain.run(sql, params)),
      insertOnce: (table, row) => this.watched(() => plain.insertOnce(table, row)),
    };
  }

  async connect(): Promise<void> {
    this.connection = await connectWhenThere(this.options, this.time, this.log);
    this.connection.on('error', (error: unknown) => {
      this.log.write('warn', 'database-connection-lost', { reason: errorText(error) });
      this.connection = undefined;
    });
  }

  judge(error: unknown): Verdict {
    return judgeMysql(error);
  }

  async begin(): Promise<void> {
    this.doomedBy = undefined;
    if (!this.connection) await this.connect();
    await this.watched(() => this.command('START TRANSACTION'));
  }

  async commit(): Promise<void> {
    await this.watched(async () => {
      const done = this.command('COMMIT');
      failPoint('store.commit-on-its-way');
      await done;
    });
  }

  async rollback(): Promise<void> {
    if (!this.connection) return;
    try {
      await this.command('ROLLBACK');
    } catch (error) {
      this.forget(error);
    }
  }

  async savepoint(step: 'set' | 'keep' | 'undo'): Promise<void> {
    await this.watched(async () => {
      if (step === 'undo') await this.command('ROLLBACK TO one_closure');
      await this.command(step === 'set' ? 'SAVEPOINT one_closure' : 'RELEASE SAVEPOINT one_closure');
    });
  }

  async close(): Promise<void> {
    await this.connection?.end();
    this.connection = undefined;
  }

  private async command(sql: string): Promise<void> {
    await this.theConnection().query(sql);
  }

  private theConnection(): Connection {
    if (!this.connection) throw unavailable(this.doomedBy);
    return this.connection;
  }

  private async watched<T>(work: () => Promise<T>): Promise<T> {
    if (this.doomedBy !== undefined) throw this.doomedBy;
    try {
      return await work();
    } catch (error) {
      const verdict = judgeMysql(error);
      if (verdict === 'group-again' || verdict === 'lost') this.doomedBy = error instanceof Error ? error : new Error(errorText(error));
      if (verdict === 'lost') this.forget(error);
      throw error;
    }
  }

  /** A broken connection is thrown away; nobody waits for its farewell. */
  private forget(error: unknown): void {
    if (!isLostConnection(error)) throw error;
    this.connection?.destroy();
    this.connection = undefined;
  }
}
