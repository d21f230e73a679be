import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parse } from 'yaml';
import { TokenIssuer, TokenVerifier, type Principal } from '#access';
import { createHttpServer } from '#http';
import { SystemClock, silentLog, systemEntropy } from '#kernel';
import { FACTS_TOPIC, InProcessBus, type Message } from '#messaging';
import { parsePolicy } from '#orders';
import { BlindIndex, CaseKeys, FileBlobStore, KekFile, keyMigrations, KeyRotation, Pseudonyms, SqlKeyRows, SystemKeys } from '#privacy';
import { removeStoresBelow, testStore, TestStores } from '#testing';
import { ensureKeyPair } from '#trust';
import { gatewayMigrations } from '../../migrations/index.js';
import { findStoredUser } from '../adapters/store/user-rows.js';
import { mountOpenApi } from '#http';
import { DirectRenderer } from '../adapters/render/direct-renderer.js';
import { CourtGatewayModule } from '../court-gateway.module.js';
import type { GatewayBank, GatewayParts } from '../gateway-parts.js';
import { seedDemo } from '../use-cases/seed-demo/seed-demo.js';
import { Vault } from '../vault.js';

const POLICY_FILE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../deploy/policy.yaml');
export const PASSWORD = 'correct horse battery';

function bank(code: string, name: string, dialect: string, legalPersons = [{ code, name }]): GatewayBank {
  return {
    bank: code,
    name,
    dialect,
    legalPersons,
    notices: dialect === 'realtime-json',
    dayStatement: dialect === 'realtime-json',
    active: true,
    actions: ['inquire', 'freeze', 'renew', 'release', 'deduct'],
    scopes: ['funds', 'account'],
    propertyKinds: ['deposit', 'movable', 'other'],
    transactions: true,
    partialDeduct: true,
  };
}

/** The four demo banks with every ability. */
export const BANKS: readonly GatewayBank[] = [
  bank('hubeibank', '湖北银行', 'realtime-json'),
  bank('hankoubank', '汉口银行', 'poll-xml'),
  bank('hbrcu', '湖北省农信联社', 'file-zip', [
    { code: 'hbrcu-jiayu', name: '嘉鱼农村商业银行' },
    { code: 'hbrcu-anlu', name: '安陆农村商业银行' },
    { code: 'hbrcu-tianmen', name: '天门农村商业银行' },
  ]),
  bank('wrcb', '武汉农村商业银行', 'manual-desk'),
];

/** A gateway on real storage with a real HTTP server, and what a test needs to look behind it. */
export interface GatewayFixture {
  readonly app: NestFastifyApplication;
  readonly parts: GatewayParts & { readonly clock: SystemClock; readonly bus: InProcessBus };
  readonly url: string;
  readonly dataDir: string;
  /** Everything that reached a topic, when `collect` names it. */
  readonly messages: Message[];
  /** A token of a demo user, made without his password. */
  tokenOf(username: string): Promise<string>;
  /** A call with the demo user's token; writes get a fresh idempotency key unless the headers name one. */
  call(username: string, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  close(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed JSON, or the text. */
  readonly body: unknown;
  /** One member of the JSON by its path, for example `parties.0.id`; undefined when it is not there. */
  at<T = string>(path: string): T;
  /** One member of each item of a list. */
  each<T = string>(list: string, member: string): T[];
}

export interface FixtureOptions {
  /** Parts to put in place of the fixture's own. */
  readonly parts?: Partial<GatewayParts>;
  /** Topics whose messages are collected; the others keep theirs in the outbox. */
  readonly collect?: readonly string[];
  /** A folder to start on; it is kept at the end. */
  readonly dataDir?: string;
  readonly seed?: boolean;
  /** Called before the server listens. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

let keys = 0;

export async function startGateway(options: FixtureOptions = {}): Promise<GatewayFixture> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'chakong-gateway-')));
  const parts = await makeParts(dataDir, options);
  const messages: Message[] = [];
  await parts.bus.subscribe({
    group: 'test',
    topics: options.collect ?? [FACTS_TOPIC],
    handle: (batch) => Promise.resolve(void messages.push(...batch)),
  });
  if (options.seed !== false) await seedDemo(parts, { password: PASSWORD, mode: 'seed' });
  const app = await createHttpServer(CourtGatewayModule.forRoot(parts), parts.log);
  options.prepare?.(app);
  mountOpenApi(app, { pages: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const tokens = new Map<string, string>();
  const tokenOf = async (username: string): Promise<string> => {
    const known = tokens.get(username) ?? (await parts.tokens.issuer.issue(await principalOf(parts, username))).accessToken;
    tokens.set(username, known);
    return known;
  };
  return {
    app,
    parts,
    url,
    dataDir,
    messages,
    tokenOf,
    call: async (username, method, route, body, headers = {}) => {
      const token = await tokenOf(username);
      return send(url, method, route, body, { authorization: `Bearer ${token}`, 'idempotency-key': `test-${(keys += 1)}`, ...headers });
    },
    close: async () => {
      await app.close();
      await parts.bus.close();
      await parts.database.close();
      await parts.keyDatabase.close();
      if (options.dataDir === undefined) {
        await removeStoresBelow(dataDir);
        await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

async function makeParts(dataDir: string, { parts = {} }: FixtureOptions) {
  const clock = new SystemClock();
  const log = parts.log ?? silentLog;
  const entropy = systemEntropy;
  const kek = await KekFile.create(path.join(dataDir, 'keys', 'kek.json'), entropy);
  const stores = new TestStores(testStore(), dataDir);
  const open = (name: string, migrations: typeof gatewayMigrations) => stores.open(name, migrations, { time: clock, log });
  const keyDatabase = await open('keys/case-keys', keyMigrations);
  const keyRows = new SqlKeyRows(keyDatabase);
  const caseKeys = new CaseKeys(keyRows, kek, entropy, clock);
  const tokenKey = { kid: 'test', secret: Buffer.alloc(32, 7) };
  return {
    dataDir,
    keyDatabase,
    database: await open('gateway', gatewayMigrations),
    entropy,
    log,
    keys: caseKeys,
    rotation: new KeyRotation(keyRows, kek, entropy),
    systemKeys: new SystemKeys(kek),
    blind: new BlindIndex(kek),
    pseudonyms: new Pseudonyms(kek),
    blobs: new FileBlobStore({ folder: path.join(dataDir, 'blobs'), keys: caseKeys, source: kek, entropy }),
    tokens: { issuer: new TokenIssuer(tokenKey, clock), verifier: new TokenVerifier([tokenKey], clock) },
    courtSigner: await ensureKeyPair(path.join(dataDir, 'keys', 'court.pem'), entropy, 'court-1'),
    policy: parsePolicy(parse(await readFile(POLICY_FILE, 'utf8'))),
    banks: { all: () => BANKS, find: (code: string) => BANKS.find((each) => each.bank === code) },
    renderer: new DirectRenderer(),
    ...parts,
    bus: new InProcessBus(clock, log),
    clock,
  };
}

async function principalOf(parts: GatewayParts, username: string): Promise<Principal> {
  const user = await findStoredUser(parts.database.reader, new Vault(parts), username);
  if (!user) throw new Error(`no demo user ${username}`);
  return user.principal;
}

/** One call as the wire has it. A Buffer or text goes out as it is, everything else as JSON. */
export async function send(
  url: string,
  method: string,
  route: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const type: Record<string, string> = body === undefined || isRaw ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${url}${route}`, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: parsed,
    at: <T>(where: string) => memberAt(parsed, where) as T,
    each: <T>(list: string, member: string) => (memberAt(parsed, list) as unknown[]).map((item) => memberAt(item, member) as T),
  };
}

function memberAt(value: unknown, where: string): unknown {
  return where.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined | null)?.[name], value);
}

let cases = 0;

/** A case that may be filed, with a number of its own. */
export function caseBody(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  cases += 1;
  return {
    caseNumber: `(2026)鄂0106执${String(10_000 + cases)}号`,
    courtCode: '420106',
    filedOn: '2026-03-10',
    ceiling: { amount: '189197.50', currency: 'CNY' },
    courtAccount: {
      name: '武昌区法院执行款专户',
      number: '420101002026123400',
      bankName: '汉口银行',
      bankNumber: '313521000000',
    },
    parties: [
      { role: 'debtor', kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
      { role: 'applicant', kind: 'organisation', name: '武汉某建材有限公司', idType: 'USCC', idNumber: '91420100MA4FAKE00L' },
    ],
    ...change,
  };
}
