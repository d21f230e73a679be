import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

/** What the simulator's process is told. */
export interface SimulatorConfig {
  readonly process: ProcessSettings;
  /** By bank: the origin of the connector that the bank calls. */
  readonly connectors: ReadonlyMap<string, string>;
  /** Milliseconds between two looks of the banks that look by themselves; undefined: the demo's. */
  readonly pollMs: number | undefined;
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): SimulatorConfig {
  const read = new EnvironmentReader(env);
  const config = {
    process: readProcessSettings(read, { instance: 'bank-simulator', demo: 'seed' }),
    connectors: read.table('CONNECTOR_URLS'),
    pollMs: readPollMs(read),
  };
  read.done();
  return config;
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
