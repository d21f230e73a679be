import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog, SystemClock } from '#kernel';
import { InProcessBus, type Message } from '#messaging';
import { openSqlite } from '#persistence';
import { LedgerService } from '../ledger-service.js';
import { ledgerMigrations } from '../ledger-migrations.js';
import { FactSource } from './fact-source.js';

/**
 * How fast the ledger is on this machine, in two figures: facts per second from the staging table to a published checkpoint, and from the bus.
 * `node deploy/local/run.mjs apps/audit-ledger/src/testing/measure.js [facts]`
 */
const facts = Number(process.argv[2] ?? '50000');
const folder = await mkdtemp(path.join(tmpdir(), 'ledger-measure-'));
const clock = new SystemClock();
const options = { time: clock, log: silentLog };

/** The messages of as many facts, recorded beforehand. */
async function recorded(): Promise<Message[]> {
  const sent: Message[] = [];
  const collecting = { publish: (batch: readonly Message[]) => Promise.resolve(void sent.push(...batch)) };
  const bus = Object.assign(new InProcessBus(clock, silentLog), collecting);
  const source = await FactSource.open({ file: path.join(folder, 'source.sqlite'), bus, clock, log: silentLog });
  source.relay.start();
  for (let i = 0; i < facts; i += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, j) => source.record(`request-${(i + j) % Math.ceil(facts / 5)}`, 'measured')));
  }
  while (sent.length < facts) await clock.realSleep(10);
  await source.close();
  return sent;
}

async function run(
  name: string,
  feed: (bus: InProcessBus, ledger: LedgerService, messages: readonly Message[]) => Promise<number>,
): Promise<void> {
  const database = await openSqlite({ file: path.join(folder, name, 'ledger.sqlite'), migrations: ledgerMigrations, ...options });
  const bus = new InProcessBus(clock, silentLog);
  const settings = { folder: path.join(folder, name, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
  const ledger = new LedgerService({
    database,
    bus,
    clock,
    log: silentLog,
    tokens: { verify: () => Promise.reject(new Error('none')) },
    settings,
  });
  const started = await feed(bus, ledger, messages);
  while (ledger.published.of().head.size < facts) await clock.realSleep(5);
  const seconds = (clock.monotonicMs() - started) / 1000;
  process.stdout.write(`${name}: ${facts} facts in ${seconds.toFixed(2)} s, ${Math.round(facts / seconds)}/s\n`);
  await ledger.stop();
  await bus.close();
  await database.close();
}

const messages = await recorded();
await run('from-staging', async (_bus, ledger, all) => {
  await ledger.stage(all);
  const started = clock.monotonicMs();
  await ledger.start();
  return started;
});
await run('from-bus', async (bus, ledger, all) => {
  await ledger.start();
  const started = clock.monotonicMs();
  for (let at = 0; at < all.length; at += 5_000) await bus.publish(all.slice(at, at + 5_000));
  return started;
});
await rm(folder, { recursive: true });
