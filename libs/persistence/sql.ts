import type { Dialect } from './column-types.js';

/** What a column may hold. Booleans are 0 and 1; money is an integer of the minor unit (I10); instants are milliseconds. */
export type SqlValue = string | number | bigint | Buffer | null;

/** A row as it comes back: integers below 2^53 as numbers, blobs as Buffers. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The columns of a row that is written. */
export type Columns = Readonly<Record<string, SqlValue>>;

/** Writes what one or several closures of a transaction have left, in their order. It is known by its identity: one function, not one for each item. */
export type GatheredWrite<T> = (tx: Tx, items: readonly T[]) => Promise<void>;

/** Reads committed rows. A read never sees what an open transaction has written. */
export interface Reader {
  all<T extends Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
  one<T extends Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>;
}

/**
 * The store inside one transaction. It is dead once its closure has ended; a later call throws.
 * Statements use `?` and only what SQLite, MariaDB and MySQL share; what differs has a method here.
 */
export interface Tx extends Reader {
  /** Runs a statement and returns how many rows it changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /** Inserts a row unless one with the same unique key stands there; says whether it did. */
  insertOnce(table: string, row: Readonly<Record<string, SqlValue>>): Promise<boolean>;
  /**
   * Leaves rows that nobody reads in this transaction: they are written in their order before the commit, those of all closures that share it in
   * few statements. What the store has against them undoes the group, whose closures are then run again, each alone.
   */
  append(table: string, rows: readonly Columns[]): void;
  /** Leaves an item to a writer that takes those of all closures at once, before the commit; it fails as `append` does. */
  gather<T>(write: GatheredWrite<T>, item: T): void;
  /**
   * Leaves an item to a writer that takes all of this closure at once: before the closure's next statement, at the latest at its end. So a closure
   * reads what it has deferred, and fails where the writer fails.
   */
  defer<T>(write: GatheredWrite<T>, item: T): void;
  /** Calls `hook` after the commit; never when the closure or the commit fails. The hook must not throw. */
  afterCommit(hook: () => void): void;
}

/**
 * The only way to write. The closure runs alone, in its own savepoint, and may be grouped with others into one commit;
 * `run` resolves after that commit is durable, and rejects with the closure's error, or `store-unavailable` when the commit failed.
 * The closure awaits nothing but its Tx (a closure that lingers is cut off and fails), and never calls `run` itself.
 * Where several processes share the database it may be run again, after a deadlock or when another was faster, so it changes nothing
 * outside its Tx, save in `afterCommit`.
 */
export interface TransactionRunner {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One database of one app. */
export interface Database extends TransactionRunner {
  readonly reader: Reader;
  close(): Promise<void>;
}

/** A database that was opened here. */
export interface OpenDatabase extends Database {
  readonly dialect: Dialect;
  /** Commits since the start, for the figure of commits per order. */
  readonly commits: number;
  /** Empties what a file keeps of older pages beside itself, so that overwritten bytes are gone from the disk as well. Servers have none of it. */
  truncateLog?(): Promise<void>;
}

/** One step of a schema: `NNNN-name` and statements with column types of `columnTypes`. Forward only; a landed one never changes. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
