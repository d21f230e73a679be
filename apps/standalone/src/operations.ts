import { openOrderCounts } from '../../court-gateway/src/adapters/store/order-reading.js';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Operations } from '#http';
import type { InProcessBus } from '#messaging';
import type { SqliteDatabase } from '#persistence';

/** What `/health` and `/metrics` of this process look at. */
export interface Watched {
  readonly databases: ReadonlyMap<string, SqliteDatabase>;
  readonly bus: InProcessBus;
  /** Why the ledger has stopped, if it has. */
  readonly ledgerHaltedBy: () => unknown;
  /** Why the newest checkpoint is not published, if it is not: witnesses are missing. */
  readonly ledgerWithheldBy: () => string | undefined;
  /** Set once the server listens. */
  readonly serving: () => boolean;
}

/** Ready when the server listens, every store answers and the ledger has not stopped. */
export function operationsOf(watched: Watched): Operations {
  return { notReady: () => notReady(watched), registry: metricsOf(watched) };
}

async function notReady({ databases, ledgerHaltedBy, ledgerWithheldBy, serving }: Watched): Promise<readonly string[]> {
  const reasons: string[] = [];
  if (!serving()) reasons.push('starting');
  if (ledgerHaltedBy() !== undefined) reasons.push('the ledger has stopped');
  const withheld = ledgerWithheldBy();
  if (withheld !== undefined) reasons.push(withheld);
  for (const database of databases.values()) await database.reader.one('SELECT 1 AS one');
  return reasons;
}

function metricsOf({ databases, bus, ledgerWithheldBy }: Watched): Registry {
  const registry = new Registry();
  new Gauge({
    name: 'chakong_ledger_checkpoint_withheld',
    help: '1 while the newest checkpoint lacks the quorum of its witnesses and is not published.',
    registers: [registry],
    collect() {
      this.set(ledgerWithheldBy() === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'chakong_orders_open',
    help: 'Orders that have no last word yet, by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const gateway = databases.get('gateway');
      this.reset();
      if (gateway) for (const [status, count] of await openOrderCounts(gateway.reader)) this.set({ status }, count);
    },
  });
  new Counter({
    name: 'chakong_store_commits_total',
    help: 'Commits by database; closures that wait together share one.',
    labelNames: ['database'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [name, { runner }] of databases) this.inc({ database: name }, runner.commits);
    },
  });
  new Gauge({
    name: 'chakong_outbox_unpublished',
    help: 'Rows of the outbox that have not reached their readers yet.',
    labelNames: ['database'],
    registers: [registry],
    async collect() {
      for (const [name, database] of databases) {
        const has = await database.reader.one("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'outbox'");
        if (!has) continue;
        const row = await database.reader.one<{ n: number }>('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL');
        this.set({ database: name }, row?.n ?? 0);
      }
    },
  });
  new Gauge({
    name: 'chakong_bus_lag',
    help: 'Messages handed over and not yet taken into effect.',
    labelNames: ['reader'],
    registers: [registry],
    async collect() {
      for (const [reader, waiting] of await bus.lag()) this.set({ reader }, waiting);
    },
  });
  return registry;
}
