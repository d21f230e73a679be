import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { Batches, orderNumbersOf } from './bulk.js';
import { cpuPerOrder, sayCpuAtRest } from './cpu-time.js';
import { drain } from './drain.js';
import { closedLoad, type Load } from './load.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';
import { Samples } from './samples.js';
import { say } from './say.js';
import { AUTOMATIC_BANKS, headersOf, ORDERS_PER_ITEM, prepareSubjects } from './setting.js';

const CLIENTS = 4;
const ITEMS_PER_CALL = 20;
/** Posting stops for a while when this many orders are unanswered, so that the rate is the system's and not the backlog's. */
const OPEN_ORDERS_MAX = 3_000;
const LOOK_EVERY_MS = 200;
const WARM_UP_CALLS = 5;
/** How often a long run tells what its processes hold, so that growth shows. */
const TELL_EVERY_MS = 30_000;
/** Requests whose own times are read for the quantiles. */
const TIMED_REQUESTS_MAX = 400;

interface RequestView {
  readonly at: string;
  readonly orders: readonly { readonly answeredAt?: string }[];
}

/** Whole lives of orders: posted, delivered to three automatic banks, answered, answers applied. */
export async function runOrders(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const bench = await startBenchSystem(false, options);
  try {
    const { system, ports } = bench;
    const subjects = await prepareSubjects(system);
    const batches = new Batches(subjects, await headersOf(system, 'officer'), ITEMS_PER_CALL);
    const warmUp = new Batches(subjects, await headersOf(system, 'officer'), ITEMS_PER_CALL);
    await closedLoad(ports, 1, seconds, upTo(warmUp, WARM_UP_CALLS));
    await untilAnswered(bench);

    await sayCpuAtRest(() => bench.cpuTimes());
    await bench.sayStanding('before');
    const commitsBefore = await bench.commits();
    const statementsBefore = await bench.statements();
    const cpuBefore = bench.cpuTimes();
    const started = performance.now();
    const postedSeconds = await post(bench, batches, seconds);
    await untilAnswered(bench);
    const total = (performance.now() - started) / 1000;
    const cpuAfter = bench.cpuTimes();
    const commitsAfter = await bench.commits();
    const statementsAfter = await bench.statements();
    await bench.sayStanding('after');
    for (const [reason, times] of batches.refused) say(`refused ${times} times: ${reason}`);

    const orderNumbers = await orderNumbersOf(system.as('officer'), batches.accepted);
    if (statementsBefore && statementsAfter) sayStatements(statementsBefore, statementsAfter, orderNumbers.length);
    const drained = await drain(system, AUTOMATIC_BANKS, orderNumbers);
    const times = await answerTimes(bench, batches.accepted);
    say(`${orderNumbers.length} orders posted in ${postedSeconds.toFixed(1)} s, all answered after ${total.toFixed(1)} s`);
    say(
      `data in ${path.basename(bench.folder.path)}; answer times of ${times.count} orders: max ${(times.quantile(1) ?? 0).toFixed(0)} ms`,
    );
    return {
      ratePerSec: orderNumbers.length / total,
      p50Ms: times.quantile(0.5),
      p99Ms: times.quantile(0.99),
      lost: drained.lost,
      doubled: drained.doubled,
      commitsPerOrder: (commitsAfter - commitsBefore) / orderNumbers.length,
      cpuMsPerOrder: cpuPerOrder(cpuBefore, cpuAfter, orderNumbers.length),
      reference: null,
    };
  } finally {
    await bench.end();
  }
}

/** Posts for some seconds in rounds, each followed by a look at how much is still open. */
async function post(bench: BenchSystem, batches: Batches, seconds: number): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  const callsPerRound = Math.ceil(OPEN_ORDERS_MAX / 2 / (ORDERS_PER_ITEM * ITEMS_PER_CALL));
  let calls = 0;
  let toldAt = started;
  while (performance.now() < end) {
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now();
      await bench.sayStanding(`after ${Math.round((toldAt - started) / 1000)} s`);
    }
    const from = calls;
    const round: Load = {
      next: (n) => (n < callsPerRound ? batches.next(from + n) : undefined),
      heard: (n, reply) => batches.heard(n, reply),
    };
    calls += (await closedLoad(bench.ports, CLIENTS, seconds, round)).sent;
    while (performance.now() < end && (await bench.openOrders()) > OPEN_ORDERS_MAX / 2) await pause(LOOK_EVERY_MS);
  }
  return (performance.now() - started) / 1000;
}

function sayStatements(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, orders: number): void {
  const each = [...after].map(([kind, count]) => `${kind} ${((count - (before.get(kind) ?? 0)) / orders).toFixed(2)}`);
  say(`statements per order: ${each.join(', ')}`);
}

function upTo(load: Load, calls: number): Load {
  return { next: (n) => (n < calls ? load.next(n) : undefined), heard: (n, reply) => load.heard(n, reply) };
}

async function untilAnswered(bench: BenchSystem): Promise<void> {
  const stallAt = performance.now() + STALL_MS_MAX;
  while ((await bench.openOrders()) > 0) {
    if (performance.now() > stallAt) return say('NOT all answered: gave up waiting');
    await pause(LOOK_EVERY_MS);
  }
}

const STALL_MS_MAX = 300_000;

/** From the acceptance of a request to the answer of each of its orders, by the system's own times. */
async function answerTimes({ system }: BenchSystem, requestIds: readonly string[]): Promise<Samples> {
  const samples = new Samples();
  const step = Math.max(1, Math.floor(requestIds.length / TIMED_REQUESTS_MAX));
  for (let at = 0; at < requestIds.length; at += step) {
    const request = await system.as('officer').read<RequestView>(`/api/v1/requests/${requestIds[at] ?? ''}`);
    for (const { answeredAt } of request.orders)
      if (answeredAt !== undefined) samples.add(Date.parse(answeredAt) - Date.parse(request.at), 0);
  }
  return samples;
}
