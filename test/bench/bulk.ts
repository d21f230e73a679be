import { randomUUID } from 'node:crypto';
import { referenceName, report } from './accept.js';
import { startBenchSystem } from './bench-system.js';
import { drain } from './drain.js';
import { closedLoad, type Load } from './load.js';
import type { BenchOptions } from './options.js';
import { measureReference } from './reference.js';
import type { BenchResult } from './result.js';
import { shapesBetween } from './row-shapes.js';
import { say } from './say.js';
import { AUTOMATIC_BANKS, headersOf, inquiry, ORDERS_PER_ITEM, prepareSubjects, type Subject } from './setting.js';
import type { WireReply, WireRequest } from './wire.js';

const CLIENTS = 8;
/** Items of a batch: many enough to share one commit well, few enough that a batch answers soon. */
export const ITEMS_PER_CALL = 100;
const ORDERS_MAX = 50_000;
const WARM_UP_CALLS = 4;
const PATH = '/api/v1/requests/batch';

interface BatchAnswer {
  readonly items: readonly { readonly status: number | string; readonly id?: string; readonly problem?: unknown }[];
}

/** Batches of inquiries, each item one debtor at some banks, by default the three automatic ones. Only `officer` is filed with all of them. */
export class Batches implements Load {
  /** Ids of the requests that were accepted. */
  readonly accepted: string[] = [];
  readonly refused = new Map<string, number>();
  private readonly subjects: readonly Subject[];

  constructor(
    subjects: readonly Subject[],
    private readonly headers: Readonly<Record<string, string>>,
    private readonly itemsPerCall = ITEMS_PER_CALL,
    private readonly banks: readonly string[] = AUTOMATIC_BANKS,
  ) {
    this.subjects = subjects.filter(({ handler }) => handler === 'officer');
  }

  next(n: number): WireRequest {
    const items = Array.from({ length: this.itemsPerCall }, (_, at) => {
      const subject = this.subjects[(n * this.itemsPerCall + at) % this.subjects.length];
      if (!subject) throw new Error('no subject was prepared');
      return { key: randomUUID(), ...inquiry(subject, this.banks) };
    });
    return { method: 'POST', path: PATH, headers: this.headers, body: JSON.stringify({ items }) };
  }

  heard(_: number, reply: WireReply): void {
    const text = reply.body.toString('utf8');
    if (reply.status !== 200) return this.refuse(`${reply.status} ${text.slice(0, 200)}`);
    for (const item of (JSON.parse(text) as BatchAnswer).items) {
      if (item.id !== undefined) this.accepted.push(item.id);
      else this.refuse(JSON.stringify(item.problem).slice(0, 200));
    }
  }

  private refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }
}

/** Orders accepted in batches while delivery is held back; stops at fifty thousand. */
export async function runBulk(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const bench = await startBenchSystem(true, options);
  try {
    const { system, ports } = bench;
    const subjects = await prepareSubjects(system);
    const headers = await headersOf(system, 'officer');
    const batches = new Batches(subjects, headers);
    const before = await bench.readStore('before');
    await closedLoad(ports, 1, seconds, limited(batches, WARM_UP_CALLS));

    await bench.sayStanding('before');
    const commitsBefore = await bench.commits();
    const itemsBefore = batches.accepted.length;
    const callsMax = Math.ceil((ORDERS_MAX - itemsBefore * ORDERS_PER_ITEM) / (ORDERS_PER_ITEM * ITEMS_PER_CALL));
    const flatOut = await closedLoad(ports, CLIENTS, seconds, limited(batches, callsMax));
    const items = batches.accepted.length - itemsBefore;
    const commitsAfter = await bench.commits();
    const after = await bench.readStore('after');
    await bench.sayStanding('after');
    report(`batches of ${ITEMS_PER_CALL}`, flatOut);
    for (const [reason, times] of batches.refused) say(`refused ${times} times: ${reason}`);

    bench.toggleDelivery();
    const orderNumbers = await orderNumbersOf(bench.system.as('officer'), batches.accepted);
    if (orderNumbers.length !== batches.accepted.length * ORDERS_PER_ITEM)
      say(`${batches.accepted.length} requests have ${orderNumbers.length} orders, not ${ORDERS_PER_ITEM} each`);
    const drained = await drain(system, AUTOMATIC_BANKS, orderNumbers);
    say(
      `drain: ${orderNumbers.length} orders in ${drained.seconds.toFixed(1)} s, ${drained.settled ? 'all answered' : 'NOT all answered'}`,
    );

    const shapes = await shapesBetween(before, after, batches.accepted.length);
    const run = { clients: CLIENTS, seconds, callsMax: Math.ceil(ORDERS_MAX / (ORDERS_PER_ITEM * ITEMS_PER_CALL)) };
    const calls = await measureReference(bench.referencePlace(), shapes, run, new Batches(subjects, headers));
    const orders = items * ORDERS_PER_ITEM;
    return {
      ratePerSec: orders / flatOut.seconds,
      p50Ms: flatOut.latencies.quantile(0.5),
      p99Ms: flatOut.latencies.quantile(0.99),
      lost: drained.lost,
      doubled: drained.doubled,
      commitsPerOrder: (commitsAfter - commitsBefore) / orders,
      reference: { name: referenceName(bench), ratePerSec: calls * ITEMS_PER_CALL * ORDERS_PER_ITEM },
    };
  } finally {
    await bench.end();
  }
}

/** The same load, ending after some calls. */
export function limited(load: Load, callsMax: number): Load {
  return {
    next: (n) => (n < callsMax ? load.next(n) : undefined),
    heard: (n, reply) => load.heard(n, reply),
  };
}

interface Reads {
  read<T>(path: string): Promise<T>;
}

const READS_AT_ONCE = 16;

/** The orders of requests: a batch answers with the requests' ids only. */
export async function orderNumbersOf(caller: Reads, requestIds: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const left = [...requestIds];
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const request = await caller.read<{ orders: readonly { orderNumber: string }[] }>(`/api/v1/requests/${id}`);
      found.push(...request.orders.map(({ orderNumber }) => orderNumber));
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  return found;
}
