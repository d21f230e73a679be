import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

/** What the simulator's process is told. */
export interface SimulatorConfig {
  readonly process: ProcessSettings;
  /** By bank: the origin of the connector that the bank calls. */
  readonly connectors: ReadonlyMap<string, string>;
  /** Where the bank that is called listens for mutual TLS. */
  readonly bankPort: number;
  /** The authority of the connectors' servers, where their addresses are https. */
  readonly connectorCaFile: string | undefined;
  /** Where the SFTP server of the bank that exchanges files listens. */
  readonly sftpPort: number;
}

/** As in the profiles of the banks. */
const BANK_TLS_PORT = 3443;
const SFTP_PORT = 2222;

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): SimulatorConfig {
  const read = new EnvironmentReader(env);
  const config = {
    process: readProcessSettings(read, { instance: 'bank-simulator', demo: 'seed' }),
    connectors: read.table('CONNECTOR_URLS'),
    bankPort: read.port('BANK_TLS_PORT', BANK_TLS_PORT),
    connectorCaFile: read.text('CONNECTOR_CA_FILE'),
    sftpPort: read.port('SFTP_PORT', SFTP_PORT),
  };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): SimulatorConfig {
  return readConfig(process.env);
}
