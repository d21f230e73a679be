import { readOidcSettings, type OidcSettings } from '#access';
import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

/** What a process of the gateway is told. */
export interface GatewayConfig {
  readonly process: ProcessSettings;
  /** Origin of the ledger's HTTP interface, for proofs. A wrong one makes every proof fail with 503, and nothing else. */
  readonly ledgerUrl: string;
  readonly oidc: OidcOf;
}

/** Sign-in at an issuer, once the file of roles has been read; undefined where no issuer is named. */
export type OidcOf = (roles: unknown) => OidcSettings | undefined;

/** `OIDC_…`, with `PUBLIC_ORIGIN` as the address at which browsers find the gateway. */
export function oidcOf(env: Environment, port: number): OidcOf {
  const publicOrigin = (env['PUBLIC_ORIGIN'] || `http://localhost:${port}`).replace(/\/$/, '');
  return (roles) => readOidcSettings({ env, publicOrigin, roles });
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): GatewayConfig {
  const read = new EnvironmentReader(env);
  const process = readProcessSettings(read, { instance: 'court-gateway', demo: 'off' });
  const config = { process, ledgerUrl: read.origin('LEDGER_URL'), oidc: oidcOf(env, process.port) };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): GatewayConfig {
  return readConfig(process.env);
}
