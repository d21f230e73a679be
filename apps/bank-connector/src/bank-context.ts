import type { BankProfile, Manifest } from '#connector-sdk';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { Database, Tx } from '#persistence';
import type { Announcer } from './adapters/bus/announcer.js';
import type { Gathering } from './gathering.js';
import type { OrderVault } from './adapters/store/order-vault.js';

/**
 * The claim to speak to the bank, where several processes serve it: one speaks, the others take orders and stand by. It is looked at before
 * work begins, held against the database in the transaction that writes SENDING, and looked at once more before the bytes leave.
 */
export interface Speaker {
  /** Cheap; false when in doubt. */
  readonly held: boolean;
  /** @throws AppError `lease-lost` when another process speaks by now */
  assertHeld(tx: Tx): Promise<void>;
}

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
  readonly speaker: Speaker;
  /** Whether the bank takes orders now, by its calendar. While it does not, nothing leaves for it; what comes from it is taken. */
  isOpen(): boolean;
  /** Tells whoever drives the dialect that there is work. Cheap, and never throws. */
  wake(): void;
}
