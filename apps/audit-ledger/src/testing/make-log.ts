import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, SystemClock } from '#kernel';
import { InProcessBus } from '#messaging';
import { openSqlite } from '#persistence';
import { LedgerService } from '../ledger-service.js';
import { ledgerMigrations } from '../ledger-migrations.js';
import { FactSource } from './fact-source.js';

/**
 * Makes a log by a real run, for readers that are not ours: `make-log <folder> <facts>`. The facts are recorded, relayed, staged and
 * sequenced as in service. Prints, as one line of JSON, the log's folder, its size and `older`, the file with a checkpoint kept half-way.
 */
const TOGETHER = 200;
const WAIT_MS = 10;
const WAITS_MAX = 6_000;

const [folder = '', count = '0'] = process.argv.slice(2);
const facts = Number(count);
if (folder === '' || !Number.isSafeInteger(facts) || facts < 2) throw new Error('usage: make-log <folder> <facts, at least 2>');

const clock = new SystemClock();
const bus = new InProcessBus(clock, silentLog, { redeliver: true });
const database = await openSqlite({
  file: path.join(folder, 'ledger.sqlite'),
  migrations: ledgerMigrations,
  time: clock,
  log: silentLog,
});
const settings = { folder: path.join(folder, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
const ledger = new LedgerService({ database, bus, clock, log: silentLog, tokens, settings });
const source = await FactSource.open({ file: path.join(folder, 'source.sqlite'), bus, clock, log: silentLog });

async function record(from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += TOGETHER) {
    const batch = Array.from({ length: Math.min(TOGETHER, to - at) }, (_, i) => `request-${Math.floor((at + i) / 5)}`);
    await Promise.all(batch.map((request, i) => source.record(request, `fact ${at + i}`)));
  }
  for (let i = 0; i < WAITS_MAX && ledger.published.of().head.size < to; i++) await clock.realSleep(WAIT_MS);
  if (ledger.published.of().head.size < to) throw new Error(`the log holds ${ledger.published.of().head.size} of ${to} facts`);
}

await ledger.start();
source.relay.start();
const half = Math.floor(facts / 2);
await record(0, half);
const { origin } = ledger.published.of().head;
const log = path.join(settings.folder, path.basename(origin));
const older = path.join(folder, 'older-checkpoint');
await copyFile(path.join(log, 'checkpoint'), older);
await record(half, facts);
process.stdout.write(`${JSON.stringify({ log, older, size: ledger.published.of().head.size })}\n`);
await source.close();
await ledger.stop();
await bus.close();
await database.close();
