import { Module, type DynamicModule } from '@nestjs/common';
import { readBanks, type InstalledBank } from '#bank-directory';
import type { Reader } from '#persistence';
import { freePortIfZero, openBankKeys, type Foundation, type KeptClock } from '#foundation';
import { AuditLedgerModule } from '../../audit-ledger/src/index.js';
import { ledgerPartsOn } from '../../audit-ledger/src/compose-ledger.js';
import { BankConnectorModule } from '../../bank-connector/src/bank-connector.module.js';
import { connectorPartsOn } from '../../bank-connector/src/compose-connector.js';
import { BankSimulatorModule, simulatorBooks } from '../../bank-simulator/index.js';
import { openDoor, simulatorPartsOn } from '../../bank-simulator/src/compose-simulator.js';
import { gatewayPartsOn } from '../../court-gateway/src/compose-gateway.js';
import { CourtGatewayModule } from '../../court-gateway/src/court-gateway.module.js';
import type { GatewayParts } from '../../court-gateway/src/gateway-parts.js';
import { ensureCertificates } from './ensure-certificates.js';
import type { StandaloneConfig } from './config.js';

/** All apps in one module, and what the start needs of the gateway to seed the demo. */
export interface Composition {
  readonly module: DynamicModule;
  readonly gateway: GatewayParts;
  /** For the ledger's metrics. */
  readonly ledgerReader: Reader;
}

@Module({})
class StandaloneModule {}

/** Puts the apps together on one foundation. `origin` is where this process will listen: the banks call it over real sockets. */
export async function compose(foundation: Foundation, config: StandaloneConfig, time: KeptClock, origin: string): Promise<Composition> {
  const banks = await readBanks();
  const { dataDir, entropy, stores } = foundation;
  const keys = await openBankKeys(
    dataDir,
    banks.map(({ profile }) => profile),
    entropy,
  );
  await ensureCertificates(foundation, banks);
  const bankPort = await freePortIfZero(0);
  const simulated = config.demo !== 'off';
  const { holdDelivery, oidc, outboxRowsMax } = config;
  const gateway = await gatewayPartsOn(foundation, { banks, ledgerUrl: origin, holdDelivery, oidc, outboxRowsMax });
  // The simulated banks are in this process too, so those that are called are called here and not at their profiles' addresses. They
  // have ports of their own: mutual TLS and SFTP there, while the public one stays plain HTTP.
  const sftp = { host: '127.0.0.1', port: await freePortIfZero(0) };
  const endpointOf = (bank: string): string | undefined => (simulated ? addressOf(banks, bank, bankPort, sftp) : undefined);
  const ledger = await ledgerPartsOn(foundation, { witnesses: config.witnesses, sm2: config.sm2 });
  const imports = [
    CourtGatewayModule.forRoot(gateway),
    BankConnectorModule.forRoot(await connectorPartsOn(foundation, { banks, keys, endpointOf })),
    AuditLedgerModule.forRoot(ledger),
  ];
  if (simulated) {
    const database = await stores.open('sim/books', [simulatorBooks]);
    const parts = simulatorPartsOn(foundation, {
      database,
      keys,
      time,
      connectorOf: () => origin,
      door: await openDoor(dataDir, bankPort),
      sftp,
    });
    imports.push(await BankSimulatorModule.forRoot(parts));
  }
  return { module: { module: StandaloneModule, imports }, gateway, ledgerReader: ledger.database.reader };
}

/** Where a simulated bank is: the one that exchanges files has an SFTP server beside the door of the one that is called. */
function addressOf(
  banks: readonly InstalledBank[],
  bank: string,
  doorPort: number,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const speaksFiles = banks.some(({ profile }) => profile.bank === bank && profile.dialect === 'file-zip');
  return speaksFiles ? `sftp://${host}:${port}` : `https://127.0.0.1:${doorPort}/bank/${bank}`;
}
