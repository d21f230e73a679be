import type { InstalledBank } from '#bank-directory';
import { assertSigns, type BankKeys, type Foundation } from '#foundation';
import { readBankSecurity } from './bank-security.js';
import { connectorMigrations } from '../migrations/index.js';
import type { OpenDatabase } from '#persistence';
import type { Speaker } from './bank-context.js';
import type { ConnectorParts, HostedBank } from './connector-parts.js';

export interface ConnectorSurroundings {
  /** The banks that this process serves. */
  readonly banks: readonly InstalledBank[];
  readonly keys: BankKeys;
  /** Stands in for the address in a bank's profile; undefined leaves it. */
  readonly endpointOf: (bank: string) => string | undefined;
  /** Where several processes may serve a bank: who of them speaks to it. */
  readonly speakerOf?: (bank: string, database: OpenDatabase) => Speaker;
}

/** Name of the database of a bank's connector. */
export const connectorStore = (bank: string): string => `connectors/${bank}`;

/** One connector per bank, each with a database of its own (I15). */
export async function connectorPartsOn(foundation: Foundation, surroundings: ConnectorSurroundings): Promise<ConnectorParts> {
  assertSigns(foundation.courtSigner);
  const { banks, keys } = surroundings;
  const hosted: HostedBank[] = [];
  for (const { profile } of banks) hosted.push(await host(profile, foundation, surroundings));
  return { ...foundation, bankKeys: keys.ring, banks: hosted };
}

async function host(
  profile: InstalledBank['profile'],
  { dataDir, stores }: Foundation,
  { keys, endpointOf, speakerOf }: ConnectorSurroundings,
): Promise<HostedBank> {
  const { bank } = profile;
  const password = keys.passwords.get(bank);
  const exchangeKeys = keys.exchanges.get(bank);
  const endpoint = endpointOf(bank);
  const payloads = keys.payloads.get(bank);
  const database = await stores.open(connectorStore(bank), connectorMigrations);
  return {
    profile,
    database,
    ...(await readBankSecurity(dataDir, profile, keys.sm2Work)),
    ...(profile.signatures === 'sm2-sm3' && keys.courtSm2 ? { signer: keys.courtSm2 } : {}),
    ...(profile.payload && payloads ? { payload: payloads.court } : {}),
    ...(speakerOf ? { speaker: speakerOf(bank, database) } : {}),
    ...(exchangeKeys === undefined ? {} : { exchangeKeys }),
    ...(endpoint === undefined ? {} : { endpoint: () => endpoint }),
    ...(password === undefined ? {} : { password }),
  };
}
