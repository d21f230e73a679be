import { join } from 'node:path';
import type { Ground } from '#foundation';
import { assertCannotRewrite, type OpenDatabase } from '#persistence';
import { ensureRandomSecret, ensureSm2KeyPair } from '#trust';
import { LEDGER_TABLES_KEPT, ledgerMigrations } from './ledger-migrations.js';
import type { AuditLedgerParts } from './parts.js';
import { readWitnessSettings, type WitnessSource } from './witness-policy-file.js';

/** The origin of this log's name where none is given; it can never change once a log is there. */
export const LEDGER_ORIGIN = 'chakong.hubei-high-court/ledger';

/** Name of the ledger's database. */
export const LEDGER_STORE = 'ledger';

/** The file of the seed that signs the logs of all years. */
export const ledgerSeedFile = (dataDir: string): string => join(dataDir, 'keys', 'ledger.seed');

/** What a ledger is told beside its ground. */
export interface LedgerOptions {
  readonly origin?: string;
  readonly witnesses?: WitnessSource | undefined;
  /** Checkpoints carry a line of SM2 as well. */
  readonly sm2?: boolean;
  /** The bus acknowledges before the effect. */
  readonly receipts?: boolean;
}

/**
 * The ledger's parts on its ground.
 * @throws AppError `account-too-strong` when its account could rewrite the log, `invalid-configuration` when the witnesses' policy is none
 */
export async function ledgerPartsOn(
  ground: Ground,
  { origin = LEDGER_ORIGIN, witnesses, sm2 = false, receipts = false }: LedgerOptions = {},
): Promise<AuditLedgerParts & { readonly database: OpenDatabase }> {
  const { dataDir, entropy, stores, tokens, pseudonyms, systemKeys } = ground;
  const database = await stores.open(LEDGER_STORE, ledgerMigrations);
  await assertCannotRewrite(database, LEDGER_TABLES_KEPT);
  return {
    ...ground,
    database,
    tokens: tokens.verifier,
    operators: { entropy, pseudonyms, systemKeys, receipts },
    settings: {
      folder: join(dataDir, 'ledger'),
      originBase: origin,
      signingSeed: await ensureRandomSecret(ledgerSeedFile(dataDir), entropy),
      sm2: sm2 ? await ensureSm2KeyPair(join(dataDir, 'keys', 'ledger-sm2.pem'), entropy) : undefined,
      witnesses: witnesses && (await readWitnessSettings(witnesses)),
    },
  };
}
