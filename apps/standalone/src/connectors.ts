import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { BankConnectorModule } from '../../bank-connector/src/bank-connector.module.js';
import type { HostedBank } from '../../bank-connector/src/connector-parts.js';
import { connectorMigrations } from '../../bank-connector/migrations/index.js';
import type { InstalledBank } from './bank-directory.js';
import type { BankKeys } from './bank-keys.js';
import type { Foundation } from './foundation.js';

export interface ConnectorSurroundings {
  readonly banks: readonly InstalledBank[];
  readonly keys: BankKeys;
  /** Where this process listens. */
  readonly origin: string;
  /** The simulated banks are in this process too, so the bank that is called is called here and not at its profile's address. */
  readonly simulated: boolean;
}

/** The folder of an exchange by files; below it one folder for each legal person. */
export const exchangeFolder = (dataDir: string, bank: string): string => join(dataDir, 'exchange', bank);

/** One connector per bank, each with a database of its own (I15). */
export async function composeConnectors(foundation: Foundation, surroundings: ConnectorSurroundings): Promise<DynamicModule> {
  const { banks, keys } = surroundings;
  const hosted: HostedBank[] = [];
  for (const { profile } of banks) hosted.push(await host(profile, foundation, surroundings));
  return BankConnectorModule.forRoot({ ...foundation, bankKeys: keys.ring, banks: hosted });
}

async function host(
  profile: InstalledBank['profile'],
  foundation: Foundation,
  { keys, origin, simulated }: ConnectorSurroundings,
): Promise<HostedBank> {
  const { bank } = profile;
  const password = keys.passwords.get(bank);
  return {
    profile,
    database: await foundation.open(`connectors/${bank}`, connectorMigrations),
    exchangeFolder: exchangeFolder(foundation.dataDir, bank),
    ...(simulated ? { endpoint: () => `${origin}/bank/${bank}` } : {}),
    ...(password === undefined ? {} : { password }),
  };
}
