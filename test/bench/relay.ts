import { setTimeout as pause } from 'node:timers/promises';
import { Inquiries, report } from './accept.js';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { drain } from './drain.js';
import { checkpointSize, importCases, untilCovered, waitingFacts } from './facts.js';
import { openLoad } from './load.js';
import type { BenchOptions } from './options.js';
import { measureRelayReference, RELAY_REFERENCE } from './relay-reference.js';
import type { BenchResult } from './result.js';
import { say } from './say.js';
import { headersOf, prepareSubjects } from './setting.js';

/** Rows of the backlog per second of measuring. */
const ROWS_PER_SECOND = 1_000;
const ROWS_MAX = 100_000;
const ACCEPT_RATE_PER_SEC = 200;
const LOOK_EVERY_MS = 50;
const DRAIN_MS_MAX = 300_000;

/**
 * Rows wait in the gateway's outbox, made by an import of cases while delivery is held back, and are let go with the whole system at work
 * behind them. Then a second backlog drains while requests are accepted at a steady rate: `p50Ms` and `p99Ms` are theirs.
 */
export async function runRelay(options: BenchOptions): Promise<BenchResult> {
  const bench = await startBenchSystem(true, options);
  try {
    const { system } = bench;
    const subjects = await prepareSubjects(system);
    const count = Math.min(ROWS_MAX, options.seconds * ROWS_PER_SECOND);
    await importCases(system, count);
    const reading = await bench.readStore('backlog');
    const waiting = await reading.look(waitingFacts);
    const sizeBefore = await checkpointSize(system);
    await bench.sayStanding('before');
    const started = performance.now();
    bench.toggleDelivery();
    await untilPublished(bench);
    const ratePerSec = waiting / ((performance.now() - started) / 1000);
    const size = await untilCovered(system, sizeBefore + waiting);
    await bench.sayStanding('published');
    say(`${waiting} rows published and marked, ${ratePerSec.toFixed(0)}/s; the log has grown by ${size - sizeBefore}`);

    const headers = { officer: await headersOf(system, 'officer'), officer2: await headersOf(system, 'officer2') };
    const load = new Inquiries(subjects, headers);
    const idle = await openLoad(bench.ports, ACCEPT_RATE_PER_SEC, options.seconds, load);
    report(`accept ${ACCEPT_RATE_PER_SEC}/s, no backlog`, idle);
    bench.toggleDelivery();
    await importCases(system, count, count);
    bench.toggleDelivery();
    const seconds = Math.max(2, Math.floor(count / ratePerSec));
    const busy = await openLoad(bench.ports, ACCEPT_RATE_PER_SEC, seconds, load);
    report(
      `accept ${ACCEPT_RATE_PER_SEC}/s, backlog ${(await bench.hasUnpublished()) ? 'still there' : 'drained'} after ${seconds} s`,
      busy,
    );
    for (const [reason, times] of load.refused) say(`refused ${times} times: ${reason}`);
    const drained = await drain(system, ['hubeibank', 'hankoubank'], load.promised);
    return {
      ratePerSec,
      p50Ms: busy.latencies.quantile(0.5),
      p99Ms: busy.latencies.quantile(0.99),
      lost: drained.lost + Math.max(0, sizeBefore + waiting - size),
      doubled: drained.doubled + Math.max(0, size - sizeBefore - waiting),
      commitsPerOrder: null,
      reference: { name: RELAY_REFERENCE, ratePerSec: await measureRelayReference(bench, reading) },
    };
  } finally {
    await bench.end();
  }
}

async function untilPublished(bench: BenchSystem): Promise<void> {
  const end = performance.now() + DRAIN_MS_MAX;
  while (await bench.hasUnpublished()) {
    if (performance.now() > end) return say('NOT all published: gave up waiting');
    await pause(LOOK_EVERY_MS);
  }
}
