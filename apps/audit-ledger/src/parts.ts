import type { TokenVerifier } from '#access';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { WitnessPolicy } from '#merkle';
import type { MessageBus } from '#messaging';
import type { MisusePolicy } from '#orders';
import type { Database } from '#persistence';
import type { Pseudonyms, SystemKeys } from '#privacy';
import type { Sm2Signer } from '#trust';
import type { LogKey } from './use-cases/open-log/log-signer.js';
import type { WitnessCheckpoint } from './use-cases/witness-checkpoint/witness-checkpoint.js';

/** Everything that the ledger stands on; made by this app's main.ts or by standalone. */
export interface AuditLedgerParts {
  /** The ledger's own database, opened with `ledgerMigrations`. It must never be put back to an older state. */
  readonly database: Database;
  readonly bus: MessageBus;
  readonly clock: Clock & RealTime;
  readonly log: Log;
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly settings: LedgerSettings;
  /** Where several processes could sequence: the claim to do it. Left out, this one does. */
  readonly leader?: { readonly held: boolean };
  /** What persons do at the ledger stands on this: its dead letters, and findings of misuse. Left out, there are no doors to them. */
  readonly operators?: OperatorParts | undefined;
  /** Set when this process is a witness too, for logs of others. */
  readonly witness?: WitnessCheckpoint | undefined;
}

/** For what persons do at the ledger itself, which is a fact too. */
export interface OperatorParts {
  readonly entropy: Entropy;
  readonly pseudonyms: Pseudonyms;
  readonly systemKeys: SystemKeys;
  /** The bus acknowledges before the effect: rows of the ledger's outbox wait for receipts. */
  readonly receipts?: boolean;
  /** What the facts of officials are watched for; left out, there are no findings. */
  readonly misuse?: MisusePolicy;
}

export interface LedgerSettings {
  /** `DATA_DIR/ledger`: one folder a year below it, exactly as served. */
  readonly folder: string;
  /** `gateway.<court>/ledger`; the year is appended. It can never change once a log is there. */
  readonly originBase: string;
  /** Signs the logs of all years. */
  readonly signingKey: LogKey;
  /** A second signature line on each checkpoint, by a national algorithm; absent when there is none. */
  readonly sm2?: Sm2Signer | undefined;
  /** Witnesses that cosign each checkpoint; absent when there are none. */
  readonly witnesses?: WitnessSettings | undefined;
}

export interface WitnessSettings {
  /** C2SP tlog-policy: the witnesses with their addresses, and the quorum. */
  readonly policy: WitnessPolicy;
  /** `strict` publishes nothing below the quorum; `lenient` publishes at once and adds cosignatures when they come. */
  readonly profile: 'strict' | 'lenient';
}
