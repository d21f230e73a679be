import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Ground } from '#foundation';
import { parsePolicy, type MisusePolicy } from '#orders';
import { assertCannotRewrite, type OpenDatabase } from '#persistence';
import { ensureRandomSecret, ensureSm2KeyPair } from '#trust';
import { LEDGER_TABLES_KEPT, ledgerMigrations } from './ledger-migrations.js';
import type { AuditLedgerParts } from './parts.js';
import { readWitnessSettings, type WitnessSource } from './witness-policy-file.js';

/** The origin of this log's name where none is given; it can never change once a log is there. */
export const LEDGER_ORIGIN = 'chakong.hubei-high-court/ledger';

/** Name of the ledger's database. */
export const LEDGER_STORE = 'ledger';

/** The file of the seed that signs the logs of all years, unless their key lies in a device. */
export const ledgerSeedFile = (dataDir: string): string => join(dataDir, 'keys', 'ledger.seed');

/** The rules that the law or a court may change; beside the sources and, as a copy, beside the build. */
const POLICY_FILE = new URL('../../../deploy/policy.yaml', import.meta.url);

/** What is watched for. The whole file is checked, as the gateway checks it. @throws AppError that names every wrong place of the file */
export async function readMisusePolicy(): Promise<MisusePolicy> {
  return parsePolicy(parse(await readFile(POLICY_FILE, 'utf8'))).misuse;
}

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
 * @throws AppError `account-too-strong` when its account could rewrite the log, `invalid-configuration` when the witnesses' policy is none or the device
 * gives no key, `invalid` when the policy file is faulty
 */
export async function ledgerPartsOn(
  ground: Ground,
  { origin = LEDGER_ORIGIN, witnesses, sm2 = false, receipts = false }: LedgerOptions = {},
): Promise<AuditLedgerParts & { readonly database: OpenDatabase }> {
  const { dataDir, entropy, stores, tokens, pseudonyms, systemKeys, deviceKeys } = ground;
  const database = await stores.open(LEDGER_STORE, ledgerMigrations);
  await assertCannotRewrite(database, LEDGER_TABLES_KEPT);
  return {
    ...ground,
    database,
    tokens: tokens.verifier,
    operators: { entropy, pseudonyms, systemKeys, receipts, misuse: await readMisusePolicy() },
    settings: {
      folder: join(dataDir, 'ledger'),
      originBase: origin,
      signingKey: (await deviceKeys?.ledgerKey()) ?? (await ensureRandomSecret(ledgerSeedFile(dataDir), entropy)),
      sm2: sm2 ? await ensureSm2KeyPair(join(dataDir, 'keys', 'ledger-sm2.pem'), entropy) : undefined,
      witnesses: witnesses && (await readWitnessSettings(witnesses)),
    },
  };
}
