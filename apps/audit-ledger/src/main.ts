import { join } from 'node:path';
import { runProcess, startFailed } from '#foundation';
import { Lease, lockFolder } from '#persistence';
import { AuditLedgerModule } from './audit-ledger.module.js';
import { ledgerPartsOn } from './compose-ledger.js';
import { loadConfig } from './config.js';
import { addLedgerMetrics, whyLedgerWaits } from './ledger-metrics.js';
import { LedgerService } from './ledger-service.js';

const NAME = 'audit-ledger';

/** The ledger's process in a distributed installation. */
async function start(): Promise<void> {
  const config = loadConfig();
  await runProcess(config.process, async (ground) => {
    let service: LedgerService | undefined;
    // The files of a log have one writer; the claim in the database keeps away a process with a folder of its own.
    lockFolder(join(ground.dataDir, 'ledger-writer'));
    const parts = await ledgerPartsOn(ground, { ...config, receipts: true });
    const { clock: time, log } = ground;
    const { instance: holder, isSoleInstance: isSoleHolder } = config.process;
    const leader = new Lease({ database: parts.database, name: 'sequencer', holder, isSoleHolder, time, log });
    return {
      job: leader,
      module: AuditLedgerModule.forRoot({ ...parts, leader }),
      prepare: (app, { registry }) => {
        const found = app.get(LedgerService, { strict: false });
        addLedgerMetrics(registry, found, parts.database.reader);
        service = found;
      },
      reasons: () => (service ? whyLedgerWaits(service) : []),
    };
  });
}

start().catch((error: unknown) => startFailed(NAME, error));
