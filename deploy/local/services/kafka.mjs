import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { keepRunning } from './kept.mjs';
import { ensureProgram, freePort, runToEnd } from './program.mjs';
import { newClusterId } from './cluster-id.mjs';

const VERSION = '4.1.0';
const READY_MS_MAX = 90_000;
/** A broker of a few hundred requests a second on a machine that it shares: neither parallel collectors nor a second compiler pay for themselves. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const HEAP = { 1: '512m', 3: '384m' };

/**
 * The jars of Apache Kafka, fetched once by Maven into the user's cache (`CHAKONG_CACHE` names another folder), and a Java to run them.
 * @returns {Promise<string>} their folder
 */
export async function ensureKafkaJars(log) {
  await ensureProgram('java', ['openjdk-17-jre-headless'], log);
  const cache = process.env.CHAKONG_CACHE || path.join(homedir(), '.cache', 'chakong');
  const folder = path.join(cache, `kafka-${VERSION}`);
  const jars = path.join(folder, 'libs');
  if (!existsSync(jars)) await fetchJars(folder, log);
  await ensureArchive(jars, log);
  return jars;
}

async function fetchJars(folder, log) {
  await ensureProgram('mvn', ['maven'], log);
  log(`fetching Apache Kafka ${VERSION} …`);
  const temporary = `${folder}.${randomBytes(4).toString('hex')}.tmp`;
  mkdirSync(temporary, { recursive: true });
  try {
    writeFileSync(path.join(temporary, 'pom.xml'), POM);
    const args = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'];
    await runToEnd('mvn', args, { cwd: temporary });
    publish(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const archiveOf = (jars) => path.join(jars, '..', 'classes.jsa');

/**
 * Classes as Java has them in memory once a broker serves. A broker that maps them starts with half the work, which counts when one that
 * was killed must serve again. Java checks that the archive is its own and does without it otherwise; so do we where it cannot be made.
 */
async function ensureArchive(jars, log) {
  const archive = archiveOf(jars);
  if (existsSync(archive)) return;
  log('preparing the start of Apache Kafka …');
  const home = mkdtempSync(path.join(tmpdir(), 'chakong-kafka-'));
  const made = `${archive}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const ports = [{ client: await freePort(), controller: await freePort() }];
    const node = await startNode({
      at: 0,
      name: 'kafka',
      home,
      jars,
      clusterId: newClusterId(),
      ports,
      log,
      flags: [`-XX:ArchiveClassesAtExit=${made}`],
    });
    await node.stop();
    if (existsSync(made)) renameSync(made, archive);
  } catch (error) {
    log(`Apache Kafka will start more slowly: ${error.message}`);
  } finally {
    rmSync(made, { force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** The rename is what makes the jars exist. Another run may have been faster; its jars are the same. */
function publish(temporary, folder) {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(error?.code)) throw error;
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>chakong</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * One or three Kafka nodes (KRaft, each broker and controller) of this installation alone.
 * @returns {Promise<{brokers: string[], jars: string, kept: Map<string, import('./kept.mjs').Kept>}>}
 */
export async function startKafka({ folder, nodes, log, onRestart }) {
  const jars = await ensureKafkaJars(log);
  const home = path.join(folder, 'kafka');
  mkdirSync(home, { recursive: true });
  const clusterId = idIn(path.join(home, 'cluster.id'));
  const ports = [];
  for (let node = 0; node < nodes; node += 1) ports.push({ client: await freePort(), controller: await freePort() });
  const kept = new Map();
  const started = ports.map(async (_, at) => {
    const name = nodes === 1 ? 'kafka' : `kafka-${at + 1}`;
    kept.set(name, await startNode({ at, name, home, jars, clusterId, ports, log, onRestart }));
  });
  try {
    await Promise.all(started);
  } catch (error) {
    await Promise.allSettled(started);
    for (const node of kept.values()) await node.stop();
    throw error;
  }
  return { brokers: ports.map(({ client }) => `127.0.0.1:${client}`), jars, kept };
}

async function startNode({
  at,
  name,
  home,
  jars,
  clusterId,
  ports,
  log,
  onRestart = () => undefined,
  flags = [`-XX:SharedArchiveFile=${archiveOf(jars)}`],
}) {
  const data = path.join(home, `node-${at + 1}`);
  const properties = path.join(home, `node-${at + 1}.properties`);
  writeFileSync(properties, propertiesOf(at, data, ports));
  const classPath = ['-cp', path.join(jars, '*')];
  if (!existsSync(path.join(data, 'meta.properties'))) {
    await runToEnd('java', [...classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties]);
  }
  return keepRunning({
    name,
    program: 'java',
    args: [...JVM, ...flags, `-Xmx${HEAP[ports.length] ?? HEAP[3]}`, ...classPath, 'kafka.Kafka', properties],
    port: ports[at].client,
    logFile: path.join(home, `node-${at + 1}.log`),
    readyMsMax: READY_MS_MAX,
    log,
    onRestart,
  });
}

/** Nothing is acknowledged before enough nodes have it, topics are made by us alone, and no node that lags may lead. */
function propertiesOf(at, data, ports) {
  const copies = Math.min(3, ports.length);
  const { client, controller } = ports[at];
  return [
    'process.roles=broker,controller',
    `node.id=${at + 1}`,
    `controller.quorum.voters=${ports.map((port, node) => `${node + 1}@127.0.0.1:${port.controller}`).join(',')}`,
    `listeners=PLAINTEXT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${client}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${data}`,
    `offsets.topic.replication.factor=${copies}`,
    'offsets.topic.num.partitions=4',
    `transaction.state.log.replication.factor=${copies}`,
    `transaction.state.log.min.isr=${copies === 3 ? 2 : 1}`,
    `default.replication.factor=${copies}`,
    `min.insync.replicas=${copies === 3 ? 2 : 1}`,
    'unclean.leader.election.enable=false',
    'auto.create.topics.enable=false',
    'group.initial.rebalance.delay.ms=0',
    '',
  ].join('\n');
}

function idIn(file) {
  if (!existsSync(file)) writeFileSync(file, newClusterId());
  return readFileSync(file, 'utf8');
}
