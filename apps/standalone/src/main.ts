import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { armFailPoint, errorText } from '#kernel';
import {
  freePortIfZero,
  KeptClock,
  layFoundation,
  layGround,
  operationsOf,
  startFailed,
  stopOnSignals,
  type DemoPassword,
  type Foundation,
} from '#foundation';
import { createHttpServer, JsonLog, limitCalls, mountOpenApi, mountOperations } from '#http';
import { OutboxDepth, type Relay } from '#messaging';
import { lockFolder } from '#persistence';
import { LedgerService } from '../../audit-ledger/src/index.js';
import { addLedgerMetrics, whyLedgerWaits } from '../../audit-ledger/src/ledger-metrics.js';
import { addGatewayMetrics } from '../../court-gateway/src/gateway-metrics.js';
import { BankHosts } from '../../bank-connector/src/bank-hosts.js';
import { addConnectorMetrics } from '../../bank-connector/src/connector-metrics.js';
import { GATEWAY_RELAY } from '../../court-gateway/src/gateway-parts.js';
import { compose } from './compose.js';
import { loadConfig, type StandaloneConfig } from './config.js';

import { playDemo, type DemoStage } from './demo/play-demo.js';
import { seed } from './seed.js';

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
  const foundation = await layFoundation(await layGround(config, time.clock, log));
  const composition = await compose(foundation, config, time, origin);
  const password = await seed(composition.gateway, config, write);
  const app = await createHttpServer(composition.module, log);
  let serving = false;
  const ledger = app.get(LedgerService, { strict: false });
  const reasons = (): readonly string[] => whyLedgerWaits(ledger);
  const operations = operationsOf({ ...foundation, serving: () => serving, reasons });
  const depth = app.get(OutboxDepth, { strict: false });
  const { registry } = operations;
  limitCalls(app, { registry, inFlightMax: config.callsInFlightMax, isBehind: () => depth.isOver });
  mountOpenApi(app);
  mountOperations(app, operations);
  addGatewayMetrics(registry, composition.gateway.database.reader, foundation.clock);
  addConnectorMetrics(registry, app.get(BankHosts, { strict: false }));
  addLedgerMetrics(registry, ledger, composition.ledgerReader);
  stopOnSignals(log, foundation.clock, async () => {
    await app.close();
    await foundation.bus.close();
    await foundation.close();
    lock.release();
  });
  toggleDeliveryOnSignal(app, config.holdDelivery);
  await app.listen({ port, host: '0.0.0.0' });
  serving = true;
  write(`查控 Chakong 已就绪：http://localhost:${port}  （数据目录 ${config.dataDir}）`);
  await present(config, foundation, origin, password);
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

/** The benches' switch: SIGUSR2 lets held delivery go, and holds it again. */
function toggleDeliveryOnSignal(app: NestFastifyApplication, heldAtStart: boolean): void {
  let held = heldAtStart;
  const relay = app.get<Relay>(GATEWAY_RELAY, { strict: false });
  process.on('SIGUSR2', () => {
    held = !held;
    relay.hold(held);
  });
}

start().catch((error: unknown) => startFailed('查控未能启动', error));
