import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenIssuer, TokenVerifier, type Role } from '#access';
import { createHttpServer } from '#http';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { InProcessBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { KekFile, Pseudonyms, SystemKeys } from '#privacy';
import { eventuallyHolds, tempDir, type TempDir, testStore, TestStores } from '#testing';
import { AuditLedgerModule } from '../../audit-ledger.module.js';
import { readMisusePolicy } from '../../compose-ledger.js';
import { ledgerMigrations } from '../../ledger-migrations.js';
import { LedgerService } from '../../ledger-service.js';
import type { AuditLedgerParts } from '../../parts.js';
import { FactSource } from '../../testing/fact-source.js';
import type { FindingView } from '../../use-cases/list-findings/list-findings.js';

interface Answer {
  readonly items: readonly FindingView[];
  readonly nextCursor: string | null;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

const OFFICERS = ['officer-1', 'officer-2', 'auditor-1'];
const ACTS = 3;
const key = { kid: 'test', secret: Buffer.alloc(32, 1) };
const clock = new SystemClock();
const bus = new InProcessBus(clock, silentLog);

let place: TempDir;
let app: NestFastifyApplication;
let parts: AuditLedgerParts;
let database: OpenDatabase;
let source: FactSource;
let base = '';

async function call(
  method: string,
  route: string,
  { role = 'auditor', userId = 'auditor-9', body }: { role?: Role | null; userId?: string; body?: unknown } = {},
) {
  const token =
    role === null ? '' : (await new TokenIssuer(key, clock).issue({ userId, username: role, name: role, roles: [role] })).accessToken;
  const answer = await fetch(`${base}/ledger/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

const list = async (question: Record<string, string> = {}): Promise<readonly FindingView[]> =>
  (await call('GET', `/findings?${new URLSearchParams({ limit: '500', ...question }).toString()}`)).body.items;
const mark = (id: string, reason: unknown, by: { role?: Role; userId?: string } = {}) =>
  call('POST', `/findings/${id}/mark`, { ...by, body: { reason } });
const entries = async (question: Record<string, string>) =>
  (await call('GET', `/entries?${new URLSearchParams(question).toString()}`)).body.items as unknown as readonly {
    index: number;
    actor: string;
  }[];

/** Each officer posts three requests, all of which a judge approves at once. */
async function act(round: number): Promise<void> {
  for (const actor of OFFICERS) {
    for (let n = 0; n < ACTS; n++) {
      const requestId = `${round}-${actor}-${n}`;
      const request = { subject: `request:${requestId}`, requestId };
      await source.recordFact({ ...request, type: 'request.accepted', actor });
      await source.recordFact({ ...request, type: 'request.approved', actor: 'judge-1' });
    }
  }
}

const APPROVALS = OFFICERS.length * ACTS;
const found = (count: number): Promise<void> => eventuallyHolds(async () => expect(await list()).toHaveLength(count), 20_000);

beforeAll(async () => {
  place = await tempDir('ledger-findings');
  database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: clock });
  const shipped = await readMisusePolicy();
  const policy = { ...shipped, hours: { week: [], days: new Map() } };
  const kek = await KekFile.create(path.join(place.path, 'kek.json'), systemEntropy);
  parts = {
    database,
    bus,
    clock,
    log: silentLog,
    tokens: new TokenVerifier([key], clock),
    settings: { folder: path.join(place.path, 'ledger'), originBase: 'gateway.test/ledger', signingKey: Buffer.alloc(32, 5) },
    operators: { entropy: systemEntropy, pseudonyms: new Pseudonyms(kek), systemKeys: new SystemKeys(kek), misuse: policy },
  };
  app = await createHttpServer(AuditLedgerModule.forRoot(parts), silentLog);
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus, clock, log: silentLog });
  source.relay.start();
  await act(1);
  await found(OFFICERS.length + APPROVALS);
}, 120_000);

afterAll(async () => {
  await source.close();
  await app.close();
  await bus.close();
  await database.close();
  await place.remove();
});

describe('the findings of the misuse watch', () => {
  it('name the rule in plain words, the person, and entries that the log proves', async () => {
    const [finding] = await list({ rule: 'outside-hours', actor: 'officer-2' });
    const { origin } = app.get(LedgerService).published.of().head;
    expect(finding).toMatchObject({
      rule: 'outside-hours',
      name: '非工作时间查控',
      explanation: '同一人在同一天的非工作时间（含节假日）提出请求或查看个人信息达到3次。',
      actor: 'officer-2',
      acts: ACTS,
      mark: null,
    });
    const acted = (await entries({ actor: 'officer-2' })).map(({ index }) => ({ origin, index })).reverse();
    expect(finding?.evidence).toEqual(acted);
    for (const { index } of acted) expect((await call('GET', `/proofs/inclusion?index=${index}`)).status).toBe(200);
  });

  it.each<[Record<string, string>, number]>([
    [{}, OFFICERS.length + APPROVALS],
    [{ rule: 'swift-approval' }, APPROVALS],
    [{ rule: 'burst' }, 0],
    [{ actor: 'judge-1' }, APPROVALS],
    [{ actor: 'judge-1', rule: 'outside-hours' }, 0],
    [{ to: '2020-01-01' }, 0],
    [{ from: '2020-01-01', to: '2999-12-31' }, OFFICERS.length + APPROVALS],
    [{ marked: 'false' }, OFFICERS.length + APPROVALS],
    [{ marked: 'true' }, 0],
  ])('are narrowed by %j to %d', async (question, count) => {
    expect(await list(question)).toHaveLength(count);
  });

  it('are paged through once, newest first', async () => {
    const seen: FindingView[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 10; page++) {
      const { body } = await call('GET', `/findings?limit=5${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.items);
      cursor = body.nextCursor;
      if (cursor === null) break;
    }
    expect(seen.map(({ id }) => id)).toEqual((await list()).map(({ id }) => id));
    expect(seen.map(({ at }) => at)).toEqual([...seen.map(({ at }) => at)].sort().reverse());
    expect(new Set(seen.map(({ id }) => id)).size).toBe(OFFICERS.length + APPROVALS);
  });

  it.each<[string, string]>([
    ['rule=unheard-of', '/rule'],
    ['actor=', '/actor'],
    ['marked=perhaps', '/marked'],
    ['from=yesterday', '/from'],
    ['from=2026-02-02&to=2026-02-01', '/to'],
    ['limit=501', '/limit'],
    ['cursor=x', '/cursor'],
    ['what=else', '/what'],
  ])('refuse %s', async (question, pointer) => {
    const { status, body } = await call('GET', `/findings?${question}`);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'invalid', pointer]);
  });

  it('are for auditors, whatever else is wrong with the call', async () => {
    for (const role of ['officer', 'judge', 'leader', 'admin', 'service', 'clerk', 'reviewer'] as const) {
      expect((await call('GET', '/findings?what=else', { role })).status).toBe(403);
      expect((await call('POST', '/findings/x/mark', { role, body: {} })).status).toBe(403);
    }
    expect((await call('GET', '/findings?what=else', { role: null })).status).toBe(401);
    expect((await call('POST', '/findings/x/mark', { role: null, body: {} })).status).toBe(401);
  });
});

describe('the watch', () => {
  it('finds each thing once, also where several processes read at the same time and none has read before', async () => {
    const before = await list();
    await database.run((tx) => tx.run('DELETE FROM misuse_findings'));
    await database.run((tx) => tx.run('DELETE FROM misuse_states'));
    const others = [1, 2, 3].map(() => new LedgerService({ ...parts, bus: new InProcessBus(clock, silentLog) }));
    for (const other of others) await other.start();
    await database.run((tx) => tx.run('DELETE FROM misuse_cursor'));
    await found(before.length);
    for (const other of others) await other.stop();
    const again = await list();
    const told = (findings: readonly FindingView[]) => findings.map(({ foundAt: _, ...finding }) => finding);
    expect(told(again)).toEqual(told(before));
  }, 60_000);

  it('remembers over a restart what it has seen before', async () => {
    await source.recordFact({ subject: 'request:r1', requestId: 'r1', actor: 'officer-7' });
    await source.recordFact({ subject: 'request:r2', requestId: 'r2', actor: 'officer-7' });
    await eventuallyHolds(async () => {
      const row = await database.reader.one<{ state: string }>(
        "SELECT state FROM misuse_states WHERE rule = 'outside-hours' AND name = 'officer-7'",
      );
      expect(JSON.parse(row?.state ?? '{}')).toMatchObject({ acts: 2 });
    }, 20_000);
    const cursor = await database.reader.one<{ log_index: number }>('SELECT log_index FROM misuse_cursor');
    expect(Number(cursor?.log_index)).toBeGreaterThan(2 * APPROVALS);
    await source.recordFact({ subject: 'request:r3', requestId: 'r3', actor: 'officer-7' });
    await eventuallyHolds(async () => expect(await list({ actor: 'officer-7' })).toMatchObject([{ acts: 3 }]), 20_000);
  }, 60_000);
});

describe('what the gateway has told of an act', () => {
  it('is found with the act that it stands behind', async () => {
    const act = { subject: 'case:c7', actor: 'officer-8', caseNumber: '(2026)鄂0106执7号' };
    await source.recordFact({ ...act, type: 'party.revealed' });
    await source.recordFact({ ...act, actor: 'officer-9', type: 'party.revealed' });
    await source.recordFact({ ...act, actor: 'officer-9', type: 'conduct.unrelated-case' });
    await eventuallyHolds(async () => expect(await list({ rule: 'unrelated-case' })).toHaveLength(1), 20_000);
    const [finding] = await list({ rule: 'unrelated-case' });
    const mine = (await entries({ actor: 'officer-9' })).map(({ index }) => index).reverse();
    expect(finding).toMatchObject({ actor: 'officer-9', caseNumber: act.caseNumber, name: '查看与本人无关的案件' });
    expect([finding?.evidence.map(({ index }) => index), mine.length]).toEqual([mine, 2]);
  }, 60_000);
});

describe('the mark of a false positive', () => {
  const first = async (question: Record<string, string>): Promise<FindingView> => {
    const [finding] = await list(question);
    if (!finding) throw new Error('no such finding');
    return finding;
  };

  it('is a fact of the log, shown with the finding for ever', async () => {
    const { id } = await first({ rule: 'outside-hours', actor: 'officer-1' });
    const { status, body } = await mark(id, '经核实，系统一部署的夜间集中行动');
    expect([status, body]).toMatchObject([200, { id, mark: { by: 'auditor-9', reason: '经核实，系统一部署的夜间集中行动' } }]);
    await eventuallyHolds(async () => expect(await entries({ type: 'misuse.marked' })).toHaveLength(1), 20_000);
    const [entry] = await entries({ type: 'misuse.marked' });
    const marked = body as unknown as FindingView;
    expect(entry).toMatchObject({
      actor: 'auditor-9',
      leafHash: marked.mark?.leafHash,
      leaf: { source: 'audit-ledger', subject: `finding:${id}`, subjectSeq: 1 },
    });
    expect(JSON.stringify(entry)).not.toContain('夜间');
    expect([await list({ marked: 'true' }), (await list({ marked: 'false' })).some((each) => each.id === id)]).toEqual([[marked], false]);
    const kept = await database.reader.one<{ reason_sealed: Buffer }>('SELECT reason_sealed FROM misuse_marks');
    expect(Buffer.from(kept?.reason_sealed ?? '').includes('夜间')).toBe(false);
  }, 60_000);

  it('is one: the same word again changes nothing, another is refused', async () => {
    const { id } = await first({ rule: 'outside-hours', actor: 'officer-2' });
    const marks = await Promise.all([mark(id, '误报'), mark(id, '误报')]);
    expect(marks.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(await mark(id, '误报')).toMatchObject({ status: 200, body: { mark: { reason: '误报' } } });
    expect(await mark(id, '另有原因')).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await mark(id, '误报', { userId: 'auditor-8' })).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    await eventuallyHolds(async () => expect(await entries({ type: 'misuse.marked' })).toHaveLength(2), 20_000);
  }, 60_000);

  it('needs a reason, a finding, and another person than the one it is about', async () => {
    const { id } = await first({ rule: 'outside-hours', actor: 'auditor-1' });
    for (const reason of [undefined, '', ' \n', 7, 'x'.repeat(501)]) {
      expect(await mark(id, reason)).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer: '/reason' }] } });
    }
    expect(await mark('0'.repeat(32), '误报')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await mark('x', '误报')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await mark(id, '误报', { userId: 'auditor-1' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await first({ actor: 'auditor-1' })).toMatchObject({ id, mark: null });
  });
});
