import { setTimeout as pause } from 'node:timers/promises';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { drain } from './drain.js';
import { openLoad, type Load } from './load.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';
import { Samples } from './samples.js';
import { say } from './say.js';
import { AUTOMATIC_BANKS, headersOf, inquiry, keyed, prepareSubjects, type Subject } from './setting.js';

const DEAD = 'hubeibank';
const LIVING = AUTOMATIC_BANKS.filter((bank) => bank !== DEAD);
/** Calls a second: each second one asks the bank that dies, the others ask the banks that live. Well below what the system carries. */
const RATE_PER_SEC = 20;
/** Alive and dead by turns, so that what drifts over the run weighs on both alike. */
const TURNS = [false, true, false, true];
const WARM_UP_SECONDS = 3;
const SETTLE_MS_MAX = 60_000;
const LOOK_EVERY_MS = 200;
const AT_ONCE = 8;

interface RequestView {
  readonly at: string;
  readonly orders: readonly { readonly orderNumber: string; readonly bank: string; readonly answeredAt?: string }[];
}

/** Single inquiries, by turns at the bank that dies and at those that live. */
class Inquiries implements Load {
  readonly living: string[] = [];
  readonly all: string[] = [];
  refused = 0;

  constructor(
    private readonly subjects: readonly Subject[],
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  next(n: number) {
    const subject = this.subjects[n % this.subjects.length];
    if (!subject) return undefined;
    return keyed(this.headers, '/api/v1/requests', inquiry(subject, isForDead(n) ? [DEAD] : LIVING));
  }

  heard(n: number, { status, body }: { readonly status: number; readonly body: Buffer }): void {
    if (status !== 202) return void (this.refused += 1);
    const { id } = JSON.parse(body.toString('utf8')) as { id: string };
    this.all.push(id);
    if (!isForDead(n)) this.living.push(id);
  }
}

const isForDead = (n: number): boolean => n % 2 === 0;

/**
 * I15: one dead bank delays no other. The same load twice, with every bank alive and with one dead, by turns; what counts is the time from the
 * acceptance of a request to the answer of the banks that live.
 */
export async function runIsolation(options: BenchOptions): Promise<BenchResult> {
  const bench = await startBenchSystem(false, options);
  try {
    const { system } = bench;
    const officer = await headersOf(system, 'officer');
    const subjects = (await prepareSubjects(system)).filter(({ handler }) => handler === 'officer');
    await turn(bench, new Inquiries(subjects, officer), WARM_UP_SECONDS);
    const seconds = Math.max(1, Math.round(options.seconds / TURNS.length));
    const times = { alive: new Samples(), dead: new Samples() };
    const numbers: string[] = [];
    for (const isDead of TURNS) {
      await setDown(bench, isDead);
      const load = new Inquiries(subjects, officer);
      await turn(bench, load, seconds);
      await addAnswerTimes(bench, load.living, isDead ? times.dead : times.alive);
      if (load.refused > 0) say(`refused ${load.refused} times`);
      await setDown(bench, false);
      numbers.push(...(await orderNumbers(bench, load.all)));
    }
    const drained = await drain(system, AUTOMATIC_BANKS, numbers);
    const [healthy, withDead] = [times.alive.quantile(0.99), times.dead.quantile(0.99)];
    say(`p99 of ${LIVING.join(' and ')}: every bank alive ${healthy?.toFixed(0)} ms (${times.alive.count} orders)`);
    say(`p99 of ${LIVING.join(' and ')}: ${DEAD} dead ${withDead?.toFixed(0)} ms (${times.dead.count} orders)`);
    return {
      ratePerSec: RATE_PER_SEC,
      p50Ms: times.dead.quantile(0.5),
      p99Ms: withDead,
      healthyP99Ms: healthy,
      lost: drained.lost,
      doubled: drained.doubled,
      commitsPerOrder: null,
      reference: null,
    };
  } finally {
    await bench.end();
  }
}

async function turn({ ports }: BenchSystem, load: Inquiries, seconds: number): Promise<void> {
  const { broken } = await openLoad(ports, RATE_PER_SEC, seconds, load);
  for (const [reason, times] of broken) say(`${times} calls broke: ${reason}`);
}

async function setDown({ system }: BenchSystem, isDown: boolean): Promise<void> {
  await system.as('admin').write('PUT', `/sim/${DEAD}/faults`, isDown ? { down: true } : {});
}

/** Waits until the banks that live have answered, and takes the times that the system itself has written down. */
async function addAnswerTimes(bench: BenchSystem, ids: readonly string[], samples: Samples): Promise<void> {
  const end = performance.now() + SETTLE_MS_MAX;
  let left = ids;
  while (left.length > 0 && performance.now() < end) {
    const open: string[] = [];
    for (const { id, view } of await views(bench, left)) {
      if (view.orders.some(({ answeredAt }) => answeredAt === undefined)) open.push(id);
      else for (const { answeredAt = '' } of view.orders) samples.add(Date.parse(answeredAt) - Date.parse(view.at), 0);
    }
    left = open;
    if (left.length > 0) await pause(LOOK_EVERY_MS);
  }
  if (left.length > 0) say(`NOT answered: ${left.length} requests to banks that live`);
}

async function orderNumbers(bench: BenchSystem, ids: readonly string[]): Promise<readonly string[]> {
  return (await views(bench, ids)).flatMap(({ view }) => view.orders.map(({ orderNumber }) => orderNumber));
}

async function views(
  { system }: BenchSystem,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly view: RequestView }[]> {
  const left = [...ids];
  const found: { id: string; view: RequestView }[] = [];
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      found.push({ id, view: await system.as('officer').read<RequestView>(`/api/v1/requests/${id}`) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}
