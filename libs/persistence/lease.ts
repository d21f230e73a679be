import { AppError, errorText, failPoint, type Log, type RealTime, type Timer } from '#kernel';
import type { Migration, OpenDatabase, Tx } from './sql.js';

/** The table of leases: one row for each job that only one process may do at a time. */
export const leasesMigration: Migration = {
  name: '0003-leases',
  statements: [
    'CREATE TABLE leases (name {word} NOT NULL PRIMARY KEY, holder {id} NOT NULL, fence {int} NOT NULL, until_at {instant} NOT NULL)',
  ],
};

export interface LeaseOptions {
  readonly database: OpenDatabase;
  /** The job, for example `relay`. */
  readonly name: string;
  /** This process among those that could do it. */
  readonly holder: string;
  /** No other live process has this name: a lease that is still held under it at the start was its predecessor's, and is taken at once. */
  readonly isSoleHolder?: boolean;
  readonly time: RealTime;
  readonly log: Log;
  /** Called in the turn in which it was gained or lost. */
  readonly onChange?: (held: boolean) => void;
}

/** How long a lease lasts without renewal: the pause after its holder was killed. By the database's clock. */
export const LEASE_MS = 5_000;
const RENEW_EVERY_MS = 1_000;
/** The holder stops believing this long before the database does, so that two never believe at once. */
const MARGIN_MS = 1_000;

/** The database's own clock in milliseconds: processes may be minutes apart, the rows are compared by one. */
const NOW: Readonly<Record<OpenDatabase['dialect'], string>> = {
  sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
  mysql: 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)',
};

/**
 * One process's claim to a job. `held` is cheap and errs on the side of no: it is true only for a while after a renewal that the database
 * has confirmed, by a clock that also runs while the process is stopped, so whoever wakes up late no longer believes. What must not happen
 * twice calls `assertHeld` in its transaction: a stale holder's commit then fails. Each new holder gets a higher fence.
 */
export class Lease {
  private believedUntil = -Infinity;
  private fenceHeld = 0;
  private timer: Timer | undefined;
  private turn: Promise<void> | undefined;
  private stopped = false;
  private told = false;

  constructor(private readonly options: LeaseOptions) {}

  get held(): boolean {
    return this.options.time.monotonicMs() < this.believedUntil;
  }

  /** Grows with each holder; undefined while it is not held here. */
  get fence(): number | undefined {
    return this.held ? this.fenceHeld : undefined;
  }

  /** Tries at once, and again and again until `stop`. */
  async start(): Promise<void> {
    await this.tryOnce(this.options.isSoleHolder);
    this.again();
  }

  /** Gives it back, so that another need not wait. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.turn;
    if (!this.held) return;
    this.believedUntil = -Infinity;
    const { database, name, holder } = this.options;
    await database.run((tx) =>
      tx.run('UPDATE leases SET until_at = 0 WHERE name = ? AND holder = ? AND fence = ?', [name, holder, this.fenceHeld]),
    );
  }

  /** @throws AppError `lease-lost` when another holds it by now; locks the row until the commit */
  async assertHeld(tx: Tx): Promise<void> {
    const { name, holder } = this.options;
    const own = 'UPDATE leases SET fence = fence WHERE name = ? AND holder = ? AND fence = ?';
    if (this.held && (await tx.run(own, [name, holder, this.fenceHeld])) > 0) return;
    throw new AppError('lease-lost', `another process does the job ${name}`, { retryable: true, level: 'warn' });
  }

  private again(): void {
    this.timer = this.options.time.setRealTimer(RENEW_EVERY_MS, () => {
      this.turn = this.tryOnce().finally(() => {
        if (!this.stopped) this.again();
      });
    });
  }

  private async tryOnce(inherits = false): Promise<void> {
    const { time, log, name } = this.options;
    const asked = time.monotonicMs();
    try {
      const fence = await this.renewOrTake(inherits);
      if (fence !== undefined) {
        this.fenceHeld = fence;
        this.believedUntil = asked + LEASE_MS - MARGIN_MS;
      }
    } catch (error) {
      log.write('warn', 'lease-not-renewed', { name, reason: errorText(error) });
    }
    this.tell();
  }

  private tell(): void {
    if (this.told === this.held) return;
    this.told = this.held;
    this.options.log.write('info', this.held ? 'lease-gained' : 'lease-lost', { name: this.options.name, fence: this.fenceHeld });
    this.options.onChange?.(this.held);
  }

  /** The fence under which it is held by now, or undefined. */
  private renewOrTake(inherits: boolean): Promise<number | undefined> {
    const { database, name, holder } = this.options;
    const fence = this.fenceHeld;
    const now = NOW[database.dialect];
    return database.run(async (tx) => {
      const renewal = `UPDATE leases SET until_at = ${now} + ? WHERE name = ? AND holder = ? AND fence = ? AND until_at > ${now}`;
      if ((await tx.run(renewal, [LEASE_MS, name, holder, fence])) > 0) return fence;
      // The fence grows, so a predecessor that was not dead after all commits nothing any more.
      const free = inherits ? `(until_at <= ${now} OR holder = ?)` : `until_at <= ${now}`;
      const taking = `UPDATE leases SET holder = ?, fence = fence + 1, until_at = ${now} + ? WHERE name = ? AND ${free}`;
      const taker = [holder, LEASE_MS, name, ...(inherits ? [holder] : [])];
      if ((await tx.run(taking, taker)) === 0) {
        // Nobody has ever held it, or somebody holds it now.
        if (!(await tx.insertOnce('leases', { name, holder: '', fence: 0, until_at: 0 }))) return undefined;
        await tx.run(taking, taker);
      }
      const row = await tx.one<{ fence: number; holder: string }>('SELECT fence, holder FROM leases WHERE name = ?', [name]);
      if (row?.holder !== holder) return undefined;
      failPoint('lease.taken-before-commit');
      tx.afterCommit(() => failPoint('lease.taken'));
      return row.fence;
    });
  }
}
