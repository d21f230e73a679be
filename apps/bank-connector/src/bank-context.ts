import type { BankProfile, Manifest } from '#connector-sdk';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { Database } from '#persistence';
import type { Announcer } from './adapters/bus/announcer.js';
import type { Gathering } from './gathering.js';
import type { OrderVault } from './adapters/store/order-vault.js';

/** What every use case of one bank stands on. */
export interface BankContext {
  readonly bank: string;
  readonly profile: BankProfile;
  readonly manifest: Manifest;
  readonly database: Database;
  readonly vault: OrderVault;
  readonly announce: Announcer;
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Transactions that happen within a few milliseconds share a commit. */
  readonly gathering: Gathering;
  /** Tells whoever drives the dialect that there is work. Cheap, and never throws. */
  wake(): void;
}
