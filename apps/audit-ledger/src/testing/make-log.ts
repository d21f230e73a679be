import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { systemEntropy, SystemClock, type Log } from '#kernel';
import { InProcessBus } from '#messaging';
import { openSqlite } from '#persistence';
import { ensureSm2KeyPair } from '#trust';
import { LedgerService } from '../ledger-service.js';
import { ledgerMigrations } from '../ledger-migrations.js';
import { readWitnessSettings } from '../witness-policy-file.js';
import { FactSource } from './fact-source.js';

/**
 * Makes a log by a real run, for readers that are not ours, or makes one longer: `make-log <folder> <facts> [<policy>]`. The facts are recorded,
 * relayed, staged and sequenced as in service, signed with SM2 too, and with a policy published as the strict profile does. Prints, as one line of JSON, the log's
 * folder, its size and `older`, the file with a checkpoint kept half-way. A checkpoint that is withheld ends it with what the witnesses said.
 */
const TOGETHER = 200;
const WAIT_MS = 10;
const WAITS_MAX = 6_000;

const [folder = '', count = '0', policyFile] = process.argv.slice(2);
const facts = Number(count);
if (folder === '' || !Number.isSafeInteger(facts) || facts < 2) throw new Error('usage: make-log <folder> <facts, at least 2> [<policy>]');

const clock = new SystemClock();
let witnessSaid = '';
const log: Log = {
  write: (_level, event, fields) => {
    if (event.startsWith('witness-')) witnessSaid = `${event} ${JSON.stringify(fields ?? {})}`;
  },
};
const bus = new InProcessBus(clock, log, { redeliver: true });
const database = await openSqlite({
  file: path.join(folder, 'ledger.sqlite'),
  migrations: ledgerMigrations,
  time: clock,
  log,
});
const settings = {
  folder: path.join(folder, 'ledger'),
  originBase: 'gateway.test/ledger',
  signingKey: Buffer.alloc(32, 5),
  sm2: await ensureSm2KeyPair(path.join(folder, 'ledger-sm2.pem'), systemEntropy),
  witnesses: policyFile === undefined ? undefined : await readWitnessSettings({ file: policyFile, profile: 'strict' }),
};
const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
const ledger = new LedgerService({ database, bus, clock, log, tokens, settings });
const source = await FactSource.open({ file: path.join(folder, 'source.sqlite'), bus, clock, log });

async function record(from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += TOGETHER) {
    const batch = Array.from({ length: Math.min(TOGETHER, to - at) }, (_, i) => `request-${Math.floor((at + i) / 5)}`);
    await Promise.all(batch.map((request, i) => source.record(request, `fact ${at + i}`)));
  }
  for (let i = 0; i < WAITS_MAX && size() < begun + to; i++) {
    // A busy machine makes a witness late, and it is asked again; a refusal stays one.
    if (ledger.withheldBy() !== undefined && !witnessSaid.includes('no answer within'))
      throw new Error(`${ledger.withheldBy()}: ${witnessSaid}`);
    await clock.realSleep(WAIT_MS);
  }
  if (size() < begun + to) throw new Error(`the log holds ${size()} of ${begun + to} facts`);
}

function size(): number {
  return ledger.published.of().head.size;
}

await ledger.start();
source.relay.start();
const begun = size();
const half = Math.floor(facts / 2);
await record(0, half);
const { origin } = ledger.published.of().head;
const made = path.join(settings.folder, path.basename(origin));
const older = path.join(folder, 'older-checkpoint');
await copyFile(path.join(made, 'checkpoint'), older);
await record(half, facts);
process.stdout.write(`${JSON.stringify({ log: made, older, size: size() })}\n`);
await source.close();
await ledger.stop();
await bus.close();
await database.close();
