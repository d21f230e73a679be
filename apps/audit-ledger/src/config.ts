import { EnvironmentReader, readProcessSettings, type Environment, type ProcessSettings } from '#foundation';
import { LEDGER_ORIGIN } from './compose-ledger.js';
import { readSm2Line, readWitnessSource, type WitnessSource } from './witness-policy-file.js';

/** What the ledger's process is told. */
export interface LedgerConfig {
  readonly process: ProcessSettings;
  /** The name of the log, to which the year is added. It can never change once a log is there: another name begins another log. */
  readonly origin: string;
  /** Absent: checkpoints carry the log's own signature alone. */
  readonly witnesses: WitnessSource | undefined;
  /** Each checkpoint carries a line of SM2 as well, by a key that the first start makes. */
  readonly sm2: boolean;
}

/** Reads the environment once and lists every fault. @throws AppError `invalid-configuration` */
export function readConfig(env: Environment): LedgerConfig {
  const read = new EnvironmentReader(env);
  const config = {
    process: readProcessSettings(read, { instance: 'audit-ledger', demo: 'off' }),
    origin: read.matching('LEDGER_ORIGIN', /^[\w.-]+(\/[\w.-]+)+$/, 'a name such as gateway.court.example/ledger', LEDGER_ORIGIN),
    witnesses: readWitnessSource(read),
    sm2: readSm2Line(read),
  };
  read.done();
  return config;
}

/** The configuration of this process. */
export function loadConfig(): LedgerConfig {
  return readConfig(process.env);
}
