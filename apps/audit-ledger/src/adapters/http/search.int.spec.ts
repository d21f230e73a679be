import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenIssuer, TokenVerifier, type Role } from '#access';
import { createHttpServer } from '#http';
import { silentLog, SystemClock } from '#kernel';
import { InProcessBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { builtFile, eventuallyHolds, tempDir, type TempDir, testStore, TestStores } from '#testing';
import { AuditLedgerModule } from '../../audit-ledger.module.js';
import { ledgerMigrations } from '../../ledger-migrations.js';
import { LedgerService } from '../../ledger-service.js';
import { FactSource } from '../../testing/fact-source.js';

interface Item {
  readonly origin: string;
  readonly index: number;
  readonly at: string;
  readonly leaf: { readonly type: string; readonly subjectSeq: number };
  readonly coveredBy: { readonly size: number; readonly cosignedBy: readonly unknown[] };
}
interface Answer {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

const PER_YEAR = 120;
const DAY_MS = 86_400_000;
const key = { kid: 'test', secret: Buffer.alloc(32, 1) };
const clock = new SystemClock();
const bus = new InProcessBus(clock, silentLog);

let place: TempDir;
let app: NestFastifyApplication;
let database: OpenDatabase;
let source: FactSource;
let base = '';
let year = 0;
let middle = '';

async function bearer(role: Role = 'auditor'): Promise<Record<string, string>> {
  const issuer = new TokenIssuer(key, clock);
  return { authorization: `Bearer ${(await issuer.issue({ userId: 'u1', username: role, name: role, roles: [role] })).accessToken}` };
}

async function get(route: string, question: Record<string, string> = {}, role?: Role): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${base}${route}?${new URLSearchParams(question).toString()}`, { headers: await bearer(role) });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

const search = async (question: Record<string, string> = {}, route = '/ledger/v1/entries'): Promise<readonly Item[]> =>
  (await get(route, { limit: '500', ...question })).body.items;

/** Every third fact is of another case and person, every fourth of another order, every fifth a reveal. */
const factOf = (n: number) => ({
  type: n % 5 === 0 ? 'party.revealed' : 'request.accepted',
  subject: `request:${n % 7}`,
  actor: n % 3 === 0 ? 'officer-2' : 'officer-1',
  caseNumber: n % 3 === 0 ? '(2026)鄂0106执2号' : '(2026)鄂0106执1号',
  orderNumber: n % 4 === 0 ? '420106202600000004' : '420106202600000001',
});
const every = (divisor: number): number => Array.from({ length: PER_YEAR }, (_, n) => n).filter((n) => n % divisor === 0).length;

const covered = (size: number): Promise<void> =>
  eventuallyHolds(() => expect(app.get(LedgerService).published.of().head.size).toBe(size), 20_000);

beforeAll(async () => {
  place = await tempDir('ledger-search');
  database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: clock });
  const settings = { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
  const tokens = new TokenVerifier([key], clock);
  app = await createHttpServer(AuditLedgerModule.forRoot({ database, bus, clock, log: silentLog, tokens, settings }), silentLog);
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus, clock, log: silentLog });
  source.relay.start();
  for (let n = 0; n < PER_YEAR; n++) await source.recordFact(factOf(n));
  await covered(PER_YEAR);
  year = app.get(LedgerService).published.of().head.year;
  middle = new Date(clock.now() + DAY_MS).toISOString();
  clock.advance(366 * DAY_MS);
  for (let n = 0; n < PER_YEAR; n++) await source.recordFact(factOf(n));
  await eventuallyHolds(() => expect(app.get(LedgerService).published.of().head).toMatchObject({ year: year + 1, size: PER_YEAR }), 20_000);
}, 120_000);

afterAll(async () => {
  await source.close();
  await app.close();
  await bus.close();
  await database.close();
  await place.remove();
});

describe('the search for entries', () => {
  it.each<[string, Record<string, string>, () => number]>([
    ['nothing in particular', {}, () => 2 * PER_YEAR],
    ['a case', { caseNumber: '(2026)鄂0106执2号' }, () => 2 * every(3)],
    ['an order', { orderNumber: '420106202600000004' }, () => 2 * every(4)],
    ['a person', { actor: 'officer-2' }, () => 2 * every(3)],
    ['a type', { type: 'party.revealed' }, () => 2 * every(5)],
    ['a person and a type', { actor: 'officer-2', type: 'party.revealed' }, () => 2 * every(15)],
    ['a case that differs by a blank', { caseNumber: '(2026)鄂0106执2号 ' }, () => 0],
    ['a part of a type', { type: 'party' }, () => 0],
    ['quotation marks', { actor: `' OR 1=1 --` }, () => 0],
    ['an earliest time', { from: 'middle' }, () => PER_YEAR],
    ['a latest time', { to: 'middle' }, () => PER_YEAR],
    ['a case and a latest time', { caseNumber: '(2026)鄂0106执2号', to: 'middle' }, () => every(3)],
    ['a far day', { from: '1999-01-01', to: '1999-12-31' }, () => 0],
  ])('finds what is of %s', async (_what, question, count) => {
    const asked = Object.fromEntries(Object.entries(question).map(([name, value]) => [name, value === 'middle' ? middle : value]));
    expect(await search(asked)).toHaveLength(count());
  });

  it('looks at one log under its year, and at a day with both its ends', async () => {
    expect(await search({}, `/ledger/${year}/v1/entries`)).toHaveLength(PER_YEAR);
    const day = new Date(clock.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    expect((await search({ from: day, to: day })).length).toBe(PER_YEAR);
    expect((await get('/ledger/1999/v1/entries')).status).toBe(404);
  });

  it('pages through everything once, newest first', async () => {
    const seen: Item[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 20; page++) {
      const { body } = await get('/ledger/v1/entries', { limit: '37', ...(cursor === null ? {} : { cursor }) });
      seen.push(...body.items);
      cursor = body.nextCursor;
      if (cursor === null) break;
    }
    expect(new Set(seen.map(({ origin, index }) => `${origin} ${index}`)).size).toBe(2 * PER_YEAR);
    expect(seen).toHaveLength(2 * PER_YEAR);
    expect(seen.map(({ at }) => at)).toEqual([...seen.map(({ at }) => at)].sort().reverse());
  });

  it('says of each row which leaf it is and what covers it', async () => {
    const [item] = await search({ caseNumber: '(2026)鄂0106执2号' }, `/ledger/${year}/v1/entries`);
    expect(item).toMatchObject({
      origin: `gateway.test/ledger/${year}`,
      index: PER_YEAR - 3,
      caseNumber: '(2026)鄂0106执2号',
      actor: 'officer-2',
      leaf: { v: 1, type: 'request.accepted', source: 'court-gateway' },
      coveredBy: { origin: `gateway.test/ledger/${year}`, size: PER_YEAR, cosignedBy: [] },
    });
    const entry = await get(`/ledger/${year}/v1/entries/${item?.index ?? ''}`);
    expect(entry.body).toMatchObject({ leafHash: (item as unknown as { leafHash: string }).leafHash, leaf: item?.leaf });
  });

  it('shows nothing that no published checkpoint covers', async () => {
    await database.run((tx) =>
      tx.run('UPDATE ledger_facts SET log_index = log_index + 1000 WHERE log_year = ? AND log_index = 5', [year + 1]),
    );
    expect(await search()).toHaveLength(2 * PER_YEAR - 1);
    await database.run((tx) => tx.run('UPDATE ledger_facts SET log_index = 5 WHERE log_year = ? AND log_index = 1005', [year + 1]));
  });

  it('finds by time what an older release has staged, after the next start', async () => {
    await database.run((tx) => tx.run('UPDATE ledger_facts SET happened_at = NULL WHERE log_index < 50'));
    expect(await search()).toHaveLength(2 * PER_YEAR);
    expect(await search({ to: '2999-12-31' })).toHaveLength(2 * PER_YEAR - 100);
    const { database: same, bus: own } = { database, bus: new InProcessBus(clock, silentLog) };
    const settings = { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
    const again = new LedgerService({
      database: same,
      bus: own,
      clock,
      log: silentLog,
      tokens: { verify: () => Promise.reject(new Error('no HTTP here')) },
      settings,
    });
    await again.start();
    await again.stop();
    await own.close();
    const found = await search({ to: '2999-12-31' });
    expect(found).toHaveLength(2 * PER_YEAR);
    expect(found.every(({ at, leaf }) => at === (leaf as unknown as { at: string }).at)).toBe(true);
  });

  it.each<[Record<string, string>, string]>([
    [{ from: 'yesterday' }, '/from'],
    [{ to: '2026-02-30' }, '/to'],
    [{ from: '2026-02-02', to: '2026-02-01' }, '/to'],
    [{ limit: '501' }, '/limit'],
    [{ limit: '0' }, '/limit'],
    [{ cursor: 'x' }, '/cursor'],
    [{ cursor: Buffer.from('2026-01-01T00:00:00.000Z.x').toString('base64url') }, '/cursor'],
    [{ actor: '' }, '/actor'],
    [{ what: 'else' }, '/what'],
  ])('refuses %j', async (question, pointer) => {
    const { status, body } = await get('/ledger/v1/entries', question);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'invalid', pointer]);
  });

  it('is for auditors', async () => {
    for (const role of ['officer', 'admin', 'service'] as const) expect((await get('/ledger/v1/entries', {}, role)).status).toBe(403);
  });
});

describe('the export of a search', () => {
  const exported = (question: Record<string, string>, route = `/ledger/${year}/v1/entries/proofs`) => get(route, question);

  it("proves every row of the answer to the auditors' program, with and without the log", async () => {
    const { status, body } = await exported({ caseNumber: '(2026)鄂0106执2号' });
    const file = body as unknown as { vkey: string; proofs: { index: number }[] };
    const rows = await search({ caseNumber: '(2026)鄂0106执2号' }, `/ledger/${year}/v1/entries`);
    expect([status, file.proofs.map(({ index }) => index)]).toEqual([200, rows.map(({ index }) => index).sort((a, b) => a - b)]);
    const saved = path.join(place.path, 'search.json');
    await writeFile(saved, JSON.stringify(file));
    const run = promisify(execFile);
    const verifier = await builtFile('apps/ledger-verifier/src/main.ts');
    const log = `${base}/ledger/${year}`;
    for (const args of [
      ['--log', log],
      ['--vkey', file.vkey],
    ]) {
      const { stdout } = await run(process.execPath, [verifier, ...args, '--proof', saved], { env: { ...process.env, NODE_OPTIONS: '' } });
      expect(stdout).toContain(`proofs=${every(3)}`);
    }
  }, 60_000);

  it('refuses what no one file can hold', async () => {
    expect(await exported({}, '/ledger/v1/entries/proofs')).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(await exported({ caseNumber: 'none' })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await exported({ limit: '5' })).toMatchObject({ status: 400, body: { code: 'invalid' } });
  });
});
