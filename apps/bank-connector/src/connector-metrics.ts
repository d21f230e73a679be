import { Gauge, type Registry } from 'prom-client';
import type { BankHosts } from './bank-hosts.js';

const BREAKER_STATES = ['closed', 'half-open', 'open'] as const;

/** Metrics of each bank that this process serves. */
export function addConnectorMetrics(registry: Registry, hosts: BankHosts): void {
  new Gauge({
    name: 'chakong_bank_queue',
    help: 'Orders that have left, or could be fetched, and are not answered.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      for (const { bank, unanswered } of await hosts.figures()) this.set({ bank }, unanswered);
    },
  });
  new Gauge({
    name: 'chakong_bank_undetermined',
    help: 'Orders that a person must find out about.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      for (const { bank, undetermined } of await hosts.figures()) this.set({ bank }, undetermined);
    },
  });
  new Gauge({
    name: 'chakong_bank_breaker',
    help: '1 at the state in which the circuit breaker towards a bank that is called is now.',
    labelNames: ['bank', 'state'],
    registers: [registry],
    async collect() {
      for (const { bank, breaker } of await hosts.figures()) {
        if (breaker === undefined) continue;
        for (const state of BREAKER_STATES) this.set({ bank, state }, state === breaker ? 1 : 0);
      }
    },
  });
}
