import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readBanks } from '#bank-directory';
import type { Entropy } from '#kernel';
import {
  backingOf,
  beginProcess,
  CASE_KEYS,
  databaseName,
  databasePrefix,
  layFoundation,
  layGround,
  openBankKeys,
  type Backing,
  type Foundation,
} from '#foundation';
import { ensureTopics, parseTopics } from '#messaging';
import { createAccounts } from '#persistence';
import { ensureSecretFile, ensureRandomSecret } from '#trust';
import { LEDGER_STORE, ledgerSeedFile } from '../../audit-ledger/src/compose-ledger.js';
import { ledgerMigrations } from '../../audit-ledger/src/index.js';
import { LEDGER_CHANGES } from '../../audit-ledger/src/ledger-migrations.js';
import { connectorStore } from '../../bank-connector/src/compose-connector.js';
import { connectorMigrations } from '../../bank-connector/migrations/index.js';
import { GATEWAY_STORE, gatewayPartsOn } from '../../court-gateway/src/compose-gateway.js';
import type { MigrateConfig } from './config.js';
import { ensureCertificates } from './ensure-certificates.js';
import { seed } from './seed.js';

const TOPICS_FILE = fileURLToPath(new URL('../../../deploy/topics.yaml', import.meta.url));
const PASSWORD_BYTES = 24;

/**
 * Prepares a distributed installation, or brings it to the state of this code: keys, databases and their accounts, topics, and the demo's
 * users. The account of its DATABASE_URL may create databases and users; no process that serves has it. Safe to repeat.
 */
export async function migrate(config: MigrateConfig, write: (line: string) => void): Promise<void> {
  const { settings } = config;
  const backing = backingOf(settings);
  const { log, time } = await beginProcess(settings);
  const foundation = await layFoundation(await layGround(settings, time.clock, log, 'prepare'));
  try {
    const banks = await readBanks();
    const codes = banks.map(({ profile }) => profile.bank);
    await openBankKeys(
      settings.dataDir,
      banks.map(({ profile }) => profile),
      foundation.entropy,
    );
    await ensureCertificates(foundation, banks);
    if (!settings.keySource?.ledgerKey) await ensureRandomSecret(ledgerSeedFile(settings.dataDir), foundation.entropy);
    const gateway = await gatewayPartsOn(foundation, { banks, ledgerUrl: 'http://unused', holdDelivery: false });
    await foundation.stores.open(LEDGER_STORE, ledgerMigrations);
    for (const bank of codes) await foundation.stores.open(connectorStore(bank), connectorMigrations);
    await makeAccounts(foundation, backing, codes);
    const { brokers, topicPrefix } = backing;
    const topics = parseTopics(parse(await readFile(TOPICS_FILE, 'utf8')), codes);
    const named = topics.map((topic) => ({ ...topic, name: topicPrefix + topic.name }));
    await ensureTopics({ brokers, clientId: 'chakong-migrate', time: time.clock, log }, named);
    await seed(gateway, { ...settings, demoPassword: config.demoPassword }, write);
    write('数据库、账户、主题与密钥已就绪');
  } finally {
    await foundation.close();
  }
}

async function makeAccounts({ dataDir, entropy, stores }: Foundation, { databaseUrl }: Backing, banks: readonly string[]): Promise<void> {
  const prefix = databasePrefix(databaseUrl);
  const named = (store: string): string => databaseName(databaseUrl, store);
  const ledger = stores.opened.get(LEDGER_STORE);
  if (!ledger) return;
  await createAccounts({
    url: databaseUrl,
    prefix,
    passwords: {
      app_rw: await databasePassword(dataDir, 'app_rw', entropy),
      ledger_append: await databasePassword(dataDir, 'ledger_append', entropy),
      ledger_read: await databasePassword(dataDir, 'ledger_read', entropy),
      migrator: await databasePassword(dataDir, 'migrator', entropy),
    },
    appDatabases: [GATEWAY_STORE, CASE_KEYS, ...banks.map(connectorStore)].map(named),
    ledgerDatabase: named(LEDGER_STORE),
    ledgerChanges: LEDGER_CHANGES,
  });
}

/** The password of an account, in a file of mode 0600 from which the processes are given their DATABASE_URL. */
async function databasePassword(dataDir: string, account: string, entropy: Entropy): Promise<string> {
  const path = join(dataDir, 'keys', 'database', `${account}.password`);
  const make = (): Buffer => Buffer.from(entropy.bytes(PASSWORD_BYTES).toString('base64url'), 'utf8');
  return (await ensureSecretFile(path, entropy, make)).toString('utf8');
}
