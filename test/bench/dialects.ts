import { setTimeout as pause } from 'node:timers/promises';
import { Inquiries, referenceName } from './accept.js';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { Batches, limited } from './bulk.js';
import { cpuPerOrder } from './cpu-time.js';
import { DeskClerks, DESK_BANK } from './desk-clerks.js';
import { executions } from './drain.js';
import { closedLoad } from './load.js';
import type { BenchOptions } from './options.js';
import { measureReference } from './reference.js';
import type { BenchResult, DialectFigures } from './result.js';
import { shapesBetween } from './row-shapes.js';
import { rounded, Samples } from './samples.js';
import { say } from './say.js';
import { headersOf, prepareSubjects, type Subject } from './setting.js';

/** The bank that speaks each dialect. The desk's clerks are played over its public interface. */
const DIALECTS = [
  { dialect: 'realtime-json', bank: 'hubeibank' },
  { dialect: 'poll-xml', bank: 'hankoubank' },
  { dialect: 'file-zip', bank: 'hbrcu' },
  { dialect: 'manual-desk', bank: DESK_BANK },
] as const;
const CLIENTS = 4;
const ITEMS_PER_CALL = 20;
const WARM_UP_CALLS = 2;
/** Posting stops for a while when this many orders are unanswered, so that the rate is the dialect's and not the backlog's. */
const OPEN_ORDERS_MAX = 1_000;
const LOOK_EVERY_MS = 100;
/** Without one more answer for this long, what is open counts as lost. */
const STALL_MS_MAX = 60_000;
const READS_AT_ONCE = 16;
const REFERENCE_CLIENTS = 32;

interface RequestView {
  readonly at: string;
  readonly orders: readonly { readonly orderNumber: string; readonly answeredAt?: string }[];
}

/** What one dialect did in its part of the run. */
interface Turn {
  readonly orders: readonly string[];
  readonly seconds: number;
  readonly commits: number;
  readonly figures: DialectFigures;
}

/**
 * Whole lives of inquiries at one bank after the other, each over its dialect's own sockets or files. Everything but the dialect is the same, so
 * that the figures differ by what the dialects cost. The reference writes the gateway's rows of one such order and nothing else.
 */
export async function runDialects(options: BenchOptions): Promise<BenchResult> {
  const bench = await startBenchSystem(false, options);
  const clerks = new DeskClerks(bench.system);
  try {
    const subjects = await prepareSubjects(bench.system);
    const seconds = Math.max(1, Math.round(options.seconds / DIALECTS.length));
    clerks.start();
    const before = await bench.readStore('before');
    const turns: Turn[] = [];
    for (const { dialect, bank } of DIALECTS) {
      await inquire(bench, await newBatches(bench, subjects, bank), { bank, seconds, callsMax: WARM_UP_CALLS });
      turns.push(await measure(bench, await newBatches(bench, subjects, bank), { dialect, bank, seconds }));
    }
    await clerks.stop();
    const after = await bench.readStore('after');
    const orders = turns.flatMap((turn) => turn.orders).length;
    const load = new Inquiries(subjects, {
      officer: await headersOf(bench.system, 'officer'),
      officer2: await headersOf(bench.system, 'officer2'),
    });
    const shapes = await shapesBetween(before, after, orders);
    const reference = await measureReference(bench.referencePlace(), shapes, { clients: REFERENCE_CLIENTS, seconds }, load);
    return summed(turns, { name: referenceName(bench), ratePerSec: reference });
  } finally {
    await clerks.stop();
    await bench.end();
  }
}

async function newBatches({ system }: BenchSystem, subjects: readonly Subject[], bank: string): Promise<Batches> {
  return new Batches(subjects, await headersOf(system, 'officer'), ITEMS_PER_CALL, [bank]);
}

interface TurnPlan {
  readonly dialect: string;
  readonly bank: string;
  readonly seconds: number;
}

async function measure(bench: BenchSystem, batches: Batches, { dialect, bank, seconds }: TurnPlan): Promise<Turn> {
  const commitsBefore = await bench.commits();
  const cpuBefore = bench.cpuTimes();
  const started = performance.now();
  await inquire(bench, batches, { bank, seconds, callsMax: Number.POSITIVE_INFINITY });
  const took = (performance.now() - started) / 1000;
  const cpuAfter = bench.cpuTimes();
  const commits = (await bench.commits()) - commitsBefore;
  for (const [reason, times] of batches.refused) say(`${dialect}: refused ${times} times: ${reason}`);

  const { orders, times, unanswered } = await livesOf(bench, batches.accepted);
  const done = await executions(bench.system, [bank]);
  // A clerk looks an account up on his screen: the core of the desk's bank has no journal row of an inquiry, but the answer has come or not.
  const lost = bank === DESK_BANK ? unanswered : orders.filter((number) => !done.has(number)).length;
  say(`${dialect}: ${orders.length} orders in ${took.toFixed(1)} s`);
  const figures = {
    bank,
    orders: orders.length,
    ratePerSec: rounded(orders.length / took),
    p50Ms: rounded(times.quantile(0.5)),
    p99Ms: rounded(times.quantile(0.99)),
    cpuMsPerOrder: cpuPerOrder(cpuBefore, cpuAfter, orders.length),
    lost,
    doubled: orders.filter((number) => (done.get(number) ?? 0) > 1).length,
  };
  return { orders, seconds: took, commits, figures: { dialect, ...figures } };
}

/** Posts for some seconds, or some calls, and waits until everything is answered. */
async function inquire(
  bench: BenchSystem,
  batches: Batches,
  { bank, seconds, callsMax }: { readonly bank: string; readonly seconds: number; readonly callsMax: number },
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let calls = 0;
  while (performance.now() < end && calls < callsMax) {
    const round = limited({ next: (n) => batches.next(calls + n), heard: (n, reply) => batches.heard(n, reply) }, CLIENTS);
    calls += (await closedLoad(bench.ports, CLIENTS, seconds, round)).sent;
    while (performance.now() < end && (await bench.openOrders()) > OPEN_ORDERS_MAX) await pause(LOOK_EVERY_MS);
  }
  await untilAnswered(bench, bank);
}

async function untilAnswered(bench: BenchSystem, bank: string): Promise<void> {
  let [least, movedAt] = [Number.POSITIVE_INFINITY, performance.now()];
  for (let open = await bench.openOrders(); open > 0; open = await bench.openOrders()) {
    if (open < least) [least, movedAt] = [open, performance.now()];
    if (performance.now() - movedAt > STALL_MS_MAX) return say(`${bank}: NOT all answered, ${open} orders are open`);
    await pause(LOOK_EVERY_MS);
  }
}

/** What became of all orders of some requests. Times go from the acceptance of a request to the answer of an order, by the system's own clock. */
async function livesOf(
  { system }: BenchSystem,
  requestIds: readonly string[],
): Promise<{ readonly orders: readonly string[]; readonly times: Samples; readonly unanswered: number }> {
  const times = new Samples();
  const orders: string[] = [];
  const left = [...requestIds];
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const view = await system.as('officer').read<RequestView>(`/api/v1/requests/${id}`);
      for (const { orderNumber, answeredAt } of view.orders) {
        orders.push(orderNumber);
        if (answeredAt !== undefined) times.add(Date.parse(answeredAt) - Date.parse(view.at), 0);
      }
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  return { orders, times, unanswered: orders.length - times.count };
}

function summed(turns: readonly Turn[], reference: { readonly name: string; readonly ratePerSec: number }): BenchResult {
  const orders = turns.flatMap((turn) => turn.orders).length;
  const sum = (of: (turn: Turn) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  return {
    ratePerSec: orders / sum(({ seconds }) => seconds),
    p50Ms: null,
    p99Ms: null,
    lost: sum(({ figures }) => figures.lost),
    doubled: sum(({ figures }) => figures.doubled),
    commitsPerOrder: sum(({ commits }) => commits) / Math.max(1, orders),
    dialects: turns.map(({ figures }) => figures),
    reference,
  };
}
