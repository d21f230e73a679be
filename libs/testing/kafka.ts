import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, invariant } from '#kernel';
import { freePorts, tempDir, type TempDir } from './places.js';

const STOP_MS_MAX = 20_000;
const OUTPUT_CHARS_MAX = 100_000;
/** Any 16 bytes in base64url: all nodes of a test's cluster share it. */
const CLUSTER_ID = 'Y2hha29uZy10ZXN0LWtmaw';

/** The broker that runs for the tests (`CHAKONG_TEST_KAFKA`, `host:port` by commas), or undefined: then its cases are skipped by name. */
export function testKafka(): readonly string[] | undefined {
  const brokers = process.env['CHAKONG_TEST_KAFKA'];
  return brokers ? brokers.split(',') : undefined;
}

/** The folder of Kafka's jars (`CHAKONG_TEST_KAFKA_JARS`) for tests that kill brokers of their own, or undefined. */
export function testKafkaJars(): string | undefined {
  return process.env['CHAKONG_TEST_KAFKA_JARS'] || undefined;
}

/** Makes the clients' listener speak TLS and ask for a certificate; PEM texts. */
export interface TestKafkaTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Node {
  readonly id: number;
  readonly port: number;
  readonly folder: string;
  child: ChildProcess | undefined;
}

/** Kafka nodes (KRaft, broker and controller in one) that a test may kill and start again. Pair with `stop()`. */
export class TestKafkaCluster {
  private constructor(
    private readonly jars: string,
    private readonly dir: TempDir,
    private readonly nodes: readonly Node[],
    private readonly tls: TestKafkaTls | undefined,
  ) {}

  /** Formats and starts the nodes; they are up when a client can reach them, which takes some seconds. */
  static async start(jars: string, count = 1, tls?: TestKafkaTls): Promise<TestKafkaCluster> {
    const dir = await tempDir('kafka');
    const ports = await freePorts(count * 2);
    const nodes = Array.from({ length: count }, (_, index): Node => {
      const port = ports[index];
      invariant(port !== undefined, 'every node has a port');
      return { id: index + 1, port, folder: path.join(dir.path, `node-${index + 1}`), child: undefined };
    });
    const cluster = new TestKafkaCluster(jars, dir, nodes, tls);
    const voters = nodes.map(({ id }, index) => `${id}@127.0.0.1:${ports[count + index]}`).join(',');
    for (const [index, node] of nodes.entries()) await cluster.format(node, ports[count + index] ?? 0, voters);
    for (const { id } of nodes) cluster.run(id);
    return cluster;
  }

  brokers(): readonly string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** Starts a node that was killed, on its old data. */
  run(id = 1): void {
    const node = this.node(id);
    node.child = this.java(['-Xmx384m', '-cp', `${this.jars}/*`, 'kafka.Kafka', path.join(node.folder, 'server.properties')]);
  }

  /** kill -9, and waits until the node is gone. */
  async kill(id = 1): Promise<void> {
    const node = this.node(id);
    const { child } = node;
    node.child = undefined;
    if (child) await ended(child, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(({ id }) => this.kill(id)));
    await this.dir.remove();
  }

  private node(id: number): Node {
    const node = this.nodes[id - 1];
    invariant(node, `there is a node ${id}`);
    return node;
  }

  private async format(node: Node, controllerPort: number, voters: string): Promise<void> {
    await mkdir(node.folder, { recursive: true });
    const replicas = Math.min(3, this.nodes.length);
    const settings = path.join(node.folder, 'server.properties');
    await writeFile(
      settings,
      [
        'process.roles=broker,controller',
        `node.id=${node.id}`,
        `controller.quorum.voters=${voters}`,
        `listeners=CLIENTS://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${controllerPort}`,
        `listener.security.protocol.map=CLIENTS:${this.tls ? 'SSL' : 'PLAINTEXT'},CONTROLLER:PLAINTEXT`,
        'inter.broker.listener.name=CLIENTS',
        ...(await this.tlsSettings(node)),
        'controller.listener.names=CONTROLLER',
        `log.dirs=${path.join(node.folder, 'data')}`,
        `offsets.topic.replication.factor=${replicas}`,
        'offsets.topic.num.partitions=4',
        `transaction.state.log.replication.factor=${replicas}`,
        'transaction.state.log.min.isr=1',
        'group.initial.rebalance.delay.ms=0',
        'auto.create.topics.enable=false',
        '',
      ].join('\n'),
    );
    const child = this.java(['-cp', `${this.jars}/*`, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', settings]);
    await ended(child);
  }

  private async tlsSettings({ folder }: Node): Promise<readonly string[]> {
    if (!this.tls) return [];
    const [store, trusted] = [path.join(folder, 'node.pem'), path.join(folder, 'ca.pem')];
    await writeFile(store, this.tls.key + this.tls.cert);
    await writeFile(trusted, this.tls.ca);
    const stores = [`ssl.keystore.location=${store}`, `ssl.truststore.location=${trusted}`];
    return ['ssl.keystore.type=PEM', 'ssl.truststore.type=PEM', 'ssl.client.auth=required', ...stores];
  }

  private java(args: readonly string[]): ChildProcess {
    return spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.dir.path });
  }
}

/** Waits for the end of a child, after a signal where one is given; its last words are in the error when it fails by itself. */
async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (signal) child.kill(signal);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('timed-out', `java did not end:\n${output.slice(-2000)}`)), STOP_MS_MAX);
  });
  const code = await Promise.race([gone, late]);
  clearTimeout(timer);
  if (!signal && code !== 0) throw new AppError('unavailable', `java ended with ${String(code)}:\n${output.slice(-2000)}`);
}
