import { execFile } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenIssuer, TokenVerifier, type Principal, type Role } from '#access';
import { createHttpServer } from '#http';
import { silentLog, SystemClock } from '#kernel';
import { verifyConsistency, verifyInclusion } from '#merkle';
import { InProcessBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { builtFile, eventuallyHolds, tempDir, type TempDir, testStore, TestStores } from '#testing';
import { AuditLedgerModule } from '../../audit-ledger.module.js';
import { LedgerService } from '../../ledger-service.js';
import { ledgerMigrations } from '../../ledger-migrations.js';
import { FactSource } from '../../testing/fact-source.js';

const SIZE = 300;
const REQUEST = '01961f5e-7c00-7000-8000-000000000001';
const key = { kid: 'test', secret: Buffer.alloc(32, 1) };
const clock = new SystemClock();
const bus = new InProcessBus(clock, silentLog);

let place: TempDir;
let app: NestFastifyApplication;
let database: OpenDatabase;
let source: FactSource;
let base = '';
let verifier = '';

async function bearer(role: Role): Promise<Record<string, string>> {
  const principal: Principal = { userId: 'u1', username: role, name: role, roles: [role] };
  return { authorization: `Bearer ${(await new TokenIssuer(key, clock).issue(principal)).accessToken}` };
}

const get = (route: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${base}${route}`, { headers });
const json = async (route: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> =>
  (await get(route, headers)).json() as Promise<Record<string, unknown>>;
const bytes = (text: unknown): Buffer => Buffer.from(String(text), 'base64');

beforeAll(async () => {
  place = await tempDir('ledger-http');
  verifier = await builtFile('apps/ledger-verifier/src/main.ts');
  database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: clock });
  const settings = { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) };
  const tokens = new TokenVerifier([key], clock);
  app = await createHttpServer(AuditLedgerModule.forRoot({ database, bus, clock, log: silentLog, tokens, settings }), silentLog);
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus, clock, log: silentLog });
  source.relay.start();
  for (let i = 0; i < SIZE; i++) await source.record(i % 10 === 0 ? REQUEST : REQUEST.replace(/1$/, String(i % 10)), `fact ${i}`);
  await eventuallyHolds(() => expect(app.get(LedgerService).published.of().head.size).toBe(SIZE), 20_000);
}, 120_000);

afterAll(async () => {
  await source.close();
  await app.close();
  await bus.close();
  await database.close();
  await place.remove();
});

async function verify(...args: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, [verifier, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

describe('the open routes', () => {
  it('serve a log that the verifier derives again, with and without the year', async () => {
    const year = app.get(LedgerService).published.of().head.year;
    expect(await verify('--log', `${base}/ledger`)).toContain(`size=${SIZE} `);
    expect(await verify('--log', `${base}/ledger/${year}`)).toContain(`size=${SIZE} `);
    expect(await verify('--log', `${base}/ledger/${year - 1}`)).toContain('broken vkey: missing');
  });

  it('serve what stands in the files, so that a changed byte is seen from outside', async () => {
    const file = path.join(place.path, 'ledger', String(app.get(LedgerService).published.of().head.year), 'tile', '0', '000');
    await rename(file, `${file}.kept`);
    await writeFile(file, Buffer.alloc(8192));
    expect(await verify('--log', `${base}/ledger`)).toContain('broken entry 0');
    await rename(`${file}.kept`, file);
    expect(await verify('--log', `${base}/ledger`)).toContain('ok ');
  });

  it('say what they are and how long they hold', async () => {
    const [checkpoint, tile, vkey] = await Promise.all(
      ['/ledger/checkpoint', '/ledger/tile/0/000', '/ledger/vkey'].map((route) => get(route)),
    );
    expect([checkpoint?.headers.get('content-type'), checkpoint?.headers.get('cache-control')]).toEqual([
      'text/plain; charset=utf-8',
      'public, max-age=1',
    ]);
    expect([tile?.headers.get('content-type'), tile?.headers.get('content-length')]).toEqual(['application/octet-stream', '8192']);
    expect(tile?.headers.get('cache-control')).toContain('immutable');
    expect(await vkey?.text()).toMatch(/^gateway\.test\/ledger\/\d{4}\+[0-9a-f]{8}\+\S+\n$/);
  });

  it.each([
    '/ledger/tile/0/001',
    '/ledger/tile/0/001.p/45',
    '/ledger/tile/9/000',
    '/ledger/tile/0/..%2f..%2fvkey',
    '/ledger/tile/..%2f..%2fstaging',
    '/ledger/tile/x/000',
    '/ledger/1999/checkpoint',
    '/ledger/abcd/checkpoint',
    '/ledger/staging/checkpoint',
    '/ledger/v1/proofs/inclusion?index=0&size=301',
  ])('know nothing of %s', async (route) => {
    const answer = await get(route);
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not-found' }]);
  });

  it('prove inclusion at any size', async () => {
    for (const [index, size] of [
      [0, 1],
      [5, 256],
      [255, 257],
      [17, 299],
      [299, SIZE],
    ]) {
      const found = await json(`/ledger/v1/proofs/inclusion?index=${index}&size=${size}`);
      const claim = {
        index: Number(index),
        size: Number(size),
        leafHash: bytes(found['leafHash']),
        root: bytes(found['root']),
        proof: (found['proof'] as string[]).map(bytes),
      };
      expect([index, size, verifyInclusion(claim)]).toEqual([index, size, true]);
    }
    expect(await json('/ledger/v1/proofs/inclusion?index=3')).toMatchObject({ index: 3, size: SIZE });
  });

  it('prove consistency between any sizes', async () => {
    for (const [from, to] of [
      [1, 2],
      [100, 256],
      [255, SIZE],
      [SIZE, SIZE],
    ]) {
      const found = await json(`/ledger/v1/proofs/consistency?from=${from}&to=${to}`);
      const claim = {
        from: Number(from),
        to: Number(to),
        fromRoot: bytes(found['fromRoot']),
        toRoot: bytes(found['toRoot']),
        proof: (found['proof'] as string[]).map(bytes),
      };
      expect([from, to, verifyConsistency(claim)]).toEqual([from, to, true]);
    }
  });

  it.each([
    '/ledger/v1/proofs/inclusion',
    '/ledger/v1/proofs/inclusion?index=-1',
    '/ledger/v1/proofs/inclusion?index=01',
    '/ledger/v1/proofs/inclusion?index=1e3',
    '/ledger/v1/proofs/inclusion?index=300',
    '/ledger/v1/proofs/inclusion?index=9999999999999999',
    '/ledger/v1/proofs/inclusion?index=1&index=2',
    '/ledger/v1/proofs/inclusion?index=1&more=2',
    '/ledger/v1/proofs/consistency?from=0',
    '/ledger/v1/proofs/consistency?from=5&to=4',
  ])('refuse %s', async (route) => {
    const answer = await get(route);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid' }]);
  });
});

describe('the closed routes', () => {
  it('show an entry to an auditor', async () => {
    const found = await json('/ledger/v1/entries/0', await bearer('auditor'));
    expect(found).toMatchObject({ index: 0, leaf: { v: 1, source: 'court-gateway', subject: `request:${REQUEST}`, subjectSeq: 1 } });
    expect(JSON.parse(bytes(found['bytes']).toString())).toEqual(found['leaf']);
    expect((await get('/ledger/v1/entries/300', await bearer('auditor'))).status).toBe(404);
    expect((await get('/ledger/v1/entries/x', await bearer('auditor'))).status).toBe(400);
  });

  it('show the proofs of a request to auditors and services', async () => {
    for (const role of ['auditor', 'service'] as const) {
      const found = await json(`/ledger/v1/requests/${REQUEST}/proofs`, await bearer(role));
      expect(found).toMatchObject({ pending: 0, coveredSize: SIZE });
      expect((found['proofs'] as unknown[]).length).toBe(60);
    }
    expect((await get('/ledger/v1/requests/nothing/proofs', await bearer('service'))).status).toBe(404);
  });

  it.each(['/ledger/v1/entries/0', '/ledger/v1/entries', '/ledger/v1/entries/proofs', `/ledger/v1/requests/${REQUEST}/proofs`])(
    '%s asks who is there',
    async (route) => {
      for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Basic x' }]) {
        const answer = await get(route, headers as Record<string, string>);
        expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
      }
      const answer = await get(route, await bearer('officer'));
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }]);
    },
  );

  it('say what is not there', async () => {
    const answer = await fetch(`${base}/ledger/witness/add-checkpoint`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([501, { code: 'not-implemented' }]);
  });
});
