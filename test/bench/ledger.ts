import path from 'node:path';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { checkpointSize, importCases, untilCovered, waitingFacts } from './facts.js';
import type { BenchOptions } from './options.js';
import { openReference } from './reference-store.js';
import type { BenchResult } from './result.js';
import { Samples } from './samples.js';
import { say } from './say.js';
import { measureBesideTessera } from './tessera.js';
import type { StoreReading } from './store-reading.js';
import { insertMany } from '#persistence';

/** Facts per second of measuring that are made beforehand: the aim of the ledger, or what an import on a server makes in bearable time. */
const FACTS_PER_SECOND = { embedded: 10_000, distributed: 1_000 } as const;
const FACTS_MAX = 100_000;
/** Rows of one transaction of the reference: what the relay hands over at once. */
const REFERENCE_ROWS = 500;
const LATENCY_SAMPLES = 60;

/**
 * Facts wait in the gateway's outbox, made by a real import of cases while delivery is held back. Let go, they travel through relay
 * and bus into the log; the clock stops when a signed checkpoint covers the last of them.
 */
export async function runLedger(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const bench = await startBenchSystem(true, options);
  try {
    await bench.sayStanding('before the import');
    await importCases(bench.system, Math.min(FACTS_MAX, seconds * FACTS_PER_SECOND[options.profile]));
    await bench.sayStanding('after the import');
    const reading = await bench.readStore('facts');
    const waiting = await reading.look(waitingFacts);
    const sizeBefore = await checkpointSize(bench.system);
    say(`${waiting} facts wait; the log holds ${sizeBefore}`);

    const started = performance.now();
    bench.toggleDelivery();
    const size = await untilCovered(bench.system, sizeBefore + waiting);
    const ratePerSec = waiting / ((performance.now() - started) / 1000);
    await bench.sayStanding('all covered');
    const times = await checkpointTimes(bench);
    const reference = await rawInsert(bench, reading);
    const peers = await measureBesideTessera(seconds);
    return {
      ...(peers && { besideTessera: peers }),
      ratePerSec,
      p50Ms: times.quantile(0.5),
      p99Ms: times.quantile(0.99),
      lost: Math.max(0, sizeBefore + waiting - size),
      doubled: Math.max(0, size - sizeBefore - waiting),
      commitsPerOrder: null,
      reference: { name: `insert-same-leaves-${REFERENCE_ROWS}-a-transaction`, ratePerSec: reference },
    };
  } finally {
    await bench.end();
  }
}

/** From a committed write (its answer is here) to a signed checkpoint that has grown, one after another on an idle system. */
async function checkpointTimes({ system }: BenchSystem): Promise<Samples> {
  const samples = new Samples();
  for (let n = 0; n < LATENCY_SAMPLES; n += 1) {
    const size = await checkpointSize(system);
    const body = {
      caseNumber: `(2026)鄂0106执保${900_000 + n}号`,
      courtCode: '420106',
      filedOn: '2026-01-05',
      ceiling: { amount: '1.00', currency: 'CNY' },
      parties: [{ role: 'debtor', kind: 'organisation', name: `武汉某${n}公司`, idType: '20', idNumber: String(n).padStart(9, '0') }],
    };
    await system.as('officer').write('POST', '/api/v1/cases', body);
    const committed = performance.now();
    await untilCovered(system, size + 1);
    samples.add(performance.now() - committed, 0);
  }
  return samples;
}

/** The same leaves put into one table, as many a transaction as the relay hands over at once. */
async function rawInsert(bench: BenchSystem, reading: StoreReading): Promise<number> {
  const leaves = await reading.look(({ reader, at }) =>
    reader.all<{ leaf_hash: string; leaf: Buffer }>(`SELECT leaf_hash, leaf FROM ${at('facts')}`),
  );
  const database = await openReference(bench.referencePlace(), path.join(bench.folder.path, 'leaves.sqlite'), [
    'CREATE TABLE leaves (seq {sequence}, leaf_hash {id} NOT NULL, leaf {bytes} NOT NULL)',
    'CREATE UNIQUE INDEX leaves_hash ON leaves (leaf_hash)',
  ]);
  const started = performance.now();
  for (let from = 0; from < leaves.length; from += REFERENCE_ROWS) {
    await database.run((tx) => insertMany(tx, 'leaves', leaves.slice(from, from + REFERENCE_ROWS)));
  }
  const seconds = (performance.now() - started) / 1000;
  await database.close();
  return leaves.length / seconds;
}
