import path from 'node:path';
import { silentLog, SystemClock, type Log } from '#kernel';
import { InProcessBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { eventuallyHolds, testStore, TestStores } from '#testing';
import { ledgerMigrations } from '../ledger-migrations.js';
import { LedgerService } from '../ledger-service.js';
import type { LogKey } from '../use-cases/open-log/log-signer.js';
import { FactSource } from './fact-source.js';

export const ORIGIN = 'gateway.test/ledger';
/** On a server's database, beside other work, some hundred facts take seconds. */
const COVERED_MS_MAX = 25_000;

/** One data folder with a ledger that can be stopped and started again. */
export class Rig {
  readonly clock = new SystemClock();
  readonly events: string[] = [];
  readonly log: Log = { write: (level, event) => void (level === 'warn' || level === 'error' ? this.events.push(event) : undefined) };
  bus = new InProcessBus(this.clock, silentLog);
  database!: OpenDatabase;
  source!: FactSource;
  ledger!: LedgerService;

  constructor(
    readonly folder: string,
    private readonly key: number | LogKey = 5,
  ) {}

  async start(bus?: InProcessBus): Promise<this> {
    this.bus = bus ?? new InProcessBus(this.clock, silentLog);
    this.database = await new TestStores(testStore(), this.folder).open('ledger', ledgerMigrations, { time: this.clock });
    this.source = await FactSource.open({
      file: path.join(this.folder, 'source.sqlite'),
      bus: this.bus,
      clock: this.clock,
      log: silentLog,
    });
    const signingKey = typeof this.key === 'number' ? Buffer.alloc(32, this.key) : this.key;
    const settings = { folder: path.join(this.folder, 'ledger'), originBase: ORIGIN, signingKey };
    const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
    this.ledger = new LedgerService({ database: this.database, bus: this.bus, clock: this.clock, log: this.log, tokens, settings });
    try {
      await this.ledger.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.source.relay.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.source.close();
    await this.ledger.stop();
    await this.bus.close();
    await this.database.close();
  }

  async record(count: number, subjects = 3): Promise<void> {
    for (let i = 0; i < count; i++) await this.source.record(requestId(i % subjects), `fact ${i}`);
  }

  async covered(size: number): Promise<void> {
    await eventuallyHolds(() => {
      const held = this.ledger.published.of().head.size;
      if (held !== size) throw new Error(`the log holds ${held} entries, not ${size}`);
    }, COVERED_MS_MAX);
  }

  year(): string {
    return String(this.ledger.published.of().head.year);
  }

  logFolder(year = this.year()): string {
    return path.join(this.folder, 'ledger', year);
  }
}

/** A request id by number. */
export const requestId = (n: number): string => `01961f5e-7c00-7000-8000-${String(n).padStart(12, '0')}`;
