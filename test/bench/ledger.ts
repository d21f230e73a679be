import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLog, SystemClock } from '#kernel';
import { openSqlite, type Reader } from '#persistence';
import { eventually, type TestSystem } from '#testing';
import { say, startBenchSystem, type BenchSystem } from './bench-system.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';
import { readStore, withReader } from './row-shapes.js';
import { Samples } from './samples.js';

/** Facts per second of measuring that are made beforehand: the aim of the ledger. */
const FACTS_PER_SECOND = 10_000;
const FACTS_MAX = 100_000;
const IMPORT_MS_MAX = 900_000;
const LOOK_EVERY_MS = 5;
const STALL_MS_MAX = 30_000;
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
    const memoryBefore = await residentMiB(bench.system.process.pid);
    await importCases(bench.system, Math.min(FACTS_MAX, seconds * FACTS_PER_SECOND));
    say(`import: memory of the process ${memoryBefore} → ${await residentMiB(bench.system.process.pid)} MiB`);
    const copy = path.join(bench.folder.path, 'facts');
    await readStore(bench.dataDir, 'gateway', copy);
    const waiting = await withReader(copy, waitingFacts);
    const sizeBefore = await checkpointSize(bench.system);
    say(`${waiting} facts wait; the log holds ${sizeBefore}`);

    const started = performance.now();
    bench.release();
    const size = await untilCovered(bench.system, sizeBefore + waiting);
    const ratePerSec = waiting / ((performance.now() - started) / 1000);
    const times = await checkpointTimes(bench);
    const reference = await rawInsert(copy, bench.folder.path);
    return {
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

/** Resident memory in MiB, where the operating system tells; otherwise NaN. */
async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}

async function importCases(system: TestSystem, count: number): Promise<void> {
  const header = 'caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber';
  const line = (n: number): string =>
    `(2026)鄂0106执${100_000 + n}号,420106,2026-01-05,1000.00,CNY,debtor,organisation,武汉第${n}号贸易有限公司,20,${String(n).padStart(9, '0')}`;
  const raw = [header, ...Array.from({ length: count }, (_, n) => line(n)), ''].join('\n');
  const reply = await system
    .as('officer')
    .send<{ id: string }>('POST', '/api/v1/cases/import', { raw, headers: { 'content-type': 'text/csv' } });
  if (reply.status !== 202) throw new Error(`the import was refused: ${reply.status} ${reply.bytes.toString('utf8').slice(0, 500)}`);
  const state = await eventually(async () => {
    await pause(LOOK_EVERY_MS * 40);
    const found = await system
      .as('officer')
      .read<{ status: string; casesCreated: number; refused: readonly unknown[] }>(`/api/v1/imports/${reply.body.id}`);
    return found.status === 'running' || found.status === 'queued' ? undefined : found;
  }, IMPORT_MS_MAX);
  if (state.casesCreated !== count)
    say(`import: ${state.status}, ${state.casesCreated} of ${count} cases; ${JSON.stringify(state.refused.slice(0, 3))}`);
}

async function waitingFacts(reader: Reader): Promise<number> {
  const row = await reader.one<{ n: number }>("SELECT COUNT(*) AS n FROM outbox WHERE topic = 'facts.v1' AND published_at IS NULL");
  return row?.n ?? 0;
}

async function checkpointSize(system: TestSystem): Promise<number> {
  const reply = await system.anonymous.get<string>('/ledger/checkpoint');
  return reply.status === 200 ? Number(String(reply.body).split('\n')[1]) : 0;
}

/** The size once it has reached the aim, or once it has stood still for half a minute. */
async function untilCovered(system: TestSystem, aim: number): Promise<number> {
  let size = -1;
  let movedAt = performance.now();
  while (performance.now() - movedAt < STALL_MS_MAX) {
    const now = await checkpointSize(system);
    if (now !== size) movedAt = performance.now();
    size = now;
    if (size >= aim) return size;
    await pause(LOOK_EVERY_MS);
  }
  return size;
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
async function rawInsert(copy: string, folder: string): Promise<number> {
  const leaves = await withReader(copy, (reader) => reader.all<{ leaf_hash: string; leaf: Buffer }>('SELECT leaf_hash, leaf FROM facts'));
  const database = await openSqlite({
    file: path.join(folder, 'reference.sqlite'),
    migrations: [
      {
        name: '0001-leaves',
        statements: [
          'CREATE TABLE leaves (seq {sequence}, leaf_hash {id} NOT NULL, leaf {bytes} NOT NULL)',
          'CREATE UNIQUE INDEX leaves_hash ON leaves (leaf_hash)',
        ],
      },
    ],
    time: new SystemClock(),
    log: silentLog,
  });
  const started = performance.now();
  for (let from = 0; from < leaves.length; from += REFERENCE_ROWS) {
    await database.run(async (tx) => {
      for (const { leaf_hash, leaf } of leaves.slice(from, from + REFERENCE_ROWS))
        await tx.run('INSERT INTO leaves (leaf_hash, leaf) VALUES (?, ?)', [leaf_hash, leaf]);
    });
  }
  const seconds = (performance.now() - started) / 1000;
  await database.close();
  return leaves.length / seconds;
}
