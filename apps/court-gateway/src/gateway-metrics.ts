import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '#kernel';
import type { Reader } from '#persistence';
import { deadlinesByBank, openOrderCounts, openTaskCounts } from './adapters/store/order-reading.js';

const MS_PER_SECOND = 1_000;

/** Metrics of the gateway's own, beside those of every process. */
export function addGatewayMetrics(registry: Registry, reader: Reader, clock: Clock): void {
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
  new Gauge({
    name: 'chakong_orders_overdue',
    help: 'Orders without a last word whose time is over (R11), by bank.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { bank, overdue } of await deadlinesByBank(reader, clock.now())) this.set({ bank }, overdue);
    },
  });
  new Gauge({
    name: 'chakong_order_deadline_seconds',
    help: 'Time left until the next deadline of an order, by bank; below 0 when it has passed.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      this.reset();
      const now = clock.now();
      for (const { bank, next } of await deadlinesByBank(reader, now)) if (next !== null) this.set({ bank }, (next - now) / MS_PER_SECOND);
    },
  });
  new Gauge({
    name: 'chakong_tasks_open',
    help: 'What persons must decide or do, by kind.',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [kind, count] of await openTaskCounts(reader)) this.set({ kind }, count);
    },
  });
}
