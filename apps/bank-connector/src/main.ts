import { banksNamed, readBanks } from '#bank-directory';
import { layFoundation, openBankKeys, runProcess, startFailed } from '#foundation';
import { BankConnectorModule } from './bank-connector.module.js';
import { BankHosts } from './bank-hosts.js';
import { connectorPartsOn } from './compose-connector.js';
import { loadConfig } from './config.js';
import { addConnectorMetrics } from './connector-metrics.js';

const NAME = 'bank-connector';

/** The connector of one bank, or of several small ones, in a distributed installation. */
async function start(): Promise<void> {
  const config = loadConfig();
  await runProcess(config.process, async (ground) => {
    const foundation = await layFoundation(ground);
    const banks = banksNamed(await readBanks(), config.banks);
    const keys = await openBankKeys(foundation.dataDir, config.banks, foundation.entropy);
    const parts = await connectorPartsOn(foundation, { banks, keys, endpointOf: (bank) => config.endpoints.get(bank) });
    return {
      module: BankConnectorModule.forRoot(parts),
      prepare: (app, { registry }) => addConnectorMetrics(registry, app.get(BankHosts, { strict: false })),
    };
  });
}

start().catch((error: unknown) => startFailed(NAME, error));
