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
  private deferred = new Map<GatheredWrite<unknown>, unknown[]>();
  private writing: Promise<void> | undefined;

  constructor(
    private readonly statements: Statements,
    private readonly left: Leftovers,
  ) {}

  end(): void {
    this.open = false;
  }

  // These hand the store's own promise on: a wrapper around each would cost a bulk as much as its reads.
  all<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    if (!this.open) return Promise.reject(usedAfterEnd());
    return this.isWritten ? this.statements.all<T>(sql, params) : this.written().then(() => this.statements.all<T>(sql, params));
  }

  async one<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, params))[0];
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    if (!this.open) return Promise.reject(usedAfterEnd());
    return this.isWritten ? this.statements.run(sql, params) : this.written().then(() => this.statements.run(sql, params));
  }

  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean> {
    if (!this.open) return Promise.reject(usedAfterEnd());
    return this.isWritten ? this.statements.insertOnce(table, row) : this.written().then(() => this.statements.insertOnce(table, row));
  }

  append(table: string, rows: readonly Columns[]): void {
    if (!this.open) throw usedAfterEnd();
    this.left.append(table, rows);
  }

  gather<T>(write: GatheredWrite<T>, item: T): void {
    if (!this.open) throw usedAfterEnd();
    this.left.gather(write, item);
  }

  defer<T>(write: GatheredWrite<T>, item: T): void {
    if (!this.open) throw usedAfterEnd();
    const known = this.deferred.get(write as GatheredWrite<unknown>);
    if (known) known.push(item);
    else this.deferred.set(write as GatheredWrite<unknown>, [item]);
  }

  afterCommit(hook: () => void): void {
    if (!this.open) throw usedAfterEnd();
    this.hooks.push(hook);
  }

  /** Ends when everything that was deferred is written. What a writer defers in its turn is written as well. */
  async written(): Promise<void> {
    while (!this.isWritten) await (this.writing ??= this.writeDeferred().finally(() => (this.writing = undefined)));
  }

  /** Whether nothing waits to be written before the next statement. */
  get isWritten(): boolean {
    return this.deferred.size === 0 && this.writing === undefined;
  }

  /** The writers' own statements go past this Tx, whose statements wait for them. */
  private async writeDeferred(): Promise<void> {
    const { deferred } = this;
    this.deferred = new Map();
    const inner = new ScopedTx(this.statements, this.left);
    try {
      for (const [write, items] of deferred) await write(inner, items);
      await inner.written();
    } finally {
      inner.end();
    }
    this.hooks.push(...inner.hooks);
  }
}

function usedAfterEnd(): AppError {
  return new AppError('invariant-broken', 'a transaction was used after its closure had ended', { level: 'fatal' });
}
