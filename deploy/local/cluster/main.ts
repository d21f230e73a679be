import { join } from 'node:path';
import { errorText, SystemClock } from '#kernel';
import { freePortIfZero } from '#foundation';
import { lockFolder } from '#persistence';
import { startServices } from '../services/index.mjs';
import { Cluster } from './cluster.js';
import { parseClusterOptions, USAGE, type ClusterOptions } from './options.js';

const USAGE_EXIT_CODE = 2;
const DEMO_MODES = ['play', 'seed', 'off'];
const DEFAULT_PORT = 3000;

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** Broker and database, then every app as a process of its own, then the demo; until SIGTERM. */
async function run(options: ClusterOptions): Promise<void> {
  const time = new SystemClock();
  const demo = process.env['CHAKONG_DEMO'] || 'play';
  if (!DEMO_MODES.includes(demo)) throw new Error(`CHAKONG_DEMO is one of ${DEMO_MODES.join(', ')}, not "${demo}"`);
  const lock = lockFolder(join(options.dataDir, 'in-use'));
  let cluster: Cluster | undefined;
  const services = await startServices({
    kafkaNodes: options.kafkaNodes,
    folder: join(options.dataDir, 'services'),
    log: complain,
    onRestart: () => cluster?.sayPids(),
  });
  stopOnSignals(async () => {
    await cluster?.stop();
    await services.stop();
    lock.release();
  });
  try {
    const port = await freePortIfZero(Number(process.env['PORT'] || DEFAULT_PORT));
    const servers = { databaseUrl: services.databaseUrl, brokers: services.kafkaBrokers };
    cluster = await Cluster.start({ options, servers, serverPids: () => services.pids, port, demo, time, write });
  } catch (error) {
    await services.stop();
    throw error;
  }
  process.on('SIGUSR2', () => cluster?.arm());
  present(cluster);
  if (demo === 'play') await play(cluster);
}

/** One line for programs: everything an outsider needs to use the cluster and to kill parts of it. */
function present(cluster: Cluster): void {
  const { ledger, desk, sim } = cluster.addresses;
  write(`ready ${JSON.stringify({ court: cluster.court, ledger, desk, sim, pids: cluster.pids(), origins: cluster.origins })}`);
}

/** A play that fails says where; the cluster goes on serving, and the next start goes on from that step. */
async function play(cluster: Cluster): Promise<void> {
  try {
    await cluster.play();
  } catch (error) {
    complain(`演示未完成，下次启动将从此处继续：${errorText(error)}`);
  }
  for (const line of nextSteps(cluster)) write(line);
}

function nextSteps({ court, addresses }: Cluster): readonly string[] {
  return [
    '',
    '接下来可以：',
    `  接口文档      ${court}/api/docs`,
    `  账本检查点    curl -s ${addresses.ledger}/ledger/checkpoint`,
    `  独立验证账本  npm run -s verify -- --log ${addresses.ledger}/ledger`,
    `  停止          Ctrl-C，或向本进程发送 SIGTERM`,
  ];
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(`集群未能正常停止：${errorText(error)}`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', once);
  process.once('SIGINT', once);
}

const options = parseClusterOptions(process.argv.slice(2), process.env);
if (typeof options === 'string') {
  complain(`${options}\n${USAGE}`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  run(options).catch((error: unknown) => {
    complain(`集群未能启动：${errorText(error)}`);
    process.exit(1);
  });
}
