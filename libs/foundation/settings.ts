import { resolve } from 'node:path';
import { AppError, FAIL_POINTS, type FailPoint } from '#kernel';
import { CALLS_IN_FLIGHT_MAX, type LogLevel, type TlsFiles } from '#http';
import { readKeySource, type KeySource } from './key-source.js';
import { readTelemetry, type TelemetrySettings } from './telemetry.js';

/** Whether demo users, banks and cases are made: cases played, users and banks only, or nothing. */
export type DemoMode = 'play' | 'seed' | 'off';

/** Where a distributed installation keeps its state and its messages. */
export interface Backing {
  /** `mysql://user:password@host:port/<prefix>`: the database of each app is `<prefix>_<app>`. */
  readonly databaseUrl: string;
  /** `host:port` of each Kafka broker known at the start. */
  readonly brokers: readonly string[];
  /** Authorities that the servers' certificates must come from, and what is shown to them. */
  readonly databaseTls?: ClientTlsFiles;
  readonly kafkaTls?: ClientTlsFiles;
  /** What the names of topics and groups begin with, where several installations share a broker. */
  readonly topicPrefix: string;
}

/** Files with PEM texts for a connection that this process opens. */
export interface ClientTlsFiles {
  readonly caFile: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** What every process of an installation is told. */
export interface ProcessSettings {
  readonly port: number;
  /** Keys, blobs and the files of this process. Processes of one installation share it. */
  readonly dataDir: string;
  readonly demo: DemoMode;
  readonly logLevel: LogLevel;
  /** Names this process among its like, for leases and logs. */
  readonly instance: string;
  /**
   * The name was given to this process alone (`CHAKONG_INSTANCE`), so whatever is still held under it belonged to a process that is dead:
   * its leases and its places in groups are taken over at once.
   */
  readonly isSoleInstance: boolean;
  /** Absent: everything is embedded. */
  readonly backing: Backing | undefined;
  readonly telemetry: TelemetrySettings | undefined;
  /** Absent: all keys lie in files. */
  readonly keySource?: KeySource | undefined;
  /** Absent: plain HTTP, behind something that ends TLS. */
  readonly tls: TlsFiles | undefined;
  /** Die with the process that started this one: its standard input ends when that one is gone, however it went. */
  readonly endWithParent: boolean;
  /** Tests only: die at this place, at this hit. */
  readonly failPoint: { readonly point: FailPoint; readonly atHit: number } | undefined;
  /** Calls that the process works on at once in each pool; beyond them it answers 503. */
  readonly callsInFlightMax: number;
  /** Benches only: hold the delivery of orders back from the start. */
  readonly holdDelivery: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const BROKERS_MAX = 20;
/** Beyond it the limit limits nothing: sockets run out before. */
const CALLS_IN_FLIGHT_CEILING = 100_000;
const INSTANCE = /^[a-z0-9][a-z0-9-]{0,39}$/;
const BROKER = /^[\w.-]{1,253}:\d{1,5}$/;

/** Collects every fault of an environment, so that the operator sees all of them at once. */
export class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const value = this.env[name] || fallback;
    if ((values as readonly string[]).includes(value)) return value as T;
    this.faults.push(`${name} is one of ${values.join(', ')}, not "${value}"`);
    return fallback;
  }

  text(name: string): string | undefined {
    return this.env[name] || undefined;
  }

  /** A text of a form; `what` completes the sentence `<name> is …`. */
  matching(name: string, form: RegExp, what: string, fallback?: string): string {
    const value = this.env[name] || fallback || '';
    if (!form.test(value)) this.faults.push(`${name} is ${what}, not "${value}"`);
    return value;
  }

  /** An http or https origin without a trailing slash. */
  origin(name: string): string {
    const value = (this.env[name] || '').replace(/\/$/, '');
    if (!/^https?:\/\/[^\s/?#]+$/.test(value) || !URL.canParse(value)) {
      this.faults.push(`${name} is an origin such as http://ledger:3000, not "${value}"`);
    }
    return value;
  }

  /** `name=value,name=value`, for addresses by bank. */
  table(name: string): ReadonlyMap<string, string> {
    const entries = (this.env[name] || '').split(',').filter((entry) => entry !== '');
    const table = new Map<string, string>();
    for (const entry of entries) {
      const at = entry.indexOf('=');
      if (at > 0) table.set(entry.slice(0, at), entry.slice(at + 1));
      else this.faults.push(`${name} is a list of name=value, not "${entry}"`);
    }
    return table;
  }

  list(name: string): readonly string[] {
    return (this.env[name] || '').split(',').filter((entry) => entry !== '');
  }

  port(name: string, fallback: number): number {
    const port = Number(this.env[name] || fallback);
    if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
    this.faults.push(`${name} is a port number, not "${this.env[name]}"`);
    return fallback;
  }

  whole(name: string, fallback: number, { min, max }: { readonly min: number; readonly max: number }): number {
    const value = Number(this.env[name] || fallback);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    this.faults.push(`${name} is a whole number from ${min} to ${max}, not "${this.env[name]}"`);
    return fallback;
  }

  /** @throws AppError `invalid-configuration` with every fault */
  done(): void {
    if (this.faults.length > 0) throw new AppError('invalid-configuration', this.faults.join('; '), { level: 'fatal' });
  }
}

export interface SettingDefaults {
  readonly instance: string;
  readonly demo: DemoMode;
  /** The embedded system uses no server, whatever the environment says of one. */
  readonly embedded?: boolean;
}

/** The settings that all processes share. Faults gather in the reader; the caller ends with `done()`. */
export function readProcessSettings(read: EnvironmentReader, defaults: SettingDefaults): ProcessSettings {
  return {
    port: read.port('PORT', 3000),
    dataDir: resolve(read.text('DATA_DIR') ?? './data'),
    demo: read.oneOf<DemoMode>('CHAKONG_DEMO', ['play', 'seed', 'off'], defaults.demo),
    logLevel: read.oneOf<LogLevel>('LOG_LEVEL', LEVELS, 'warn'),
    isSoleInstance: read.text('CHAKONG_INSTANCE') !== undefined,
    instance: read.matching('CHAKONG_INSTANCE', INSTANCE, 'a short name of small letters, digits and hyphens', defaults.instance),
    backing: defaults.embedded ? undefined : readBacking(read),
    keySource: readKeySource(read),
    telemetry: readTelemetry(read),
    tls: readServerTls(read),
    endWithParent: read.oneOf('CHAKONG_END_WITH_PARENT', ['on', 'off'], 'off') === 'on',
    failPoint: readFailPoint(read),
    callsInFlightMax: read.whole('CALLS_IN_FLIGHT_MAX', CALLS_IN_FLIGHT_MAX, { min: 1, max: CALLS_IN_FLIGHT_CEILING }),
    holdDelivery: read.oneOf('CHAKONG_HOLD_DELIVERY', ['on', 'off'], 'off') === 'on',
  };
}

function readBacking(read: EnvironmentReader): Backing | undefined {
  const databaseUrl = read.text('DATABASE_URL');
  const brokers = (read.text('KAFKA_BROKERS') ?? '').split(',').filter((broker) => broker !== '');
  if (databaseUrl === undefined && brokers.length === 0) return undefined;
  if (databaseUrl === undefined || brokers.length === 0) {
    read.faults.push('DATABASE_URL and KAFKA_BROKERS are given together, or neither');
    return undefined;
  }
  if (!URL.canParse(databaseUrl) || !['mysql:', 'mariadb:'].includes(new URL(databaseUrl).protocol)) {
    read.faults.push('DATABASE_URL is an address such as mysql://user:password@host:3306/chakong');
  }
  if (brokers.length > BROKERS_MAX || brokers.some((broker) => !BROKER.test(broker))) {
    read.faults.push('KAFKA_BROKERS is a list of host:port, separated by commas');
  }
  const databaseTls = readClientTls(read, 'DATABASE');
  const kafkaTls = readClientTls(read, 'KAFKA');
  return {
    databaseUrl,
    brokers,
    topicPrefix: read.matching('KAFKA_PREFIX', /^[a-z0-9.-]{0,40}$/, 'a short name that ends in a dot'),
    ...(databaseTls ? { databaseTls } : {}),
    ...(kafkaTls ? { kafkaTls } : {}),
  };
}

/** `<NAME>_CA_FILE` switches TLS on; `<NAME>_CERT_FILE` and `<NAME>_KEY_FILE` are what is shown. */
function readClientTls(read: EnvironmentReader, name: string): ClientTlsFiles | undefined {
  const caFile = read.text(`${name}_CA_FILE`);
  const certFile = read.text(`${name}_CERT_FILE`);
  const keyFile = read.text(`${name}_KEY_FILE`);
  if ((certFile === undefined) !== (keyFile === undefined)) read.faults.push(`${name}_CERT_FILE and ${name}_KEY_FILE are given together`);
  if (caFile === undefined) {
    if (certFile !== undefined) read.faults.push(`${name}_CERT_FILE needs ${name}_CA_FILE`);
    return undefined;
  }
  return { caFile, ...(certFile === undefined ? {} : { certFile }), ...(keyFile === undefined ? {} : { keyFile }) };
}

/** `TLS_CERT_FILE` and `TLS_KEY_FILE`; with `TLS_CA_FILE` clients may show certificates, with `TLS_CLIENT_CERT=on` they must. */
function readServerTls(read: EnvironmentReader): TlsFiles | undefined {
  const certFile = read.text('TLS_CERT_FILE');
  const keyFile = read.text('TLS_KEY_FILE');
  const caFile = read.text('TLS_CA_FILE');
  const requestClientCert = read.oneOf('TLS_CLIENT_CERT', ['on', 'off'], 'off') === 'on';
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    read.faults.push('TLS_CERT_FILE and TLS_KEY_FILE are given together');
    return undefined;
  }
  return { certFile, keyFile, requestClientCert, ...(caFile === undefined ? {} : { caFile }) };
}

function readFailPoint(read: EnvironmentReader): ProcessSettings['failPoint'] {
  const text = read.text('CHAKONG_FAIL_POINT');
  if (text === undefined) return undefined;
  const failPoint = parseFailPoint(text);
  if (!failPoint) read.faults.push(`CHAKONG_FAIL_POINT "${text}" is no fail-point`);
  return failPoint;
}

/** `<name>` or `<name>@<hit>`. @returns undefined for anything else */
export function parseFailPoint(text: string): ProcessSettings['failPoint'] {
  const [name = '', hit = '1'] = text.split('@');
  const point = FAIL_POINTS.find((each) => each === name);
  const atHit = Number(hit);
  return point && Number.isInteger(atHit) && atHit > 0 ? { point, atHit } : undefined;
}

/** For processes that cannot do without: everything but the embedded system. @throws AppError `invalid-configuration` */
export function backingOf({ backing }: ProcessSettings): Backing {
  if (backing) return backing;
  throw new AppError('invalid-configuration', 'DATABASE_URL and KAFKA_BROKERS are needed; the embedded system is started by npm start', {
    level: 'fatal',
  });
}
