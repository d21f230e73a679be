import type { CpuTimes } from './cpu-time.js';
import { startCluster } from './cluster-system.js';
import { startEmbedded } from './embedded-system.js';
import type { BenchOptions } from './options.js';
import type { StoreReading } from './store-reading.js';
import type { TempDir, TestSystem } from '#testing';

/** The system under measurement: compiled by this same build, in processes of its own. */
export interface BenchSystem {
  readonly system: TestSystem;
  /** Scratch space of the run; the system's data folder is in it. */
  readonly folder: TempDir;
  /** Where calls go: the process, or each gateway in turn. */
  readonly ports: readonly number[];
  /** Lets held-back delivery go, and holds it again at the next call. */
  toggleDelivery(): void;
  /** Commits since the start over all stores of the system, those of the simulated banks left out. */
  commits(): Promise<number>;
  /** Statements that the database server was asked for since its start, by kind; null where there is none to ask. Its other users count in. */
  statements(): Promise<ReadonlyMap<string, number> | null>;
  /** Processor time so far, by kind of process, the servers that were started for the run included. */
  cpuTimes(): CpuTimes;
  /** Orders that have no last word yet. */
  openOrders(): Promise<number>;
  /** Whether the gateway's outbox holds rows that have not left. */
  hasUnpublished(): Promise<boolean>;
  /** The gateway's store. Writing a copy makes the system's own commits wait for the disk: outside of measured phases only. */
  readStore(label: string): Promise<StoreReading>;
  /** Where a reference of this profile keeps its rows. */
  referencePlace(): ReferencePlace;
  /** What costs the system has had so far, for people: memory by process, statements by kind. */
  sayStanding(label: string): Promise<void>;
  end(): Promise<void>;
}

/** A folder for SQLite files, or a server with a database that the reference may make for itself; which broker goes with it. */
export type ReferencePlace =
  | { readonly kind: 'folder' }
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly database: string;
      readonly brokers: readonly string[];
      readonly prefix: string;
    };

/** Starts with delivery held back when `held`. */
export function startBenchSystem(held: boolean, options: BenchOptions): Promise<BenchSystem> {
  return options.profile === 'distributed' ? startCluster(held, options) : startEmbedded(held, options);
}
