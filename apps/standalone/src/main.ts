import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { armFailPoint, errorText, type Log } from '#kernel';
import { createHttpServer, JsonLog, mountOperations } from '#http';
import { lockFolder } from '#persistence';
import { mountOpenApi } from '../../court-gateway/src/adapters/http/openapi.js';
import { GATEWAY_RELAY } from '../../court-gateway/src/gateway-parts.js';
import { seedDemo } from '../../court-gateway/src/use-cases/seed-demo/seed-demo.js';
import type { Relay } from '#messaging';
import { KeptClock } from './clock-file.js';
import { compose, type Composition } from './compose.js';
import { loadConfig, type StandaloneConfig } from './config.js';
import { demoPassword, type DemoPassword } from './demo-password.js';
import { playDemo, type DemoStage } from './demo/play-demo.js';
import { freePortIfZero } from './free-port.js';
import { operationsOf } from './operations.js';
import { LedgerService } from '../../audit-ledger/src/index.js';
import { layFoundation, type Foundation } from './foundation.js';

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** Everything embedded in one process: keys, stores, apps, banks, and the played demo. */
async function start(): Promise<void> {
  const config = loadConfig();
  if (config.failPoint) armFailPoint(config.failPoint.point, config.failPoint.atHit);
  const log = new JsonLog('standalone', config.logLevel);
  const lock = lockFolder(join(config.dataDir, 'in-use'));
  const time = await KeptClock.open(config.dataDir);
  const port = await freePortIfZero(config.port);
  const origin = `http://127.0.0.1:${port}`;
  const foundation = await layFoundation(config.dataDir, time.clock, log);
  const composition = await compose(foundation, config, time, origin);
  const password = await seed(composition, config, foundation);
  const app = await createHttpServer(composition.module, log);
  mountOpenApi(app);
  let serving = false;
  const ledger = app.get(LedgerService, { strict: false });
  const ledgerStates = { ledgerHaltedBy: () => ledger.haltedBy(), ledgerWithheldBy: () => ledger.withheldBy() };
  mountOperations(app, operationsOf({ ...foundation, ...ledgerStates, serving: () => serving }));
  stopOnSignals(app, foundation, log, () => lock.release());
  toggleDeliveryOnSignal(app, config.holdDelivery);
  await app.listen({ port, host: '0.0.0.0' });
  serving = true;
  write(`查控 Chakong 已就绪：http://localhost:${port}  （数据目录 ${config.dataDir}）`);
  await present(config, foundation, origin, password);
}

/** Demo users and registers, and the line that shows a new password once. */
async function seed({ gateway }: Composition, config: StandaloneConfig, { entropy }: Foundation): Promise<DemoPassword | undefined> {
  if (config.demo === 'off') return undefined;
  const users = await gateway.database.reader.one<{ n: number }>('SELECT count(*) AS n FROM users');
  const password = await demoPassword(config.dataDir, config.demoPassword, users?.n === 0, entropy);
  if (!password) return undefined;
  await seedDemo(gateway, { password: password.text, mode: config.demo });
  write(`演示用户：officer officer2 judge leader auditor clerk.wrcb reviewer.wrcb admin`);
  write(`演示密码：${config.demoPassword === undefined ? password.text : '（取自 CHAKONG_DEMO_PASSWORD）'}`);
  return password;
}

async function present(
  config: StandaloneConfig,
  foundation: Foundation,
  origin: string,
  password: DemoPassword | undefined,
): Promise<void> {
  const { dataDir, demo } = config;
  const played = demo !== 'play' || !password || (await play({ origin, dataDir, password: password.text, clock: foundation.clock, write }));
  // A play that was cut off needs the password again at the next start.
  if (played) await password?.forget();
  for (const line of nextSteps(origin)) write(line);
}

/** A play that fails says where; the system goes on serving, and the next start goes on from that step. */
async function play(stage: DemoStage): Promise<boolean> {
  try {
    await playDemo(stage);
    return true;
  } catch (error) {
    process.stderr.write(`演示未完成，下次启动将从此处继续：${errorText(error)}\n`);
    return false;
  }
}

function nextSteps(origin: string): readonly string[] {
  return [
    '',
    '接下来可以：',
    `  接口文档      ${origin}/api/docs`,
    `  登录          curl -s ${origin}/api/v1/auth/token -H 'content-type: application/json' -d '{"username":"officer","password":"…"}'`,
    `  账本检查点    curl -s ${origin}/ledger/checkpoint`,
    `  独立验证账本  npm run -s verify -- --log ${origin}/ledger`,
    `  运行指标      curl -s ${origin}/metrics`,
  ];
}

/** SIGTERM and SIGINT end the process in order: no new calls, running work done, stores closed. */
function stopOnSignals(app: NestFastifyApplication, foundation: Foundation, log: Log, release: () => void): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    app
      .close()
      .then(() => foundation.bus.close())
      .then(() => foundation.close())
      .then(
        () => {
          release();
          process.exit(0);
        },
        (error: unknown) => {
          log.write('error', 'stop-failed', { reason: errorText(error) });
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** The benches' switch: SIGUSR2 lets held delivery go, and holds it again. */
function toggleDeliveryOnSignal(app: NestFastifyApplication, heldAtStart: boolean): void {
  let held = heldAtStart;
  const relay = app.get<Relay>(GATEWAY_RELAY, { strict: false });
  process.on('SIGUSR2', () => {
    held = !held;
    relay.hold(held);
  });
}

start().catch((error: unknown) => {
  process.stderr.write(`查控未能启动：${errorText(error)}\n${error instanceof Error ? (error.stack ?? '') : ''}\n`);
  process.exit(1);
});
