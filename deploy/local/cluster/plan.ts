import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBanks } from '#bank-directory';
import { databasePrefix, freePortIfZero } from '#foundation';
import type { Routes } from './entrance.js';
import type { ClusterOptions } from './options.js';
import type { ProcessSpec } from './supervised.js';

/** The compiled sources, of which this file is one. */
const BUILD = fileURLToPath(new URL('../../../', import.meta.url));
const script = (app: string, entry = 'main'): string => join(BUILD, 'apps', app, 'src', `${entry}.js`);

/** The demo's banks: one connector process each. */
export const BANKS = ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'] as const;
const DESK_BANK = 'wrcb';
/** Where the simulated bank that is called listens for mutual TLS, beside its process's own port. */
const BANK_DOOR = 'bank-door';
/** Where the simulated bank that exchanges files has its SFTP server. */
const BANK_FILES = 'bank-files';
const FILE_BANK = 'hbrcu';

/** Servers that hold state and messages; the account may create databases and users. */
export interface Servers {
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
}

/** Every process of a cluster, in the order of its start, with the addresses at which they find each other. */
export interface Plan {
  readonly processes: readonly ProcessSpec[];
  readonly routes: Routes;
  readonly addresses: { readonly ledger: string; readonly desk: string; readonly sim: string };
  /** Where each process says that it is ready. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Prepares keys, databases, accounts and topics, and seeds the demo's users. */
export function migrateSpec({ dataDir }: ClusterOptions, { databaseUrl, brokers }: Servers, demo: string): ProcessSpec {
  const env = { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers.join(','), CHAKONG_DEMO: demo };
  return { name: 'migrate', script: script('standalone', 'migrate-main'), env: { ...env, CHAKONG_INSTANCE: 'migrate' } };
}

/** Plays the demo cases through the cluster's entrance. */
export function playSpec({ dataDir }: ClusterOptions, origin: string): ProcessSpec {
  const env = { DATA_DIR: dataDir, CHAKONG_ORIGIN: origin, CHAKONG_INSTANCE: 'play' };
  return { name: 'play', script: script('standalone', 'play-main'), env };
}

/** From 22 on Node keeps what it has compiled, so that a process that starts again is ready sooner; before, it does not know the name. */
function compileCache({ dataDir }: ClusterOptions): Readonly<Record<string, string>> {
  return { NODE_COMPILE_CACHE: join(dataDir, 'compiled') };
}

/** Free ports are taken now. Call it after the migration, which makes the passwords of the database accounts. */
export async function planCluster(options: ClusterOptions, servers: Servers, demo: string): Promise<Plan> {
  const ports = new Map<string, number>();
  const gatewayNames = Array.from({ length: options.gateways }, (_, i) => `court-gateway-${i + 1}`);
  const connectorNames = BANKS.map((bank) => `connector-${bank}`);
  for (const name of ['audit-ledger', 'bank-simulator', BANK_DOOR, BANK_FILES, ...connectorNames, ...gatewayNames])
    ports.set(name, await freePortIfZero(0));
  const sm2Banks = (await readBanks()).flatMap(({ profile }) => (profile.signatures === 'sm2-sm3' ? [profile.bank] : []));
  const sm4Banks = (await readBanks()).flatMap(({ profile }) => (profile.payload === 'sm4' ? [profile.bank] : []));
  const endpoint = (bank: string): string =>
    bank === FILE_BANK ? `sftp://127.0.0.1:${ports.get(BANK_FILES)}` : `https://127.0.0.1:${ports.get(BANK_DOOR)}/bank/${bank}`;
  const origin = (name: string): string => `http://127.0.0.1:${ports.get(name)}`;
  const common = {
    ...compileCache(options),
    DATA_DIR: options.dataDir,
    KAFKA_BROKERS: servers.brokers.join(','),
    CHAKONG_DEMO: demo,
  };
  const processes = (account: (name: string) => string): ProcessSpec[] => {
    const spec = (name: string, app: string, databaseUrl: string, env: Readonly<Record<string, string>> = {}): ProcessSpec => ({
      name,
      script: script(app),
      env: { ...common, DATABASE_URL: databaseUrl, PORT: String(ports.get(name)), CHAKONG_INSTANCE: name, ...env },
    });
    const simulator = spec('bank-simulator', 'bank-simulator', '', {
      CONNECTOR_URLS: BANKS.map((bank) => `${bank}=${origin(`connector-${bank}`)}`).join(','),
      BANK_TLS_PORT: String(ports.get(BANK_DOOR)),
      SFTP_PORT: String(ports.get(BANK_FILES)),
      SM2_BANKS: sm2Banks.join(','),
      SM4_BANKS: sm4Banks.join(','),
      KAFKA_BROKERS: '',
    });
    return [
      spec('audit-ledger', 'audit-ledger', account('ledger_append')),
      ...BANKS.map((bank) =>
        spec(`connector-${bank}`, 'bank-connector', account('app_rw'), {
          CHAKONG_BANKS: bank,
          ...(demo === 'off' ? {} : { BANK_ENDPOINTS: `${bank}=${endpoint(bank)}` }),
        }),
      ),
      ...(demo === 'off' ? [] : [simulator]),
      ...gatewayNames.map((name) => spec(name, 'court-gateway', account('app_rw'), { LEDGER_URL: origin('audit-ledger') })),
    ];
  };
  const passwords = await readPasswords(options.dataDir);
  const planned = processes((account) => accountUrl(servers.databaseUrl, account, passwords.get(account) ?? ''));
  return {
    processes: planned,
    routes: {
      gateways: gatewayNames.map(origin),
      byPrefix: [
        { prefix: '/ledger/', origin: origin('audit-ledger') },
        { prefix: '/api/v1/ledger/', origin: origin('audit-ledger') },
        ...BANKS.map((bank) => ({ prefix: `/api/v1/connectors/${bank}/`, origin: origin(`connector-${bank}`) })),
        { prefix: '/api/v1/desk/', origin: origin(`connector-${DESK_BANK}`) },
        { prefix: '/sim/', origin: origin('bank-simulator') },
      ],
    },
    addresses: { ledger: origin('audit-ledger'), desk: origin(`connector-${DESK_BANK}`), sim: origin('bank-simulator') },
    origins: new Map(planned.map(({ name }) => [name, origin(name)])),
  };
}

const ACCOUNTS = ['app_rw', 'ledger_append'] as const;

async function readPasswords(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const passwords = new Map<string, string>();
  for (const account of ACCOUNTS) {
    passwords.set(account, await readFile(join(dataDir, 'keys', 'database', `${account}.password`), 'utf8'));
  }
  return passwords;
}

/** The same server and databases under an account that may only what its processes need. */
function accountUrl(databaseUrl: string, account: string, password: string): string {
  const url = new URL(databaseUrl);
  const prefix = databasePrefix(databaseUrl);
  url.username = `${prefix}_${account}`;
  url.password = password;
  url.pathname = `/${prefix}`;
  return url.toString();
}
