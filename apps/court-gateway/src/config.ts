import { readOidcSettings, type OidcSettings } from '#access';
import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';
import { OUTBOX_ROWS_MAX } from '#messaging';

/** What a process of the gateway is told. */
export interface GatewayConfig {
  readonly process: ProcessSettings;
  /** Origin of the ledger's HTTP interface, for proofs. A wrong one makes every proof fail with 503, and nothing else. */
  readonly ledgerUrl: string;
  readonly oidc: OidcOf;
  /** Rows of the outbox that may wait before writes are answered 503. */
  readonly outboxRowsMax: number;
}

/** Sign-in at an issuer, once the file of roles has been read; undefined where no issuer is named. */
export type OidcOf = (roles: unknown) => OidcSettings | undefined;

/** Beyond it the limit is none: no disk of an outbox holds as much. */
const OUTBOX_ROWS_CEILING = 1_000_000_000;

/** `OUTBOX_ROWS_MAX`, for every program that the gateway is a part of. */
export function readOutboxRowsMax(read: EnvironmentReader): number {
  return read.whole('OUTBOX_ROWS_MAX', OUTBOX_ROWS_MAX, { min: 1, max: OUTBOX_ROWS_CEILING });
}

/** `OIDC_…`, with `PUBLIC_ORIGIN` as the address at which browsers find the gateway. */
export function oidcOf(env: Environment, port: number): OidcOf {
  const publicOrigin = (env['PUBLIC_ORIGIN'] || `http://localhost:${port}`).replace(/\/$/, '');
  return (roles) => readOidcSettings({ env, publicOrigin, roles });
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): GatewayConfig {
  const read = new EnvironmentReader(env);
  const process = readProcessSettings(read, { instance: 'court-gateway', demo: 'off' });
  const config = { process, ledgerUrl: read.origin('LEDGER_URL'), oidc: oidcOf(env, process.port), outboxRowsMax: readOutboxRowsMax(read) };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): GatewayConfig {
  return readConfig(process.env);
}
