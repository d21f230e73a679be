import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

/** What a process of the gateway is told. */
export interface GatewayConfig {
  readonly process: ProcessSettings;
  /** Origin of the ledger's HTTP interface, for proofs. A wrong one makes every proof fail with 503, and nothing else. */
  readonly ledgerUrl: string;
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): GatewayConfig {
  const read = new EnvironmentReader(env);
  const config = {
    process: readProcessSettings(read, { instance: 'court-gateway', demo: 'off' }),
    ledgerUrl: read.origin('LEDGER_URL'),
  };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): GatewayConfig {
  return readConfig(process.env);
}
