import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { hasDocker, startKafkaContainer, startMysqlContainer } from './docker.mjs';
import { startKafka } from './kafka.mjs';
import { startMariadb } from './mariadb.mjs';
import { accepts } from './program.mjs';

/**
 * A database server and a Kafka broker: those that `DATABASE_URL` and `KAFKA_BROKERS` name, else containers where Docker answers, else
 * installed and started on this machine. Each is resolved by itself, both at the same time.
 *
 * @param {{kafkaNodes?: 1 | 3, folder: string, log: (line: string) => void, onRestart?: () => void}} options `folder` keeps what local servers write
 * @returns {Promise<import('./index.mjs').Services>}
 */
export async function startServices({ kafkaNodes = 1, folder, log, onRestart = () => undefined }) {
  mkdirSync(folder, { recursive: true });
  const docker = needsStart() && kafkaNodes === 1 && hasDocker();
  const database = resolveDatabase({ folder, log, onRestart, docker });
  const kafka = resolveKafka({ folder, log, onRestart, docker, nodes: kafkaNodes });
  const [found, broker] = await Promise.allSettled([database, kafka]);
  const stop = async () => {
    for (const one of [broker, found]) if (one.status === 'fulfilled') await one.value.stop();
  };
  for (const one of [found, broker]) {
    if (one.status !== 'rejected') continue;
    await stop();
    throw one.reason;
  }
  const kept = new Map([...found.value.kept, ...broker.value.kept]);
  return {
    databaseUrl: found.value.url,
    kafkaBrokers: broker.value.brokers,
    jars: broker.value.jars,
    get pids() {
      return Object.fromEntries([...kept].flatMap(([name, one]) => (one.pid() === undefined ? [] : [[name, one.pid()]])));
    },
    kill: (name) => kept.get(name)?.kill(),
    stop,
  };
}

const needsStart = () => !process.env.DATABASE_URL || !process.env.KAFKA_BROKERS;

async function resolveDatabase({ folder, log, onRestart, docker }) {
  const url = process.env.DATABASE_URL;
  if (url) {
    const { hostname, port } = new URL(url);
    await assertAccepts('DATABASE_URL', hostname, Number(port || 3306));
    return { url, kept: [], stop: async () => undefined };
  }
  if (docker) return { ...(await startMysqlContainer()), kept: [] };
  const { url: started, kept } = await startMariadb({ folder: path.resolve(folder), log, onRestart });
  return { url: started, kept: [['mariadb', kept]], stop: kept.stop };
}

async function resolveKafka({ folder, log, onRestart, docker, nodes }) {
  const given = process.env.KAFKA_BROKERS;
  if (given) {
    const brokers = given.split(',');
    const [host, port] = (brokers[0] ?? '').split(':');
    await assertAccepts('KAFKA_BROKERS', host, Number(port));
    return { brokers, kept: [], stop: async () => undefined };
  }
  if (docker) return { ...(await startKafkaContainer()), kept: [] };
  const { brokers, jars, kept } = await startKafka({ folder: path.resolve(folder), nodes, log, onRestart });
  const stop = async () => void (await Promise.all([...kept.values()].map((node) => node.stop())));
  return { brokers, jars, kept: [...kept], stop };
}

async function assertAccepts(name, host, port) {
  if (!(await accepts(port, host))) throw new Error(`${name} names ${host}:${port}, where nothing accepts connections`);
}
