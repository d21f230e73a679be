import { AppError } from '#kernel';
import type { Columns, GatheredWrite, Row, SqlValue, Tx } from './sql.js';

/** The statements of a session, without the rules about when they may be used. */
export interface Statements {
  all<T extends Row>(sql: string, params: readonly SqlValue[]): Promise<T[]>;
  run(sql: string, params: readonly SqlValue[]): Promise<number>;
  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean>;
}

/** Takes what a closure leaves to be written before the commit. */
interface Leftovers {
  append(table: string, rows: readonly Columns[]): void;
  gather<T>(write: GatheredWrite<T>, item: T): void;
}

/** A Tx that refuses use after its closure has ended: a forgotten `await` would otherwise write into a stranger's transaction. */
export class ScopedTx implements Tx {
  readonly hooks: (() => void)[] = [];
  private open = true;

  constructor(
    private readonly statements: Statements,
    private readonly left: Leftovers,
  ) {}

  end(): void {
    this.open = false;
  }

  // These hand the store's own promise on: a wrapper around each would cost a bulk as much as its reads.
  all<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return this.open ? this.statements.all<T>(sql, params) : Promise.reject(usedAfterEnd());
  }

  async one<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, params))[0];
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return this.open ? this.statements.run(sql, params) : Promise.reject(usedAfterEnd());
  }

  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean> {
    return this.open ? this.statements.insertOnce(table, row) : Promise.reject(usedAfterEnd());
  }

  append(table: string, rows: readonly Columns[]): void {
    if (!this.open) throw usedAfterEnd();
    this.left.append(table, rows);
  }

  gather<T>(write: GatheredWrite<T>, item: T): void {
    if (!this.open) throw usedAfterEnd();
    this.left.gather(write, item);
  }

  afterCommit(hook: () => void): void {
    if (!this.open) throw usedAfterEnd();
    this.hooks.push(hook);
  }
}

function usedAfterEnd(): AppError {
  return new AppError('invariant-broken', 'a transaction was used after its closure had ended', { level: 'fatal' });
}
