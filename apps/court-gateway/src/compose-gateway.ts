import type { InstalledBank } from '#bank-directory';
import type { Foundation } from '#foundation';
import { gatewayMigrations } from '../migrations/index.js';
import { gatewayBanks } from './gateway-banks.js';
import type { GatewayParts } from './gateway-parts.js';
import { readPolicy } from './policy-file.js';

/** Name of the gateway's database. */
export const GATEWAY_STORE = 'gateway';

/** What stands around the gateway, beside its foundation. */
export interface GatewaySurroundings {
  readonly banks: readonly InstalledBank[];
  readonly ledgerUrl: string;
  readonly holdDelivery: boolean;
}

/** The gateway's parts on a foundation. @throws AppError `invalid-configuration` naming every wrong place of the policy */
export async function gatewayPartsOn(
  foundation: Foundation,
  { banks, ledgerUrl, holdDelivery }: GatewaySurroundings,
): Promise<GatewayParts> {
  return {
    ...foundation,
    database: await foundation.stores.open(GATEWAY_STORE, gatewayMigrations),
    policy: await readPolicy(),
    banks: gatewayBanks(banks),
    ledgerUrl,
    holdDelivery,
  };
}
