import type { TokenVerifier } from '#access';
import type { Clock, Log, RealTime } from '#kernel';
import type { MessageBus } from '#messaging';
import type { Database } from '#persistence';

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
}

export interface LedgerSettings {
  /** `DATA_DIR/ledger`: one folder a year below it, exactly as served. */
  readonly folder: string;
  /** `gateway.<court>/ledger`; the year is appended. It can never change once a log is there. */
  readonly originBase: string;
  /** 32 secret bytes, the Ed25519 seed that signs the logs of all years. */
  readonly signingSeed: Buffer;
}
