import { context, type Context } from '@opentelemetry/api';
import { AppError, errorText, failPoint, type Entropy, type Log, type RealTime } from '#kernel';
import { GatheredWrites } from './gathered-writes.js';
import { SharedReads } from './shared-reads.js';
import { ScopedTx, type Statements } from './scoped-tx.js';
import type { TransactionRunner, Tx } from './sql.js';

/** How many closures share one commit at most. */
export const GROUP_SIZE_MAX = 200;
/** A closure that has not ended after this real time has awaited something other than the store; it is cut off. */
export const CLOSURE_MS_MAX = 10_000;
/** How many closures may wait; more are refused with a retryable error, so that memory stays bounded. */
export const WAITING_MAX = 20_000;
/** How often a closure is run when others are in its way: deadlocks, locks, and rows that another process has just put there. */
export const RUNS_MAX = 6;
/** Real milliseconds before a closure is run again, times the number of its runs so far, and as much again by chance. */
const AGAIN_MS = 4;
const BYTE_MAX = 255;
/** Groups that have savepoints after one in which a closure has failed: failures come in rows, as when somebody types against a shut gate. */
const CAREFUL_GROUPS = 20;

/** What a failure means: of the closure alone, to be run again, or of the whole group, whose transaction the store has given up. */
export type Verdict = 'closure' | 'closure-again' | 'group-again' | 'lost';

/** What the runner needs of a connection: all calls of one session happen one after another. */
export interface Session {
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Gives up the transaction, whatever state it is in. */
  rollback(): Promise<void>;
  /** `set` before each closure of a group, which gives the former savepoint up; `end` after the last, so that one who has ended the transaction shows. */
  savepoint(step: 'set' | 'undo' | 'end'): Promise<void>;
  /** Whether a savepoint is a way to a server and back, so that groups begin without them. */
  readonly savepointsCost: boolean;
  /** What an error of a statement, or of the commit, means here. */
  judge(error: unknown): Verdict;
  readonly statements: Statements;
}

interface Waiting {
  /** In the trace of whoever asked for it, though another's turn of the loop runs it. */
  readonly trace: Context;
  work(tx: Tx): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  runs: number;
}

interface Done {
  readonly waiting: Waiting;
  readonly value: unknown;
  readonly hooks: readonly (() => void)[];
  readonly left: GatheredWrites;
}

/** How a closure's failure is kept from the others of its group. */
type Care = 'alone' | 'none' | 'savepoints';

interface Failed {
  readonly waiting: Waiting;
  readonly error: unknown;
}

/** The group's transaction is gone; the closures are run again, each alone. */
class GroupGone extends Error {}

/** A closure of a group without savepoints has failed: the group is run once more, with them. */
class SavepointMissing extends Error {}

/** What a closure that was alone has left could not be written: as if the closure itself had failed. */
class LeftoverRefused extends Error {}

/**
 * Runs closures on one or several sessions and lets those that wait at the same moment share a commit, each in its own savepoint: one
 * closure's failure leaves the others whole, and nobody hears of success before the commit is durable (I3).
 */
export class GroupingRunner implements TransactionRunner {
  private readonly queue: Waiting[] = [];
  private readonly idle: Session[];
  private readonly serving = new Set<Promise<void>>();
  private closed = false;
  /** How many of the next groups have a savepoint for each closure. */
  private careful = 0;
  /** Commits since the start, for the figure of commits per order. */
  commits = 0;
  /** Closures that were run again, for the metrics. */
  runAgain = 0;

  constructor(
    sessions: Session | readonly Session[],
    private readonly time: RealTime,
    private readonly log: Log,
    /** Lets processes that were in each other's way try again at different moments. */
    private readonly entropy?: Entropy,
  ) {
    this.idle = Array.isArray(sessions) ? [...(sessions as readonly Session[])] : [sessions as Session];
  }

  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new AppError('store-unavailable', 'the store is closed', { retryable: true }));
    if (this.queue.length >= WAITING_MAX) {
      return Promise.reject(new AppError('store-unavailable', 'too many writes are waiting', { retryable: true, level: 'warn' }));
    }
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ trace: context.active(), work, resolve: (value) => resolve(value as T), reject, runs: 0 });
      this.callSession();
    });
  }

  /** Refuses new closures and waits for the ones that were accepted. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.serving.size > 0) await Promise.all(this.serving);
  }

  private callSession(): void {
    const session = this.idle.pop();
    if (!session) return;
    const served = this.serve(session).finally(() => {
      this.serving.delete(served);
      this.idle.push(session);
      // Whoever came between the last look and now has found nobody idle.
      if (this.queue.length > 0) this.callSession();
    });
    this.serving.add(served);
  }

  private async serve(session: Session): Promise<void> {
    while (this.queue.length > 0) {
      // One turn of the event loop gathers the requests that arrived together into one commit.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      const group = this.queue.splice(0, this.share());
      if (group.length === 0) return;
      // The rest is for the other sessions.
      if (this.queue.length > 0) this.callSession();
      await this.commitGroup(session, group);
    }
  }

  /** What waits is divided among the sessions that could take it now. */
  private share(): number {
    return Math.min(GROUP_SIZE_MAX, Math.ceil(this.queue.length / (this.idle.length + 1)));
  }

  private async commitGroup(session: Session, group: readonly Waiting[]): Promise<void> {
    const done: Done[] = [];
    const failed: Failed[] = [];
    const again: Waiting[] = [];
    let hooks: readonly (() => void)[] = [];
    const care = this.careOf(session, group);
    const shared = group.length > 1 ? new SharedReads(session.statements) : undefined;
    try {
      await session.begin();
      for (const waiting of group) await this.runOne({ session, shared }, waiting, care, { done, failed, again });
      if (done.length > 0 || group.length > 1) {
        if (care === 'savepoints') await session.savepoint('end');
        hooks = await this.writeLeftovers(session, group.length, done);
        failPoint('store.worked-before-commit');
        await session.commit();
        failPoint('store.committed-before-told');
        this.commits += 1;
      } else {
        await session.rollback();
      }
    } catch (cause) {
      await this.undoGroup(session, group, cause);
      return;
    }
    for (const { waiting, error } of failed) waiting.reject(error);
    for (const { waiting, value } of done) waiting.resolve(value);
    for (const one of done) for (const hook of one.hooks) hook();
    for (const hook of hooks) hook();
    await this.runAlone(session, again);
  }

  /** A closure that is alone needs no savepoint: the whole is undone. Where they cost, a group does without until one of its closures fails. */
  private careOf({ savepointsCost }: Session, group: readonly Waiting[]): Care {
    if (group.length === 1) return 'alone';
    if (savepointsCost && this.careful === 0) return 'none';
    this.careful = Math.max(0, this.careful - 1);
    return 'savepoints';
  }

  /** One closure's leftover that the store refuses must not cost the others their work: each is run again by itself then. */
  private async writeLeftovers(session: Session, groupSize: number, done: readonly Done[]): Promise<readonly (() => void)[]> {
    const [only] = done;
    const all = only && done.length === 1 ? only.left : new GatheredWrites();
    if (all !== only?.left) for (const { left } of done) all.add(left);
    if (all.isEmpty) return [];
    try {
      return await all.write(session.statements);
    } catch (error) {
      const verdict = session.judge(error);
      if (verdict === 'lost') throw error;
      if (groupSize > 1 || verdict !== 'closure') throw new GroupGone(errorText(error), { cause: error });
      throw new LeftoverRefused(errorText(error), { cause: error });
    }
  }

  private async runOne(
    { session, shared }: { readonly session: Session; readonly shared: SharedReads | undefined },
    waiting: Waiting,
    care: Care,
    { done, failed, again }: { done: Done[]; failed: Failed[]; again: Waiting[] },
  ): Promise<void> {
    const left = new GatheredWrites();
    const tx = new ScopedTx(shared ?? session.statements, left);
    waiting.runs += 1;
    if (care === 'savepoints') await session.savepoint('set');
    try {
      const value = await this.withinLimit(context.with(waiting.trace, () => waiting.work(tx)));
      if (!tx.isWritten) await this.withinLimit(tx.written());
      tx.end();
      done.push({ waiting, value, hooks: tx.hooks, left });
    } catch (error) {
      tx.end();
      shared?.forget();
      const verdict = session.judge(error);
      if (verdict === 'group-again' || verdict === 'lost')
        throw verdict === 'lost' ? error : new GroupGone(errorText(error), { cause: error });
      if (care === 'none') throw new SavepointMissing(errorText(error), { cause: error });
      if (care === 'savepoints') await session.savepoint('undo');
      if (verdict === 'closure-again' && waiting.runs < RUNS_MAX) again.push(waiting);
      else failed.push({ waiting, error });
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

  /** Nothing of the group is in the store. A deadlock is nobody's fault, so each closure gets its turn alone; other failures are told. */
  private async undoGroup(session: Session, group: readonly Waiting[], cause: unknown): Promise<void> {
    const isAgain = cause instanceof GroupGone || session.judge(cause) === 'group-again';
    if (!isAgain && !(cause instanceof LeftoverRefused || cause instanceof SavepointMissing))
      this.log.write('error', 'store-commit-failed', { reason: errorText(cause), closures: group.length });
    try {
      await session.rollback();
    } catch (rollbackError) {
      this.log.write('error', 'store-rollback-failed', { reason: errorText(rollbackError) });
    }
    if (cause instanceof SavepointMissing) {
      // Which closures did well is not known, so all are run again, each behind a savepoint of its own.
      this.careful = CAREFUL_GROUPS;
      return this.commitGroup(session, group);
    }
    if (isAgain) return this.runAlone(session, group);
    if (cause instanceof LeftoverRefused) return group.forEach((waiting) => waiting.reject(cause.cause));
    const error = new AppError('store-unavailable', 'the store could not commit', { retryable: true, level: 'error', cause });
    for (const waiting of group) waiting.reject(error);
  }

  private chance(): number {
    return (this.entropy?.bytes(1)[0] ?? 0) / BYTE_MAX;
  }

  private async runAlone(session: Session, group: readonly Waiting[]): Promise<void> {
    for (const waiting of group) {
      if (waiting.runs >= RUNS_MAX) {
        waiting.reject(new AppError('store-unavailable', `others were in the way ${RUNS_MAX} times`, { retryable: true, level: 'warn' }));
        continue;
      }
      this.runAgain += 1;
      await this.time.realSleep(AGAIN_MS * waiting.runs * (1 + this.chance()));
      await this.commitGroup(session, [waiting]);
    }
  }
}
