import { Counter, Gauge, Registry } from 'prom-client';
import type { Operations } from '#http';
import type { MessageBus } from '#messaging';
import type { Stores } from './stores.js';

/** What `/health` and `/metrics` of a process look at, whatever the process does. */
export interface Watched {
  readonly stores: Stores;
  readonly bus?: MessageBus;
  /** Set once the server listens. */
  readonly serving: () => boolean;
  /** Reasons of the process's own why it cannot serve. */
  readonly reasons?: () => Promise<readonly string[]> | readonly string[];
}

/** Ready when the server listens, every store answers, and nothing of the process's own stands against it. */
export function operationsOf(watched: Watched): Operations {
  return { notReady: () => notReady(watched), registry: metricsOf(watched) };
}

async function notReady({ stores, serving, reasons }: Watched): Promise<readonly string[]> {
  const found = [...(serving() ? [] : ['starting']), ...((await reasons?.()) ?? [])];
  for (const database of stores.opened.values()) await database.reader.one('SELECT 1 AS one');
  return found;
}

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

function metricsOf({ stores, bus }: Watched): Registry {
  const registry = new Registry();
  new Counter({
    name: 'chakong_store_commits_total',
    help: 'Commits by database; closures that wait together share one.',
    labelNames: ['database'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [name, { commits }] of stores.opened) this.inc({ database: name }, commits);
    },
  });
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
    name: 'chakong_bus_lag',
    help: 'Messages handed over and not yet taken into effect.',
    labelNames: ['reader'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [reader, waiting] of (await bus?.lag()) ?? []) this.set({ reader }, waiting);
    },
  });
  return registry;
}
