import { runProcess, startFailed } from '#foundation';
import { AuditLedgerModule } from './audit-ledger.module.js';
import { ledgerPartsOn } from './compose-ledger.js';
import { loadConfig } from './config.js';
import { LedgerService } from './ledger-service.js';

const NAME = 'audit-ledger';

/** The ledger's process in a distributed installation. */
async function start(): Promise<void> {
  const config = loadConfig();
  await runProcess(config.process, async (ground) => {
    let service: LedgerService | undefined;
    return {
      module: AuditLedgerModule.forRoot(await ledgerPartsOn(ground, config.origin)),
      prepare: (app) => {
        service = app.get(LedgerService, { strict: false });
      },
      reasons: () => (service?.haltedBy() === undefined ? [] : ['the ledger has stopped']),
    };
  });
}

start().catch((error: unknown) => startFailed(NAME, error));
