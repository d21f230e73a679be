import { AppError, errorText, failPoint, type Clock, type Entropy, type Instant, type Log } from '#kernel';
import type { Database, Tx } from '#persistence';
import { Book, type BankIdentity } from '../book/book.js';
import { fallDue } from '../book/falling-due.js';
import { strikes, type Faults } from '../faults/faults.js';
import { maybe, readBook } from '../store/book-rows.js';
import { writeChanges } from '../store/book-writes.js';
import { findOrders, writeOrder, type OrderRecord } from '../store/order-rows.js';

/** One simulated bank: whether it tells the court what happens unasked, and whether its clerks type into the core. */
export interface SimulatedBank extends BankIdentity {
  readonly notices: boolean;
  readonly desk: boolean;
}

/** What a piece of work may use while it alone has the books. */
export interface Seat {
  readonly book: Book;
  readonly at: Instant;
  readonly entropy: Entropy;
  faults: Faults;
  /** The record of an order number that was named when the work was handed in. */
  order(orderNumber: string): OrderRecord | undefined;
  save(record: OrderRecord): void;
}

interface Job {
  readonly bank: string;
  readonly orderNumbers: readonly string[];
  work(seat: Seat): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface OpenBank {
  readonly bank: SimulatedBank;
  book: Book;
  faults: Faults;
}

/** How many pieces of work share one commit at most. */
export const BATCH_MAX = 200;
/** How many may wait; more are refused, so that memory stays bounded under any load. */
export const WAITING_MAX = 20_000;

export interface CoresDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
}

/**
 * The cores of all simulated banks. Work is done one piece after another on books in memory, batches of it are made
 * durable by one commit, and nobody hears of a result before that commit: what a caller was told survives kill -9,
 * and what he was not told either happened whole, with its journal row and its answer, or not at all.
 * When a commit fails the books are read again from the store, because memory is then ahead of the truth.
 */
export class BankCores {
  private readonly queue: Job[] = [];
  private readonly banks = new Map<string, OpenBank>();
  private draining: Promise<void> | undefined;
  private closed = false;

  private constructor(private readonly deps: CoresDeps) {}

  static async open(banks: readonly SimulatedBank[], deps: CoresDeps): Promise<BankCores> {
    const cores = new BankCores(deps);
    for (const bank of banks) cores.banks.set(bank.bank, await cores.read(bank));
    return cores;
  }

  bankNames(): string[] {
    return [...this.banks.keys()];
  }

  /** @throws AppError `not-found` */
  bank(name: string): SimulatedBank {
    return this.opened(name).bank;
  }

  /** The faults that are switched on now, for whoever stands between the bank and the court. */
  faultsOf(name: string): Faults {
    return this.opened(name).faults;
  }

  /** Whether something at this bank fell due by itself. */
  isDue(name: string, now: Instant): boolean {
    return this.opened(name).book.nextDueAt() <= now;
  }

  /**
   * Does one piece of work on a bank's books and resolves when it is durable. Work that throws an AppError must have
   * changed nothing before; any other error is a defect and undoes the whole batch.
   */
  submit<T>(bank: string, orderNumbers: readonly string[], work: (seat: Seat) => T): Promise<T> {
    if (this.closed) return Promise.reject(new AppError('unavailable', 'the simulator is closed', { retryable: true }));
    if (this.queue.length >= WAITING_MAX)
      return Promise.reject(new AppError('unavailable', 'too much work is waiting', { retryable: true }));
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ bank, orderNumbers, work, resolve: (value) => resolve(value as T), reject });
      this.draining ??= this.drain();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
  }

  private opened(name: string): OpenBank {
    const open = this.banks.get(name);
    if (!open) throw new AppError('not-found', `no simulated bank "${name.slice(0, 40)}"`);
    return open;
  }

  private async read(bank: SimulatedBank): Promise<OpenBank> {
    const book = new Book(bank, await readBook(this.deps.database.reader, bank.bank));
    const row = await this.deps.database.reader.one('SELECT faults FROM sim_bank WHERE bank = ?', [bank.bank]);
    const faults = row ? maybe(row, 'faults') : undefined;
    return { bank, book, faults: faults === undefined ? {} : (JSON.parse(faults) as Faults) };
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      // One turn of the event loop gathers what arrived together; while one batch commits the next one grows.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      await this.commit(this.queue.splice(0, BATCH_MAX));
    }
    this.draining = undefined;
  }

  private async commit(batch: readonly Job[]): Promise<void> {
    const answers: (() => void)[] = [];
    const touched = new Set<OpenBank>();
    try {
      await this.deps.database.run((tx) => this.work(tx, batch, touched, answers));
    } catch (cause) {
      await this.startOver(batch, touched, cause);
      return;
    }
    for (const { book } of touched) book.changes.clear();
    for (const answer of answers) answer();
  }

  private async work(tx: Tx, batch: readonly Job[], touched: Set<OpenBank>, answers: (() => void)[]): Promise<void> {
    const known = await this.knownOrders(tx, batch);
    const saved = new Map<string, OrderRecord>();
    for (const job of batch) answers.push(this.runOne(job, touched, known, saved));
    for (const { bank, book, faults } of touched) await writeChanges(tx, book, faults, bank.notices);
    for (const record of saved.values()) await writeOrder(tx, record);
    if (saved.size > 0) {
      failPoint('bank.effect-before-commit');
      tx.afterCommit(() => failPoint('bank.effect-after-commit'));
    }
  }

  private async knownOrders(tx: Tx, batch: readonly Job[]): Promise<Map<string, OrderRecord>> {
    const wanted = new Map<string, Set<string>>();
    for (const { bank, orderNumbers } of batch) {
      for (const number of orderNumbers) wanted.set(bank, (wanted.get(bank) ?? new Set()).add(number));
    }
    const known = new Map<string, OrderRecord>();
    for (const [bank, numbers] of wanted) {
      for (const record of await findOrders(tx, bank, [...numbers])) known.set(`${bank} ${record.orderNumber}`, record);
    }
    return known;
  }

  private runOne(job: Job, touched: Set<OpenBank>, known: Map<string, OrderRecord>, saved: Map<string, OrderRecord>): () => void {
    try {
      const open = this.opened(job.bank);
      touched.add(open);
      const at = this.deps.clock.now();
      fallDue(open.book, at, () => strikes(open.faults.returnTransfer, this.deps.entropy));
      const seat: Seat = {
        book: open.book,
        at,
        entropy: this.deps.entropy,
        faults: open.faults,
        order: (number) => known.get(`${job.bank} ${number}`),
        save: (record) => {
          known.set(`${record.bank} ${record.orderNumber}`, record);
          saved.set(`${record.bank} ${record.orderNumber}`, record);
        },
      };
      const value = job.work(seat);
      open.faults = seat.faults;
      return () => job.resolve(value);
    } catch (error) {
      if (!(error instanceof AppError) || error.level === 'fatal') throw error;
      return () => job.reject(error);
    }
  }

  private async startOver(batch: readonly Job[], touched: Set<OpenBank>, cause: unknown): Promise<void> {
    this.deps.log.write('error', 'simulator-commit-failed', { reason: errorText(cause), jobs: batch.length });
    const error = new AppError('unavailable', 'the simulator could not store the effect', { retryable: true, level: 'error', cause });
    try {
      for (const open of touched) Object.assign(open, await this.read(open.bank));
    } catch (rereadError) {
      // Without the stored books nothing may be done or answered any more; a restart reads them again.
      this.closed = true;
      this.deps.log.write('fatal', 'simulator-store-lost', { reason: errorText(rereadError) });
    }
    for (const job of batch) job.reject(error);
  }
}
