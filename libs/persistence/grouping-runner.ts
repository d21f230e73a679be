import { AppError, errorText, type Log, type RealTime } from '#kernel';
import type { SqlValue, TransactionRunner, Tx, Row } from './sql.js';

/** How many closures share one commit at most. */
export const GROUP_SIZE_MAX = 200;
/** A closure that has not ended after this real time has awaited something other than the store; it is cut off. */
export const CLOSURE_MS_MAX = 10_000;
/** How many closures may wait; more are refused with a retryable error, so that memory stays bounded. */
export const WAITING_MAX = 20_000;

/** What the runner needs of a connection: all calls happen one after another. */
export interface Session {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  savepoint(step: 'set' | 'keep' | 'undo'): Promise<void>;
  statements: Statements;
}

/** The statements of a session, without the rules about when they may be used. */
export interface Statements {
  all<T extends Row>(sql: string, params: readonly SqlValue[]): Promise<T[]>;
  run(sql: string, params: readonly SqlValue[]): Promise<number>;
  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean>;
}

interface Waiting {
  work(tx: Tx): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Done {
  readonly waiting: Waiting;
  readonly value: unknown;
  readonly hooks: readonly (() => void)[];
}

/** A Tx that refuses use after its closure has ended: a forgotten `await` would otherwise write into a stranger's transaction. */
class ScopedTx implements Tx {
  readonly hooks: (() => void)[] = [];
  private open = true;

  constructor(private readonly statements: Statements) {}

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

  afterCommit(hook: () => void): void {
    if (!this.open) throw usedAfterEnd();
    this.hooks.push(hook);
  }
}

function usedAfterEnd(): AppError {
  return new AppError('invariant-broken', 'a transaction was used after its closure had ended', { level: 'fatal' });
}

/**
 * Runs closures one after another on one session and lets those that wait at the same moment share a commit, each in its
 * own savepoint: one closure's failure leaves the others whole, and nobody hears of success before the commit is durable (I3).
 */
export class GroupingRunner implements TransactionRunner {
  private readonly queue: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private closed = false;
  /** Commits since the start, for the figure of commits per order. */
  commits = 0;

  constructor(
    private readonly session: Session,
    private readonly time: RealTime,
    private readonly log: Log,
  ) {}

  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new AppError('store-unavailable', 'the store is closed', { retryable: true }));
    if (this.queue.length >= WAITING_MAX) {
      return Promise.reject(new AppError('store-unavailable', 'too many writes are waiting', { retryable: true, level: 'warn' }));
    }
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, resolve: (value) => resolve(value as T), reject });
      this.draining ??= this.drain();
    });
  }

  /** Refuses new closures and waits for the ones that were accepted. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      // One turn of the event loop gathers the requests that arrived together into one commit.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      await this.commitGroup(this.queue.splice(0, GROUP_SIZE_MAX));
    }
    this.draining = undefined;
  }

  private async commitGroup(group: readonly Waiting[]): Promise<void> {
    const done: Done[] = [];
    const failed: { waiting: Waiting; error: unknown }[] = [];
    try {
      await this.session.begin();
      for (const waiting of group) await this.runOne(waiting, done, failed);
      await this.session.commit();
      this.commits += 1;
    } catch (cause) {
      await this.undoGroup(group, cause);
      return;
    }
    for (const { waiting, error } of failed) waiting.reject(error);
    for (const { waiting, value } of done) waiting.resolve(value);
    for (const { hooks } of done) for (const hook of hooks) hook();
  }

  private async runOne(waiting: Waiting, done: Done[], failed: { waiting: Waiting; error: unknown }[]): Promise<void> {
    const tx = new ScopedTx(this.session.statements);
    await this.session.savepoint('set');
    try {
      const value = await this.withinLimit(waiting.work(tx));
      tx.end();
      await this.session.savepoint('keep');
      done.push({ waiting, value, hooks: tx.hooks });
    } catch (error) {
      tx.end();
      await this.session.savepoint('undo');
      failed.push({ waiting, error });
    }
  }

  private async withinLimit(work: Promise<unknown>): Promise<unknown> {
    let cutOff: (error: Error) => void = () => undefined;
    const limit = new Promise<never>((_, reject) => (cutOff = reject));
    const timer = this.time.setRealTimer(CLOSURE_MS_MAX, () =>
      cutOff(new AppError('invariant-broken', 'a transaction closure awaited something other than the store', { level: 'fatal' })),
    );
    try {
      return await Promise.race([work, limit]);
    } finally {
      timer.cancel();
    }
  }

  /** The commit, or a statement of the runner itself, failed: nobody's work is in the store, and everybody hears so. */
  private async undoGroup(group: readonly Waiting[], cause: unknown): Promise<void> {
    this.log.write('error', 'store-commit-failed', { reason: errorText(cause), closures: group.length });
    try {
      await this.session.rollback();
    } catch (rollbackError) {
      this.log.write('error', 'store-rollback-failed', { reason: errorText(rollbackError) });
    }
    const error = new AppError('store-unavailable', 'the store could not commit', { retryable: true, level: 'error', cause });
    for (const waiting of group) waiting.reject(error);
  }
}
