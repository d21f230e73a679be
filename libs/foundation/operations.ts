import { Counter, Gauge, Registry } from 'prom-client';
import type { Operations } from '#http';
import type { Clock, RealTime } from '#kernel';
import type { MessageBus } from '#messaging';
import type { Stores } from './stores.js';
import { addLeaseMetrics, addMessagingMetrics } from './store-metrics.js';

/** What `/health` and `/metrics` of a process look at, whatever the process does. */
export interface Watched {
  readonly stores: Stores;
  readonly bus?: MessageBus;
  readonly clock: Clock & RealTime;
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

function metricsOf({ stores, bus, clock }: Watched): Registry {
  const registry = new Registry();
  addMessagingMetrics(registry, stores, clock);
  addLeaseMetrics(registry, stores, clock);
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
