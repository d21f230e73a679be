import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemEntropy, type Entropy, type Log, type SystemClock } from '#kernel';
import { TokenIssuer, TokenVerifier, type TokenKey } from '#access';
import { InProcessBus } from '#messaging';
import { openSqlite, type SqliteDatabase, type Migration } from '#persistence';
import {
  BlindIndex,
  CaseKeys,
  caseKeysMigration,
  FileBlobStore,
  KekFile,
  Pseudonyms,
  SqlKeyRows,
  SystemKeys,
  type BlobStore,
} from '#privacy';
import { ensureKeyPair, ensureRandomSecret, type Ed25519Signer } from '#trust';

/** What every app in the process stands on: one clock, one bus, one set of keys. */
export interface Foundation {
  readonly dataDir: string;
  readonly clock: SystemClock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly bus: InProcessBus;
  readonly kek: KekFile;
  readonly keys: CaseKeys;
  readonly systemKeys: SystemKeys;
  readonly blind: BlindIndex;
  readonly pseudonyms: Pseudonyms;
  readonly blobs: BlobStore;
  readonly tokens: { readonly issuer: TokenIssuer; readonly verifier: TokenVerifier };
  /** The court's signature over orders and document seals. */
  readonly courtSigner: Ed25519Signer;
  /** Opens a database of this data folder; it is closed with the foundation. */
  open(name: string, migrations: readonly Migration[]): Promise<SqliteDatabase>;
  /** Those that are open, by name. */
  readonly databases: ReadonlyMap<string, SqliteDatabase>;
  close(): Promise<void>;
}

/** Opens, or on the first start makes, the keys and stores of a data folder. */
export async function layFoundation(dataDir: string, clock: SystemClock, log: Log): Promise<Foundation> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const databases = new Map<string, SqliteDatabase>();
  const open = async (name: string, migrations: readonly Migration[], secureDelete = false): Promise<SqliteDatabase> => {
    const database = await openSqlite({ file: join(dataDir, `${name}.sqlite`), migrations, time: clock, log, secureDelete });
    databases.set(name, database);
    return database;
  };
  const entropy = systemEntropy;
  const kek = await openKek(dataDir, entropy);
  const keys = new CaseKeys(new SqlKeyRows(await open('keys/case-keys', [caseKeysMigration], true)), kek, entropy, clock);
  const tokenKey: TokenKey = { kid: 'token-1', secret: await ensureRandomSecret(join(dataDir, 'keys', 'token.key'), entropy) };
  return {
    dataDir,
    clock,
    entropy,
    log,
    bus: new InProcessBus(clock, log),
    kek,
    keys,
    systemKeys: new SystemKeys(kek),
    blind: new BlindIndex(kek),
    pseudonyms: new Pseudonyms(kek),
    blobs: new FileBlobStore({ folder: join(dataDir, 'blobs'), keys, source: kek, entropy }),
    tokens: { issuer: new TokenIssuer(tokenKey, clock), verifier: new TokenVerifier([tokenKey], clock) },
    courtSigner: await ensureKeyPair(join(dataDir, 'keys', 'court.pem'), entropy, 'court-1'),
    open,
    databases,
    close: async () => {
      for (const database of databases.values()) await database.close();
    },
  };
}

/**
 * The key file is made on the first start only. When the table of case keys is there and the key file is not, a new one would
 * begin a second system beside content that nobody could read any more; the start is refused instead.
 */
async function openKek(dataDir: string, entropy: Entropy): Promise<KekFile> {
  const path = join(dataDir, 'keys', 'kek.json');
  return existsSync(join(dataDir, 'keys', 'case-keys.sqlite')) ? KekFile.open(path) : KekFile.create(path, entropy);
}
