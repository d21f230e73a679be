import { Gauge, type Registry } from 'prom-client';
import type { Reader } from '#persistence';
import { openOrderCounts } from './adapters/store/order-reading.js';

/** Metrics of the gateway's own, beside those of every process. */
export function addGatewayMetrics(registry: Registry, reader: Reader): void {
  new Gauge({
    name: 'chakong_orders_open',
    help: 'Orders that have no last word yet, by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [status, count] of await openOrderCounts(reader)) this.set({ status }, count);
    },
  });
}
