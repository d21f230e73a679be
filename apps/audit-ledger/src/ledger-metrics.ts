import { Gauge, type Registry } from 'prom-client';
import type { Reader } from '#persistence';
import type { LedgerService } from './ledger-service.js';

/** Why a process with a ledger cannot serve: it has stopped, or its newest checkpoint lacks witnesses. */
export function whyLedgerWaits(ledger: Pick<LedgerService, 'haltedBy' | 'withheldBy'>): readonly string[] {
  const withheld = ledger.withheldBy();
  return [...(ledger.haltedBy() === undefined ? [] : ['the ledger has stopped']), ...(withheld === undefined ? [] : [withheld])];
}

/** Metrics of the ledger's own, beside those of every process. */
export function addLedgerMetrics(registry: Registry, ledger: Pick<LedgerService, 'withheldBy' | 'auditLog'>, reader: Reader): void {
  new Gauge({
    name: 'chakong_ledger_checkpoint_withheld',
    help: '1 while the newest checkpoint lacks the quorum of its witnesses and is not published.',
    labelNames: [],
    registers: [registry],
    collect() {
      this.set(ledger.withheldBy() === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'chakong_ledger_pending',
    help: 'Facts that have been taken and are not in the log: waiting for the sequencer, held behind one that has not come, or refused.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await reader.all<{ state: string; n: number }>(
        "SELECT state, COUNT(*) AS n FROM ledger_facts WHERE state IN ('waiting', 'held', 'refused') GROUP BY state",
      );
      for (const { state, n } of rows) this.set({ state }, n);
    },
  });
  new Gauge({
    name: 'chakong_ledger_audit_findings',
    help: 'Places where database, files and published root contradict each other: somebody has changed one of them.',
    registers: [registry],
    collect() {
      this.set(ledger.auditLog.findings().length);
    },
  });
  new Gauge({
    name: 'chakong_ledger_audited_entries',
    help: 'Entries that were held against database and root since the start, round and round.',
    registers: [registry],
    collect() {
      this.set(ledger.auditLog.entries);
    },
  });
}
