import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { cpuPerOrder } from './cpu-time.js';
import { drain } from './drain.js';
import { closedLoad, openLoad, type Load, type LoadResult } from './load.js';
import type { BenchOptions } from './options.js';
import { measureReference } from './reference.js';
import type { BenchResult } from './result.js';
import { shapesBetween } from './row-shapes.js';
import { say } from './say.js';
import { headersOf, inquiry, keyed, prepareSubjects, type Subject } from './setting.js';
import type { WireRequest } from './wire.js';

const CLIENTS = 32;
const OPEN_RATE_PER_SEC = 500;
const WARM_UP_SECONDS = 2;
const PATH = '/api/v1/requests';
/** Banks of one legal person each, so that one request is one order. `officer2` is not filed with the second. */
const BANKS = { officer: ['hubeibank', 'hankoubank'], officer2: ['hubeibank'] } as const;

interface Accepted {
  readonly orders: readonly { readonly orderNumber: string }[];
}

/** Requests of one order each, over many cases and two users; keeps the order numbers of every 202. */
export class Inquiries implements Load {
  readonly promised: string[] = [];
  readonly refused = new Map<string, number>();

  constructor(
    private readonly subjects: readonly Subject[],
    private readonly headers: Readonly<Record<Subject['handler'], Record<string, string>>>,
  ) {}

  next(n: number): WireRequest {
    const subject = this.subjects[n % this.subjects.length];
    if (!subject) throw new Error('no subject was prepared');
    const banks = BANKS[subject.handler];
    const bank = banks[Math.floor(n / this.subjects.length) % banks.length] ?? banks[0];
    return keyed(this.headers[subject.handler], PATH, inquiry(subject, [bank]));
  }

  heard(_: number, reply: { readonly status: number; readonly body: Buffer }): void {
    const text = reply.body.toString('utf8');
    if (reply.status === 202) for (const { orderNumber } of (JSON.parse(text) as Accepted).orders) this.promised.push(orderNumber);
    else this.refused.set(`${reply.status} ${text.slice(0, 200)}`, (this.refused.get(`${reply.status} ${text.slice(0, 200)}`) ?? 0) + 1);
  }
}

/** Durably accepted requests while delivery is held back: first flat out, then at a steady rate; then everything is let go. */
export async function runAccept(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const bench = await startBenchSystem(true, options);
  try {
    const { system, ports } = bench;
    const subjects = await prepareSubjects(system);
    const headers = { officer: await headersOf(system, 'officer'), officer2: await headersOf(system, 'officer2') };
    const load = new Inquiries(subjects, headers);
    // Copies of the store are taken outside the measured phases: writing them would make the system's own commits wait for the disk.
    const before = await bench.readStore('before');
    await closedLoad(ports, CLIENTS, WARM_UP_SECONDS, load);

    await bench.sayStanding('before');
    const commitsBefore = await bench.commits();
    const promisedBefore = load.promised.length;
    const cpuBefore = bench.cpuTimes();
    const flatOut = await closedLoad(ports, CLIENTS, seconds, load);
    const accepted = load.promised.length - promisedBefore;
    const cpuMsPerOrder = cpuPerOrder(cpuBefore, bench.cpuTimes(), accepted);
    const commitsAfter = await bench.commits();
    report('flat out', flatOut);
    await bench.sayStanding('after flat out');

    const steady = await openLoad(ports, OPEN_RATE_PER_SEC, seconds, load);
    report(`open ${OPEN_RATE_PER_SEC}/s`, steady);
    await bench.sayStanding('after');
    for (const [reason, times] of load.refused) say(`refused ${times} times: ${reason}`);
    const after = await bench.readStore('after');

    bench.toggleDelivery();
    const drained = await drain(system, ['hubeibank', 'hankoubank'], load.promised);
    say(
      `drain: ${load.promised.length} orders in ${drained.seconds.toFixed(1)} s, ${drained.settled ? 'all answered' : 'NOT all answered'}`,
    );
    await bench.sayStanding('drained');

    const shapes = await shapesBetween(before, after, load.promised.length);
    const reference = await measureReference(
      bench.referencePlace(),
      shapes,
      { clients: CLIENTS, seconds },
      new Inquiries(subjects, headers),
    );
    return {
      ratePerSec: accepted / flatOut.seconds,
      p50Ms: steady.latencies.quantile(0.5),
      p99Ms: steady.latencies.quantile(0.99),
      lost: drained.lost,
      doubled: drained.doubled,
      commitsPerOrder: (commitsAfter - commitsBefore) / accepted,
      cpuMsPerOrder,
      reference: { name: referenceName(bench), ratePerSec: reference },
    };
  } finally {
    await bench.end();
  }
}

export function referenceName(bench: BenchSystem): string {
  return `http-${bench.referencePlace().kind === 'server' ? 'mariadb' : 'sqlite'}-one-transaction-per-call`;
}

export function report(name: string, { latencies, broken, seconds }: LoadResult): void {
  const { min, median, max } = latencies.spread();
  const ms = (share: number): string => (latencies.quantile(share) ?? 0).toFixed(1);
  say(`${name}: ${latencies.count} answers in ${seconds.toFixed(1)} s, per second ${min}..${median}..${max}`);
  say(`${name}: ms p50 ${ms(0.5)} p90 ${ms(0.9)} p99 ${ms(0.99)} max ${ms(1)}`);
  for (const [reason, times] of broken) say(`${name}: ${times} calls broke: ${reason}`);
}
