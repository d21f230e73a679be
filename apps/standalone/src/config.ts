import { readSm2Line, readWitnessSource, type WitnessSource } from '../../audit-ledger/src/witness-policy-file.js';
import { oidcOf, readOutboxRowsMax, type OidcOf } from '../../court-gateway/src/config.js';
import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';

export type StandaloneConfig = ProcessSettings & {
  /** The one password of the demo users; random per data folder when absent. */
  readonly demoPassword: string | undefined;
  readonly oidc: OidcOf;
  readonly outboxRowsMax: number;
  /** Absent: the ledger has no witnesses. */
  readonly witnesses: WitnessSource | undefined;
  /** Checkpoints carry a line of SM2 as well. */
  readonly sm2: boolean;
};

const PASSWORD_LENGTH_MIN = 8;

/**
 * Reads the environment once, checks all of it and lists every fault. Nothing else reads the environment.
 * A wrong PORT or DATA_DIR stops the start; a mistyped DATA_DIR would otherwise begin a second, empty system.
 * @throws AppError `invalid-configuration`
 */
export function readConfig(env: Environment): StandaloneConfig {
  const read = new EnvironmentReader(env);
  const settings = readProcessSettings(read, { instance: 'standalone', demo: 'play', embedded: true });
  const config = {
    ...settings,
    demoPassword: readPassword(read),
    oidc: oidcOf(env, settings.port),
    outboxRowsMax: readOutboxRowsMax(read),
    witnesses: readWitnessSource(read),
    sm2: readSm2Line(read),
  };
  read.done();
  return config;
}

function readPassword(read: EnvironmentReader): string | undefined {
  const demoPassword = read.text('CHAKONG_DEMO_PASSWORD');
  if (demoPassword !== undefined && demoPassword.length < PASSWORD_LENGTH_MIN) {
    read.faults.push(`CHAKONG_DEMO_PASSWORD has at least ${PASSWORD_LENGTH_MIN} characters`);
  }
  return demoPassword;
}

/** What `npm run migrate` is told: where the servers are, under an account that may create databases and users. */
export interface MigrateConfig {
  readonly settings: ProcessSettings;
  readonly demoPassword: string | undefined;
}

/** @throws AppError `invalid-configuration` */
export function readMigrateConfig(env: Environment): MigrateConfig {
  const read = new EnvironmentReader(env);
  const config = { settings: readProcessSettings(read, { instance: 'migrate', demo: 'off' }), demoPassword: readPassword(read) };
  read.done();
  return config;
}

/** What plays the demo cases against an installation that runs elsewhere. */
export interface PlayConfig {
  readonly settings: ProcessSettings;
  /** One origin that leads to everything: court, ledger, desk and simulated banks. */
  readonly origin: string;
  readonly demoPassword: string | undefined;
}

/** @throws AppError `invalid-configuration` */
export function readPlayConfig(env: Environment): PlayConfig {
  const read = new EnvironmentReader(env);
  const settings = readProcessSettings(read, { instance: 'play', demo: 'play', embedded: true });
  const config = { settings, origin: read.origin('CHAKONG_ORIGIN'), demoPassword: readPassword(read) };
  read.done();
  return config;
}

/** The configurations of this process. */
export const loadConfig = (): StandaloneConfig => readConfig(process.env);
export const loadMigrateConfig = (): MigrateConfig => readMigrateConfig(process.env);
export const loadPlayConfig = (): PlayConfig => readPlayConfig(process.env);
