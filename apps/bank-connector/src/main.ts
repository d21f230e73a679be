import { banksNamed, readBanks } from '#bank-directory';
import { layFoundation, openBankKeys, runProcess, startFailed } from '#foundation';
import { Lease, type OpenDatabase } from '#persistence';
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
    const keys = await openBankKeys(
      foundation.dataDir,
      banks.map(({ profile }) => profile),
      foundation.entropy,
    );
    const leases: Lease[] = [];
    let hosts: BankHosts | undefined;
    const speakerOf = (bank: string, database: OpenDatabase): Lease => {
      const { clock: time, log } = ground;
      const onChange = (held: boolean): void => {
        if (held) hosts?.find(bank)?.takeOver();
      };
      const { instance: holder, isSoleInstance: isSoleHolder } = config.process;
      const lease = new Lease({ database, name: `speaks-to-${bank}`, holder, isSoleHolder, time, log, onChange });
      leases.push(lease);
      return lease;
    };
    const parts = await connectorPartsOn(foundation, { banks, keys, endpointOf: (bank) => config.endpoints.get(bank), speakerOf });
    return {
      job: allOf(leases),
      module: BankConnectorModule.forRoot({ ...parts, receipts: true }),
      prepare: (app, { registry }) => addConnectorMetrics(registry, app.get(BankHosts, { strict: false })),
      // From here on a claim that is gained comes from a process that has gone.
      serving: (app) => {
        hosts = app.get(BankHosts, { strict: false });
      },
    };
  });
}

/** The claims to all banks of this process, gained and given back together. */
function allOf(leases: readonly Lease[]): Pick<Lease, 'start' | 'stop'> {
  return {
    start: async () => void (await Promise.all(leases.map((lease) => lease.start()))),
    stop: async () => void (await Promise.all(leases.map((lease) => lease.stop()))),
  };
}

start().catch((error: unknown) => startFailed(NAME, error));
