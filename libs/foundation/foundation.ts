import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemEntropy, type Entropy, type Log, type SystemClock } from '#kernel';
import { TokenIssuer, TokenVerifier, type TokenKey } from '#access';
import { InProcessBus, KafkaBus, type MessageBus } from '#messaging';
import {
  BlindIndex,
  CaseKeys,
  FileBlobStore,
  KekFile,
  keyMigrations,
  KeyRotation,
  Pseudonyms,
  SqlKeyRows,
  SystemKeys,
  type BlobStore,
} from '#privacy';
import { ensureRandomSecret, type SigningKey } from '#trust';
import { readClientTlsFiles } from './client-tls.js';
import { openCourtKey } from './court-key.js';
import { DeviceKeys } from './key-source.js';
import type { Backing, ProcessSettings } from './settings.js';
import { FileStores, ServerStores, type Stores } from './stores.js';

/** The keys of an installation, in `DATA_DIR/keys`; that of the court may lie in a device. */
export interface InstallationKeys {
  readonly kek: KekFile;
  readonly systemKeys: SystemKeys;
  readonly blind: BlindIndex;
  readonly pseudonyms: Pseudonyms;
  readonly tokens: { readonly issuer: TokenIssuer; readonly verifier: TokenVerifier };
  /** The court's signature over orders and document seals. */
  readonly courtSigner: SigningKey;
}

/** What every process stands on: one clock, one bus, one set of keys, and stores by name. */
export interface Ground extends InstallationKeys {
  readonly dataDir: string;
  readonly clock: SystemClock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly bus: MessageBus;
  readonly stores: Stores;
  /** Where keys lie in a device. */
  readonly deviceKeys: DeviceKeys | undefined;
  close(): Promise<void>;
}

/** What those stand on who open what is sealed under the keys of cases. The ledger does not. */
export interface Foundation extends Ground {
  readonly keys: CaseKeys;
  /** Ends generations of the key-encryption key, for whoever erases cases. */
  readonly rotation: KeyRotation;
  readonly blobs: BlobStore;
}

type Place = Pick<ProcessSettings, 'dataDir' | 'instance' | 'isSoleInstance' | 'backing'> & Partial<Pick<ProcessSettings, 'keySource'>>;

/** Name of the database of wrapped case keys: apart from the cases, so that a backup of these holds no keys. */
export const CASE_KEYS = 'keys/case-keys';

/**
 * Opens keys, stores and bus. An embedded system makes what is missing on its first start; a process of a distributed one that serves
 * only checks, because `npm run migrate` (`prepare`) makes it.
 */
export async function layGround(place: Place, clock: SystemClock, log: Log, purpose: 'serve' | 'prepare' = 'serve'): Promise<Ground> {
  const { dataDir, backing, keySource } = place;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const entropy = systemEntropy;
  const surroundings = { time: clock, entropy, log };
  const mayMake = purpose === 'prepare' || !backing;
  const databaseTls = backing?.databaseTls && (await readClientTlsFiles(backing.databaseTls));
  const stores = backing
    ? new ServerStores(backing, mayMake ? 'apply' : 'check', { ...surroundings, ...(databaseTls ? { tls: databaseTls } : {}) })
    : new FileStores(dataDir, surroundings);
  const deviceKeys = keySource && new DeviceKeys(keySource, clock);
  const installed = await (mayMake ? makeKeys : openKeys)(dataDir, clock, entropy, deviceKeys);
  const bus = backing ? await kafka(backing, place, clock, log) : new InProcessBus(clock, log);
  const close = async (): Promise<void> => {
    await stores.close();
    await deviceKeys?.close();
  };
  return { ...installed, dataDir, clock, entropy, log, bus, stores, deviceKeys, close };
}

/** Adds the keys of cases, and the blobs that are sealed under them. */
export async function layFoundation(ground: Ground): Promise<Foundation> {
  const { stores, kek, entropy, clock, dataDir } = ground;
  const rows = new SqlKeyRows(await stores.open(CASE_KEYS, keyMigrations, { secureDelete: true }));
  const keys = new CaseKeys(rows, kek, entropy, clock);
  const rotation = new KeyRotation(rows, kek, entropy);
  return { ...ground, keys, rotation, blobs: new FileBlobStore({ folder: join(dataDir, 'blobs'), keys, source: kek, entropy }) };
}

/** Readers and writers of one installation on its broker. */
async function kafka({ brokers, topicPrefix, kafkaTls }: Backing, place: Place, time: SystemClock, log: Log): Promise<MessageBus> {
  const tls = kafkaTls && (await readClientTlsFiles(kafkaTls));
  const { instance, isSoleInstance: isSoleClient } = place;
  return new KafkaBus({ brokers, topicPrefix, clientId: `chakong-${instance}`, isSoleClient, time, log, ...(tls ? { tls } : {}) });
}

/** The keys of an installation that must have them. @throws AppError `key-file-missing` */
export async function openKeys(dataDir: string, clock: SystemClock, entropy: Entropy, device?: DeviceKeys): Promise<InstallationKeys> {
  return keysOn(await KekFile.open(kekPath(dataDir), entropy), { dataDir, clock, entropy, device });
}

/**
 * The keys of an installation, made if this is its first start. When the file of case keys is there and the key file is not, a new
 * one would begin a second system beside content that nobody could read any more; the start is refused instead.
 */
export async function makeKeys(dataDir: string, clock: SystemClock, entropy: Entropy, device?: DeviceKeys): Promise<InstallationKeys> {
  const path = kekPath(dataDir);
  const isOld = existsSync(join(dataDir, `${CASE_KEYS}.sqlite`));
  return keysOn(isOld ? await KekFile.open(path, entropy) : await KekFile.create(path, entropy), { dataDir, clock, entropy, device });
}

const kekPath = (dataDir: string): string => join(dataDir, 'keys', 'kek.json');

interface KeyPlace {
  readonly dataDir: string;
  readonly clock: SystemClock;
  readonly entropy: Entropy;
  readonly device: DeviceKeys | undefined;
}

async function keysOn(kek: KekFile, { dataDir, clock, entropy, device }: KeyPlace): Promise<InstallationKeys> {
  const tokenKey: TokenKey = { kid: 'token-1', secret: await ensureRandomSecret(join(dataDir, 'keys', 'token.key'), entropy) };
  return {
    kek,
    systemKeys: new SystemKeys(kek),
    blind: new BlindIndex(kek),
    pseudonyms: new Pseudonyms(kek),
    tokens: { issuer: new TokenIssuer(tokenKey, clock), verifier: new TokenVerifier([tokenKey], clock) },
    courtSigner: await openCourtKey(dataDir, entropy, device),
  };
}
