import { Gauge, type Registry } from 'prom-client';
import type { Clock, RealTime } from '#kernel';
import type { Stores } from './stores.js';

const MS_PER_SECOND = 1_000;

/** Rows of a condition in every database that has the table, by database. */
async function countEverywhere(stores: Stores, table: string, condition: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [name, { reader }] of stores.opened) {
    if (!stores.has(name, table)) continue;
    const row = await reader.one<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${condition}`);
    counts.set(name, row?.n ?? 0);
  }
  return counts;
}

/** What waits in the tables of the messaging, in every database that has them. */
export function addMessagingMetrics(registry: Registry, stores: Stores, clock: Clock): void {
  new Gauge({
    name: 'chakong_outbox_unpublished',
    help: 'Rows of the outbox that have not reached their readers yet.',
    labelNames: ['database'],
    registers: [registry],
    async collect() {
      for (const [database, rows] of await countEverywhere(stores, 'outbox', 'published_at IS NULL')) this.set({ database }, rows);
    },
  });
  new Gauge({
    name: 'chakong_dead_letters',
    help: 'Messages that were given up and wait for a person.',
    labelNames: ['database'],
    registers: [registry],
    async collect() {
      for (const [database, rows] of await countEverywhere(stores, 'dead_letters', 'redriven_at IS NULL')) this.set({ database }, rows);
    },
  });
  new Gauge({
    name: 'chakong_outbox_age_seconds',
    help: 'Age of the oldest row of the outbox that has not reached its readers yet; 0 when none waits.',
    labelNames: ['database'],
    registers: [registry],
    async collect() {
      for (const [database, at] of await oldestWaiting(stores)) {
        this.set({ database }, at === null ? 0 : Math.max(0, (clock.now() - at) / MS_PER_SECOND));
      }
    },
  });
}

async function oldestWaiting(stores: Stores): Promise<ReadonlyMap<string, number | null>> {
  const oldest = new Map<string, number | null>();
  for (const [name, { reader }] of stores.opened) {
    if (!stores.has(name, 'outbox')) continue;
    const row = await reader.one<{ at: number | null }>('SELECT MIN(at) AS at FROM outbox WHERE published_at IS NULL');
    oldest.set(name, row?.at ?? null);
  }
  return oldest;
}

/** Who does the jobs that only one process may do, as the database has it. */
export function addLeaseMetrics(registry: Registry, stores: Stores, time: RealTime): void {
  new Gauge({
    name: 'chakong_lease_held',
    help: '1 at the process that holds a lease, 0 where the last one let it lapse.',
    labelNames: ['lease', 'holder'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [name, { reader }] of stores.opened) {
        if (!stores.has(name, 'leases')) continue;
        const rows = await reader.all<{ name: string; holder: string; until_at: number }>('SELECT name, holder, until_at FROM leases');
        for (const { name: lease, holder, until_at } of rows) this.set({ lease, holder }, until_at > time.realNow() ? 1 : 0);
      }
    },
  });
}
