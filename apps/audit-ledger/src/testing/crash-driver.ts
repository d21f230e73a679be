import path from 'node:path';
import { armFailPoint, FAIL_POINTS, SystemClock, type Log } from '#kernel';
import { InProcessBus } from '#messaging';
import { openSqlite } from '#persistence';
import { LedgerService } from '../ledger-service.js';
import { ledgerMigrations } from '../ledger-migrations.js';
import { FactSource } from './fact-source.js';

/**
 * A process of a source and the ledger, for the tests that kill it: `crash-driver <folder> <facts> [<fail-point> <hit>]`.
 * It records the facts, waits until a published checkpoint covers every fact that the source ever recorded, prints `done <size>` and ends;
 * an armed fail-point ends it before by SIGKILL.
 */
const WAIT_MS = 10;
const WAITS_MAX = 2_000;

const [folder = '', facts = '0', point, hit = '1'] = process.argv.slice(2);
const clock = new SystemClock();
const log: Log = {
  write: (level, event, fields) => {
    if (level !== 'debug' && level !== 'info') process.stderr.write(`${level} ${event} ${JSON.stringify(fields ?? {})}\n`);
  },
};
const armed = FAIL_POINTS.find((each) => each === point);

const bus = new InProcessBus(clock, log, { redeliver: true });
const database = await openSqlite({ file: path.join(folder, 'ledger.sqlite'), migrations: ledgerMigrations, time: clock, log });
const settings = { folder: path.join(folder, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
const ledger = new LedgerService({ database, bus, clock, log, tokens, settings });
const source = await FactSource.open({ file: path.join(folder, 'source.sqlite'), bus, clock, log });
await ledger.start();
source.relay.start();
if (armed) armFailPoint(armed, Number(hit));
for (let i = 0; i < Number(facts); i++) {
  await source.record(`01961f5e-7c00-7000-8000-${String(i % 7).padStart(12, '0')}`, `fact ${i}`);
  // A pause now and then, so that the facts fall into several batches.
  if (i % 20 === 19) await clock.realSleep(WAIT_MS);
}
const total = await source.count();
for (let i = 0; i < WAITS_MAX && ledger.published.of().head.size < total; i++) await clock.realSleep(WAIT_MS);
process.stdout.write(`done ${ledger.published.of().head.size} of ${total}\n`);
await source.close();
await ledger.stop();
await bus.close();
await database.close();
