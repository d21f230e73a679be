import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BankProfile } from '#connector-sdk';
import {
  ANSWERS_TOPIC,
  decodeBody,
  encodeBody,
  NOTICES_TOPIC,
  ORDER_EVENTS_TOPIC,
  ordersTopic,
  type BankNotified,
  type BankStated,
  type CaseErased,
  type CaseErasureAsked,
  type GatesChanged,
  type OrderAnswered,
  type OrderDispatched,
  type OrderProgressed,
  type OrderResolved,
} from '#contracts';
import { newId, systemEntropy, type Clock, type Log, type RealTime } from '#kernel';
import { TokenIssuer, TokenVerifier } from '#access';
import { FACTS_TOPIC, InProcessBus, type Message } from '#messaging';
import type { Database } from '#persistence';
import { CaseKeys, keyMigrations, FieldCipher, FileBlobStore, KekFile, Pseudonyms, SqlKeyRows, SystemKeys } from '#privacy';
import { testStore, TestStores } from '#testing';
import { ensureKeyPair, KeyRing, type Ed25519Signer } from '#trust';
import { connectorMigrations } from '../../migrations/index.js';
import type { ConnectorParts, HostedBank } from '../connector-parts.js';

/** What the gateway's side has heard so far; each message once. */
export interface Heard {
  readonly events: OrderProgressed[];
  readonly answers: OrderAnswered[];
  readonly notices: BankNotified[];
  readonly erased: CaseErased[];
  /** Parts of what banks say of their days. */
  readonly days: BankStated[];
  /** Types of facts with their order number. */
  readonly facts: { readonly type: string; readonly orderNumber?: string }[];
}

export interface RigOptions {
  readonly folder: string;
  readonly clock: Clock & RealTime;
  readonly log: Log;
  readonly banks: readonly Omit<HostedBank, 'database'>[];
}

/** Everything around the connectors of some banks, on real files, with a scripted gateway at the other end of the bus. */
export interface Rig {
  readonly parts: ConnectorParts;
  readonly heard: Heard;
  readonly issuer: TokenIssuer;
  readonly database: (bank: string) => Database;
  readonly bankSigner: (bank: string) => Ed25519Signer;
  readonly courtKeyPem: string;
  /** Resolves when the connector has taken the order into effect. */
  dispatch(orders: readonly OrderDispatched[]): Promise<void>;
  withdraw(bank: string, orderNumber: string, reason: string): Promise<void>;
  resolve(bank: string, resolved: OrderResolved): Promise<void>;
  changeGates(bank: string, change: GatesChanged): Promise<void>;
  askErasure(bank: string, asked: CaseErasureAsked): Promise<void>;
  close(): Promise<void>;
}

const TOKEN_KEY = { kid: 'test', secret: Buffer.alloc(32, 7) };

export async function makeRig({ folder, clock, log, banks }: RigOptions): Promise<Rig> {
  await mkdir(folder, { recursive: true });
  const entropy = systemEntropy;
  const kekPath = join(folder, 'kek.json');
  const kek = existsSync(kekPath) ? await KekFile.open(kekPath, entropy) : await KekFile.create(kekPath, entropy);
  const stores = new TestStores(testStore(), folder);
  const open = (name: string, migrations = connectorMigrations) => stores.open(name, migrations, { time: clock, log });
  const keyDatabase = await open('case-keys', keyMigrations);
  const keys = new CaseKeys(new SqlKeyRows(keyDatabase), kek, entropy, clock);
  const bus = new InProcessBus(clock, log);
  const heard: Heard = { events: [], answers: [], notices: [], erased: [], days: [], facts: [] };
  const cipher = new FieldCipher(entropy);
  await listen(bus, heard, async (message) => {
    const key = await keys.get(message.headers['caseId'] ?? '');
    return cipher.openBytes(key, `message|${message.type}|${message.id}`, message.body);
  });
  const courtSigner = await ensureKeyPair(join(folder, 'court.pem'), entropy, 'court-1');
  const ring = new KeyRing();
  const signers = new Map<string, Ed25519Signer>();
  const hosted: HostedBank[] = [];
  for (const bank of banks) {
    const { bank: code } = bank.profile;
    const signer = await ensureKeyPair(join(folder, `${code}.pem`), entropy, `${code}-1`);
    signers.set(code, signer);
    ring.add({ bank: code, keyId: signer.keyId, publicKeyPem: signer.publicKeyPem() });
    hosted.push({ ...bank, database: await open(code) });
  }
  const parts: ConnectorParts = {
    banks: hosted,
    bus,
    clock,
    entropy,
    log,
    keys,
    systemKeys: new SystemKeys(kek),
    pseudonyms: new Pseudonyms(kek),
    blobs: new FileBlobStore({ folder: join(folder, 'blobs'), keys, source: kek, entropy }),
    tokens: { verifier: new TokenVerifier([TOKEN_KEY], clock) },
    courtSigner,
    bankKeys: ring,
  };
  const send = async (
    bank: string,
    type: string,
    key: string,
    body: Buffer,
    id = newId(clock, entropy),
    caseId?: string,
  ): Promise<void> => {
    const headers: Record<string, string> = caseId === undefined ? {} : { caseId };
    await bus.publish([{ id, topic: ordersTopic(bank), key, type, at: clock.now(), headers, body }]);
  };
  return {
    parts,
    heard,
    issuer: new TokenIssuer(TOKEN_KEY, clock),
    database: (bank) => need(hosted.find(({ profile }) => profile.bank === bank)).database,
    bankSigner: (bank) => need(signers.get(bank)),
    courtKeyPem: courtSigner.publicKeyPem(),
    dispatch: async (orders) => {
      const messages = await Promise.all(orders.map((order) => sealedOrder(order, keys, cipher, clock.now())));
      await bus.publish(messages);
    },
    withdraw: (bank, orderNumber, reason) =>
      send(bank, 'order.withdrawal-asked.v1', orderNumber, encodeBody('order.withdrawal-asked.v1', { orderNumber, reason })),
    resolve: (bank, resolved) => send(bank, 'order.resolved.v1', resolved.orderNumber, encodeBody('order.resolved.v1', resolved)),
    changeGates: (bank, change) => send(bank, 'gates.changed.v1', 'gates', encodeBody('gates.changed.v1', change)),
    askErasure: (bank, asked) => send(bank, 'case.erasure-asked.v1', asked.caseId, encodeBody('case.erasure-asked.v1', asked)),
    close: async () => {
      await bus.close();
      for (const { database } of hosted) await database.close();
      await keyDatabase.close();
    },
  };
}

/** The message id follows from the order number, so that a process that starts again sends the same message. */
async function sealedOrder(order: OrderDispatched, keys: CaseKeys, cipher: FieldCipher, at: number): Promise<Message> {
  const caseId = order.case.id;
  const key = await keys.get(caseId);
  const id = `message-${order.orderNumber}`;
  const type = 'order.dispatched.v1';
  const body = cipher.sealBytes(key, `message|${type}|${id}`, encodeBody(type, order));
  const messageKey = order.lane?.id ?? order.orderNumber;
  return { id, topic: ordersTopic(order.bank), key: messageKey, type, at, headers: { caseId }, body };
}

async function listen(bus: InProcessBus, heard: Heard, open: (message: Message) => Promise<Buffer>): Promise<void> {
  const seen = new Set<string>();
  const once = (handle: (message: Message) => Promise<void> | void) => async (batch: readonly Message[]) => {
    for (const message of batch) {
      if (seen.has(message.id)) continue;
      await handle(message);
      seen.add(message.id);
    }
  };
  const group = 'gateway';
  await bus.subscribe({
    group,
    topics: [ORDER_EVENTS_TOPIC],
    handle: once((message) => {
      if (message.type === 'case.erased.v1') heard.erased.push(decodeBody('case.erased.v1', message.body));
      else heard.events.push(decodeBody('order.progressed.v1', message.body));
    }),
  });
  await bus.subscribe({
    group,
    topics: [ANSWERS_TOPIC],
    handle: once(async (message) => void heard.answers.push(decodeBody('order.answered.v1', await open(message)))),
  });
  await bus.subscribe({
    group,
    topics: [NOTICES_TOPIC],
    handle: once(async (message) => {
      if (message.type === 'bank.stated.v1') heard.days.push(decodeBody('bank.stated.v1', message.body));
      else heard.notices.push(decodeBody('bank.notified.v1', await open(message)));
    }),
  });
  await bus.subscribe({
    group,
    topics: [FACTS_TOPIC],
    handle: once((message) => {
      const { search } = decodeBody('fact.recorded.v1', message.body);
      heard.facts.push({ type: search.type, ...(search.orderNumber === undefined ? {} : { orderNumber: search.orderNumber }) });
    }),
  });
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the rig has no such bank');
  return value;
}

/** A profile for tests: all abilities, limits that never get in the way. */
export function testProfile(bank: string, dialect: string, over: Partial<BankProfile> = {}): BankProfile {
  return {
    bank,
    name: bank,
    dialect,
    active: true,
    signatures: 'ed25519',
    legalPersons: [{ code: bank, name: bank }],
    abilities: {
      inquire: true,
      freeze: true,
      renew: true,
      release: true,
      deduct: true,
      partialDeduct: true,
      transactions: true,
      wealthProducts: true,
      scopeAccount: true,
    },
    limits: { concurrency: 16, ratePerSec: 2_000, burst: 200, connectMs: 1_000, deadlineMs: 2_000, failuresToOpen: 5, batch: 200 },
    pollMs: 100,
    ...over,
  };
}
