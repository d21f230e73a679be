import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { hasDocker, startKafkaContainer, startMysqlContainer } from './docker.mjs';
import { ensureKafkaJars, startKafka } from './kafka.mjs';
import { startMariadb } from './mariadb.mjs';
import { accepts } from './program.mjs';

export { ensureKafkaJars };

const CONNECT_MS_MAX = 10_000;
const PROTOCOLS = ['mysql:', 'mariadb:'];

/**
 * A database server and a Kafka broker: those that `DATABASE_URL` and `KAFKA_BROKERS` name, else containers where Docker answers, else
 * installed and started on this machine. Each is resolved by itself, both at the same time; when one cannot be had the other is stopped.
 *
 * @param {import('./index.mjs').ServiceOptions} options
 * @returns {Promise<import('./index.mjs').Services>}
 */
export async function startServices(options) {
  const [database, broker] = await Promise.allSettled([startDatabase(options), startBroker(options)]);
  const started = [broker, database].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    for (const one of started) await one.stop();
  };
  for (const one of [database, broker]) {
    if (one.status !== 'rejected') continue;
    await stop();
    throw one.reason;
  }
  const kept = new Map(started.flatMap((one) => one.kept));
  const named = (name) => {
    const one = kept.get(name);
    if (!one) throw new Error(`no server "${name}" was started here; there are: ${[...kept.keys()].join(', ') || 'none'}`);
    return one;
  };
  return {
    databaseUrl: database.value.url,
    kafkaBrokers: broker.value.brokers,
    jars: broker.value.jars,
    get pids() {
      return Object.fromEntries([...kept].flatMap(([name, one]) => (one.pid() === undefined ? [] : [[name, one.pid()]])));
    },
    kill: (name) => named(name).kill(),
    restart: (name) => named(name).restart(),
    stop,
  };
}

/**
 * The database server alone.
 * @param {import('./index.mjs').ServiceOptions} options
 * @returns {Promise<import('./index.mjs').Database>}
 */
export async function startDatabase({ kafkaNodes = 1, folder, log, onRestart = () => undefined }) {
  const given = process.env.DATABASE_URL;
  if (given) {
    await assertDatabase(given);
    return { url: given, kept: [], stop: async () => undefined };
  }
  if (kafkaNodes === 1 && (await hasDocker())) return { ...(await startMysqlContainer()), kept: [] };
  const { url, kept } = await startMariadb({ folder: made(folder), log, onRestart });
  return { url, kept: [['mariadb', kept]], stop: kept.stop };
}

/**
 * The broker alone.
 * @param {import('./index.mjs').ServiceOptions} options
 * @returns {Promise<import('./index.mjs').Broker>}
 */
export async function startBroker({ kafkaNodes = 1, folder, log, onRestart = () => undefined }) {
  const given = process.env.KAFKA_BROKERS;
  if (given) {
    const brokers = given.split(',').filter((broker) => broker !== '');
    await assertBrokers(brokers);
    return { brokers, kept: [], stop: async () => undefined };
  }
  if (kafkaNodes === 1 && (await hasDocker())) return { ...(await startKafkaContainer()), kept: [] };
  const { brokers, jars, kept } = await startKafka({ folder: made(folder), nodes: kafkaNodes, log, onRestart });
  const stop = async () => void (await Promise.all([...kept.values()].map((node) => node.stop())));
  return { brokers, jars, kept: [...kept], stop };
}

function made(folder) {
  mkdirSync(folder, { recursive: true });
  return path.resolve(folder);
}

/** Signs in and asks for something: an open port alone says little about a database. */
async function assertDatabase(url) {
  const where = hostOf(url);
  const { createConnection } = await import('mysql2/promise');
  const uri = new URL(url);
  // The databases of an installation may be yet to be made.
  uri.pathname = '/';
  try {
    const connection = await createConnection({ uri: uri.toString(), connectTimeout: CONNECT_MS_MAX });
    await connection.query('SELECT 1');
    await connection.end();
  } catch (error) {
    throw new Error(`DATABASE_URL names ${where}, which does not serve: ${error.code ?? error.message}`, { cause: error });
  }
}

/** Never the whole address: it holds a password. */
function hostOf(url) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !PROTOCOLS.includes(parsed.protocol) || parsed.host === '') {
    throw new Error('DATABASE_URL is an address such as mysql://user:password@host:3306/chakong');
  }
  return parsed.host;
}

/** One broker that answers tells a client all the others. */
async function assertBrokers(brokers) {
  const answers = await Promise.all(
    brokers.map((broker) => {
      const at = broker.lastIndexOf(':');
      return accepts(Number(broker.slice(at + 1)), broker.slice(0, at));
    }),
  );
  if (!answers.includes(true)) throw new Error(`KAFKA_BROKERS names ${brokers.join(', ')}, where nothing accepts connections`);
}
