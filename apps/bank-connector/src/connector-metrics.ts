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
  new Gauge({
    name: 'chakong_bank_ready',
    help: 'Orders that have been taken and have not left for the bank.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      for (const { bank, ready } of await hosts.figures()) this.set({ bank }, ready);
    },
  });
  new Gauge({
    name: 'chakong_bank_open',
    help: '1 while the calendar of a bank lets orders leave for it.',
    labelNames: ['bank'],
    registers: [registry],
    async collect() {
      for (const { bank, isOpen } of await hosts.figures()) this.set({ bank }, isOpen ? 1 : 0);
    },
  });
  new Gauge({
    name: 'chakong_desk_waiting',
    help: 'Orders on the screens of a bank without an interface: received and waiting for a clerk, or in review by the second one.',
    labelNames: ['bank', 'status'],
    registers: [registry],
    async collect() {
      for (const { bank, atDesk } of await hosts.figures()) {
        if (!atDesk) continue;
        this.set({ bank, status: 'received' }, atDesk.received);
        this.set({ bank, status: 'in-review' }, atDesk.inReview);
      }
    },
  });
}
