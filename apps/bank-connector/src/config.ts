import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

/** What a process of the connector is told. */
export interface ConnectorConfig {
  readonly process: ProcessSettings;
  /** Codes of the banks that this process serves; one, or several small ones. */
  readonly banks: readonly string[];
  /** By bank: stands in for the address in the profile, for simulated banks. */
  readonly endpoints: ReadonlyMap<string, string>;
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): ConnectorConfig {
  const read = new EnvironmentReader(env);
  const banks = read.list('CHAKONG_BANKS');
  if (banks.length === 0) read.faults.push('CHAKONG_BANKS names the banks of this process, separated by commas');
  const config = {
    process: readProcessSettings(read, { instance: `connector-${banks[0] ?? ''}`, demo: 'off' }),
    banks,
    endpoints: read.table('BANK_ENDPOINTS'),
  };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): ConnectorConfig {
  return readConfig(process.env);
}
