import type { InstalledBank } from '#bank-directory';
import { assertSigns, type Foundation } from '#foundation';
import type { OpenDatabase } from '#persistence';
import { gatewayMigrations } from '../migrations/index.js';
import { gatewayBanks } from './gateway-banks.js';
import type { GatewayParts } from './gateway-parts.js';
import type { OidcOf } from './config.js';
import { readOidcRoles, readPolicy } from './policy-file.js';

/** Name of the gateway's database. */
export const GATEWAY_STORE = 'gateway';

/** Writing connections to a server: enough to keep it busy while this process works on the next closures. */
const WRITING_SESSIONS = 4;

/** What stands around the gateway, beside its foundation. */
export interface GatewaySurroundings {
  readonly banks: readonly InstalledBank[];
  readonly ledgerUrl: string;
  readonly holdDelivery: boolean;
  readonly oidc?: OidcOf;
  readonly outboxRowsMax?: number;
}

/** The gateway's parts on a foundation. @throws AppError `invalid-configuration` naming every wrong place of the policy, or that the court's key is not here */
export async function gatewayPartsOn(
  foundation: Foundation,
  { banks, ledgerUrl, holdDelivery, oidc, outboxRowsMax }: GatewaySurroundings,
): Promise<GatewayParts & { readonly database: OpenDatabase }> {
  assertSigns(foundation.courtSigner);
  const atIssuer = oidc?.(await readOidcRoles());
  return {
    ...foundation,
    ...(atIssuer ? { oidc: atIssuer } : {}),
    database: await foundation.stores.open(GATEWAY_STORE, gatewayMigrations, { sessions: WRITING_SESSIONS }),
    policy: await readPolicy(),
    banks: gatewayBanks(banks),
    ledgerUrl,
    holdDelivery,
    outboxRowsMax,
  };
}
