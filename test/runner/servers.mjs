import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureKafkaJars, startBroker, startDatabase } from '../../deploy/local/services/index.mjs';

/** What the specs are told; unset where a server could not be had, and then the specs that need it report as skipped. */
const NAMES = { database: 'CHAKONG_TEST_DATABASE_URL', kafka: 'CHAKONG_TEST_KAFKA', jars: 'CHAKONG_TEST_KAFKA_JARS' };

/**
 * The servers of one run.
 * @typedef {{env: Record<string, string | undefined>, missing: string[], stop: () => Promise<void>}} Servers `missing` holds a line for each one that could not be had
 */

/** Where this run finds its servers is no matter of the specs. */
const OWN = ['DATABASE_URL', 'KAFKA_BROKERS'];

/**
 * Environment in which every spec that needs a server is skipped, whatever the caller's own environment says.
 * @returns {Record<string, string | undefined>} undefined takes a name out of the environment
 */
export function withoutServers() {
  return Object.fromEntries([...OWN, ...Object.values(NAMES)].map((name) => [name, undefined]));
}

/**
 * Finds or starts database and broker, each by itself, so that one that cannot be had costs only the specs that need it. Servers of a
 * surrounding run are used again.
 * @param {(line: string) => void} log
 * @returns {Promise<Servers>} never rejects
 */
export async function findServers(log) {
  process.env.DATABASE_URL ||= process.env[NAMES.database] || '';
  process.env.KAFKA_BROKERS ||= process.env[NAMES.kafka] || '';
  const folder = mkdtempSync(path.join(tmpdir(), 'chakong-servers-'));
  const [database, broker] = await Promise.allSettled([startDatabase({ folder, log }), startBroker({ folder, log })]);
  // After the broker, which may have fetched the same jars.
  const [jars] = await Promise.allSettled([process.env[NAMES.jars] || ensureKafkaJars(log)]);
  const env = withoutServers();
  if (database.status === 'fulfilled') env[NAMES.database] = database.value.url;
  if (broker.status === 'fulfilled') env[NAMES.kafka] = broker.value.brokers.join(',');
  if (jars.status === 'fulfilled') env[NAMES.jars] = jars.value;
  const missing = [
    ['no database', database],
    ['no Kafka broker', broker],
    ['no Kafka of their own for the specs that kill brokers', jars],
  ].flatMap(([what, { status, reason }]) => (status === 'rejected' ? [`${what}: ${reason.message}`] : []));
  const stop = async () => {
    for (const one of [broker, database]) if (one.status === 'fulfilled') await one.value.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { env, missing, stop };
}
