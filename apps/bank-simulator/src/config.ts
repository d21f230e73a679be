import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings, type SigningBank } from '#foundation';

/** What the simulator's process is told. */
export interface SimulatorConfig {
  readonly process: ProcessSettings;
  /** By bank: the origin of the connector that the bank calls. */
  readonly connectors: ReadonlyMap<string, string>;
  /** The banks, and by which algorithm each signs. */
  readonly banks: readonly SigningBank[];
  /** Where the bank that is called listens for mutual TLS. */
  readonly bankPort: number;
  /** The authority of the connectors' servers, where their addresses are https. */
  readonly connectorCaFile: string | undefined;
  /** Where the SFTP server of the bank that exchanges files listens. */
  readonly sftpPort: number;
  /** A bank beside those of the demo whose register is asked, and where it listens for mutual TLS. */
  readonly register: { readonly bank: string; readonly port: number } | undefined;
  /** Milliseconds between two looks of the banks that look by themselves; undefined: the demo's. */
  readonly pollMs: number | undefined;
}

const BANKS = ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'];
/** As in the profiles of the banks. */
const BANK_TLS_PORT = 3443;
const SFTP_PORT = 2222;
const REGISTER_TLS_PORT = 3444;
const BANK_CODE = /^[a-z][a-z0-9-]{1,19}$/;

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): SimulatorConfig {
  const read = new EnvironmentReader(env);
  const config = {
    process: readProcessSettings(read, { instance: 'bank-simulator', demo: 'seed' }),
    connectors: read.table('CONNECTOR_URLS'),
    banks: readBanks(read),
    bankPort: read.port('BANK_TLS_PORT', BANK_TLS_PORT),
    connectorCaFile: read.text('CONNECTOR_CA_FILE'),
    sftpPort: read.port('SFTP_PORT', SFTP_PORT),
    register: readRegister(read),
    pollMs: readPollMs(read),
  };
  read.done();
  return config;
}

/** `SM2_BANKS` and `SM4_BANKS` name by commas those that sign by SM2 and encrypt by SM4, as their profiles say. */
function readBanks(read: EnvironmentReader): readonly SigningBank[] {
  const named = read.text('SM2_BANKS')?.split(',') ?? [];
  const sealing = read.text('SM4_BANKS')?.split(',') ?? [];
  const unknown = [...named, ...sealing].find((bank) => !BANKS.includes(bank));
  if (unknown !== undefined) read.faults.push(`SM2_BANKS or SM4_BANKS names ${unknown}, which is none of ${BANKS.join(', ')}`);
  return BANKS.map((bank) => ({
    bank,
    signatures: named.includes(bank) ? 'sm2-sm3' : 'ed25519',
    ...(sealing.includes(bank) ? { payload: 'sm4' } : {}),
  }));
}

/** `REGISTER_BANK` is the code of its profile. */
function readRegister(read: EnvironmentReader): SimulatorConfig['register'] {
  const bank = read.text('REGISTER_BANK');
  const port = read.port('REGISTER_TLS_PORT', REGISTER_TLS_PORT);
  if (bank === undefined) return undefined;
  if (!BANK_CODE.test(bank) || BANKS.includes(bank))
    read.faults.push(`REGISTER_BANK is the code of a bank beside ${BANKS.join(', ')}, not "${bank}"`);
  return { bank, port };
}

function readPollMs(read: EnvironmentReader): number | undefined {
  const text = read.text('SIM_POLL_MS');
  if (text === undefined) return undefined;
  const pollMs = Number(text);
  if (!Number.isInteger(pollMs) || pollMs < POLL_MS_MIN || pollMs > POLL_MS_MAX) {
    read.faults.push(`SIM_POLL_MS is a whole number from ${POLL_MS_MIN} to ${POLL_MS_MAX}, not "${text}"`);
  }
  return pollMs;
}

const POLL_MS_MIN = 10;
const POLL_MS_MAX = 1_000;

/** The configuration of this process. */
export function loadConfig(): SimulatorConfig {
  return readConfig(process.env);
}
