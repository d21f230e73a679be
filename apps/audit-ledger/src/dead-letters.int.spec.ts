import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenIssuer, TokenVerifier, type Principal, type Role } from '#access';
import { createHttpServer } from '#http';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { FACTS_TOPIC, InProcessBus, type Message } from '#messaging';
import { insert, type OpenDatabase } from '#persistence';
import { KekFile, Pseudonyms, SystemKeys } from '#privacy';
import { eventually, eventuallyHolds, tempDir, testStore, TestStores, type TempDir } from '#testing';
import { AuditLedgerModule } from './audit-ledger.module.js';
import { ledgerMigrations } from './ledger-migrations.js';
import { LedgerService } from './ledger-service.js';
import { FactSource } from './testing/fact-source.js';

const DOOR = '/api/v1/ledger/dead-letters';
const REASON = { reason: '账本已升级，可读取该叶' };
const clock = new SystemClock();
const key = { kid: 'test', secret: Buffer.alloc(32, 1) };
const issuer = new TokenIssuer(key, clock);

interface LetterView {
  readonly messageId: string;
  readonly redrive?: { readonly state: string; readonly error?: string };
}

let place: TempDir;
let bus: InProcessBus;
let database: OpenDatabase;
let app: NestFastifyApplication;
let base: string;

beforeEach(async () => {
  place = await tempDir('ledger-letters');
  bus = new InProcessBus(clock, silentLog);
  database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: clock });
  const kek = await KekFile.create(path.join(place.path, 'kek.json'), systemEntropy);
  const operators = { entropy: systemEntropy, pseudonyms: new Pseudonyms(kek), systemKeys: new SystemKeys(kek) };
  const settings = { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
  const tokens = new TokenVerifier([key], clock);
  app = await createHttpServer(AuditLedgerModule.forRoot({ database, bus, clock, log: silentLog, tokens, settings, operators }), silentLog);
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});

afterEach(async () => {
  await app.close();
  await bus.close();
  await database.close();
  await place.remove();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function call(who: string, role: Role | undefined, method: string, route: string, body?: object): Promise<Answer> {
  const principal: Principal = { userId: `user-${who}`, username: who, name: who, roles: role ? [role] : [] };
  const response = await fetch(`${base}${route}`, {
    method,
    headers: {
      ...(role ? { authorization: `Bearer ${(await issuer.issue(principal)).accessToken}` } : {}),
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': newId(clock, systemEntropy) } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const propose = (who: string, id: string) => call(who, 'admin', 'POST', `${DOOR}/${id}/redrive`, REASON);
const approve = (who: string, id: string) => call(who, 'admin', 'POST', `${DOOR}/${id}/redrive/approval`, { decision: 'approve' });
const letters = async (query = ''): Promise<LetterView[]> =>
  (await call('admin', 'admin', 'GET', `${DOOR}${query}`)).body['items'] as LetterView[];
const letter = async (id: string) => (await letters('?state=all')).find(({ messageId }) => messageId === id);
const size = (): number => app.get(LedgerService).published.of().head.size;

/** Messages of one chain, as a source's relay would bring them; they have not come yet. */
async function factsOfOneChain(count: number): Promise<readonly Message[]> {
  const apart = new InProcessBus(clock, silentLog);
  const sent: Message[] = [];
  await apart.subscribe({ group: 'apart', topics: [FACTS_TOPIC], handle: (batch) => Promise.resolve(void sent.push(...batch)) });
  const source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus: apart, clock, log: silentLog });
  source.relay.start();
  for (let i = 0; i < count; i += 1) await source.record('01961f5e-7c00-7000-8000-000000000001', `fact ${i}`);
  await eventually(() => sent.length === count);
  await source.close();
  await apart.close();
  return sent;
}

/** Lays a message aside as the reader does, for a cause that has been mended since: it could not be read by an older release. */
const layAside = ({ id, topic, key: msg_key, type, at, headers, body }: Message): Promise<void> =>
  database.run((tx) =>
    insert(tx, 'dead_letters', {
      ...{ reader: 'audit-ledger', message_id: id, topic, msg_key, type, at, headers: JSON.stringify(headers), body },
      ...{ attempts: 1, error: 'no handler for fact.recorded.v1', died_at: clock.now(), redriven_at: null },
    }),
  );

describe('a dead letter of the ledger', () => {
  it('enters the log once two administrators have agreed, those that waited behind it follow, and so does the fact of it', async () => {
    const [first, ...later] = await factsOfOneChain(3);
    await layAside(first!);
    await bus.publish(later);
    const { id } = first!;
    const shown = await call('auditor', 'auditor', 'GET', `${DOOR}/${id}`);
    expect(shown).toMatchObject({ status: 200, body: { reader: 'audit-ledger', type: 'fact.recorded.v1', attempts: 1, redrives: [] } });
    expect(JSON.stringify([shown.body, await letters()])).not.toMatch(/officer-1|鄂0106|"body"|"key"/);
    expect(size()).toBe(0);

    expect(await propose('admin', id)).toMatchObject({ status: 202, body: { state: 'awaiting' } });
    expect(await approve('admin', id)).toMatchObject({ status: 403, body: { code: 'own-approval' } });
    expect((await letter(id))?.redrive?.state).toBe('awaiting');
    expect(await approve('admin2', id)).toMatchObject({ status: 202, body: { state: 'approved' } });
    await eventually(async () => (await letter(id))?.redrive?.state === 'redriven');

    // The three facts, the refusal, and the three steps of the persons.
    await eventuallyHolds(() => expect(size()).toBe(7), 20_000);
    const found = await call('auditor', 'auditor', 'GET', '/ledger/v1/entries?type=dead-letter.redriven');
    expect(found.body['items']).toMatchObject([{ actor: 'user-admin2', leaf: { source: 'audit-ledger', subject: `dead-letter:${id}` } }]);
    expect(await letters()).toEqual([]);
    expect(await propose('admin', id)).toMatchObject({ status: 404 });
  }, 60_000);

  it('that is no fact still stays, and says so', async () => {
    const [good] = await factsOfOneChain(1);
    const strange = { ...good!, type: 'fact.recorded.v9' };
    await bus.publish([strange]);
    await eventually(async () => (await letters()).length === 1);
    await propose('admin2', strange.id);
    await approve('admin', strange.id);
    const failed = await eventually(async () => {
      const one = await letter(strange.id);
      return one?.redrive?.state === 'failed' ? one : undefined;
    });
    expect(failed.redrive?.error).toBe('no handler for fact.recorded.v9');
    expect(await letters('?type=fact.recorded.v9&limit=1')).toHaveLength(1);
    expect(await letters('?type=fact.recorded.v1')).toEqual([]);
  }, 60_000);

  it.each<[string, Role | undefined, number, number]>([
    ['nobody', undefined, 401, 401],
    ['officer', 'officer', 403, 403],
    ['service', 'service', 403, 403],
    ['auditor', 'auditor', 200, 403],
    ['admin', 'admin', 200, 404],
  ])('for %s (%s): reading is answered %i, a proposal %i', async (who, role, read, write) => {
    expect((await call(who, role, 'GET', DOOR)).status).toBe(read);
    expect((await call(who, role, 'POST', `${DOOR}/nothing/redrive`, REASON)).status).toBe(write);
    expect((await call(who, role, 'POST', `${DOOR}/nothing/redrive/approval`, { decision: 'approve' })).status).toBe(write);
  });
});
