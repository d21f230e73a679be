import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { errorText, failPoint, type Log, type RealTime } from '#kernel';
import type { Session, Verdict } from './grouping-runner.js';
import { connectWhenThere, coreOf, MysqlStatements, SERVER_MS_MAX } from './mysql-connection.js';
import { isLostConnection, judgeMysql, unavailable } from './mysql-errors.js';
import type { Statements } from './scoped-tx.js';
import type { Row, SqlValue } from './sql.js';

/** How long closures wait for a session that has lost its connection before they hear of it. Real time. */
const RECONNECT_MS_MAX = 10_000;

const SAVEPOINT_WORDS = {
  set: 'SAVEPOINT one_closure',
  undo: 'ROLLBACK TO one_closure',
  end: 'RELEASE SAVEPOINT one_closure',
} as const;

/**
 * One writing connection. When the server has given up the transaction, every further statement of it is refused: it would otherwise
 * run, and commit, by itself. A connection that is lost is replaced at the next `begin`.
 */
export class MysqlSession implements Session {
  readonly statements: Statements;
  readonly savepointsCost = true;
  private readonly plain: MysqlStatements;
  private connection: Connection | undefined;
  private doomedBy: Error | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly time: RealTime,
    private readonly log: Log,
  ) {
    const plain = new MysqlStatements(() => coreOf(this.theConnection()));
    this.plain = plain;
    this.statements = {
      all: <T extends Row>(sql: string, params: readonly SqlValue[]) => this.watched(() => plain.all<T>(sql, params)),
      run: (sql, params) => this.watched(() => plain.run(sql, params)),
      insertOnce: (table, row) => this.watched(() => plain.insertOnce(table, row)),
    };
  }

  async connect(limitMs = SERVER_MS_MAX): Promise<void> {
    const connection = await connectWhenThere(this.options, this.time, this.log, limitMs);
    connection.on('error', (error: unknown) => {
      this.log.write('warn', 'database-connection-lost', { reason: errorText(error) });
      // The last word of a connection that was replaced says nothing about the new one.
      if (this.connection === connection) this.connection = undefined;
    });
    this.connection = connection;
  }

  judge(error: unknown): Verdict {
    return judgeMysql(error);
  }

  async begin(): Promise<void> {
    this.doomedBy = undefined;
    if (this.connection && (await this.hasBegun())) return;
    await this.connect(RECONNECT_MS_MAX);
    await this.watched(() => this.command('START TRANSACTION'));
  }

  /** A connection that died while nobody used it shows it only now, when nothing is lost yet. */
  private async hasBegun(): Promise<boolean> {
    try {
      await this.watched(() => this.command('START TRANSACTION'));
      return true;
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      this.doomedBy = undefined;
      return false;
    }
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
      // What is still open there the next START TRANSACTION would commit; without its connection the server undoes it.
      this.log.write('warn', 'database-connection-dropped', { reason: errorText(error) });
      this.forget();
    }
  }

  /** A savepoint takes the place of the former one of its name, so one that is kept needs no word of its own. */
  async savepoint(step: 'set' | 'undo' | 'end'): Promise<void> {
    await this.watched(() => this.command(SAVEPOINT_WORDS[step]));
  }

  async close(): Promise<void> {
    await this.connection?.end();
    this.connection = undefined;
  }

  private async command(sql: string): Promise<void> {
    await this.plain.run(sql);
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
      if (verdict === 'lost') this.forget();
      throw error;
    }
  }

  /** A broken connection is thrown away; nobody waits for its farewell. */
  private forget(): void {
    this.connection?.destroy();
    this.connection = undefined;
  }
}
