import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody, SendOptions } from '#testing';
import { filled, PANEL, ROUTES, type Route } from './stage/routes.js';
import { Stage, type StagedCase } from './stage/stage.js';
import type { List } from './stage/views.js';

const TOO_MANY_BYTES = 20 * 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Bodies that no call takes, whatever it is for. */
const BAD_BODIES: Readonly<Record<string, SendOptions>> = {
  'nothing at all': { raw: '', headers: JSON_TYPE },
  'half an object': { raw: '{"a":', headers: JSON_TYPE },
  'a member twice': { raw: '{"reason":"a","reason":"b"}', headers: JSON_TYPE },
  'a list': { body: [] },
  'a number': { raw: '5', headers: JSON_TYPE },
  null: { raw: 'null', headers: JSON_TYPE },
  'nesting without end': { raw: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, headers: JSON_TYPE },
  'bytes that are no UTF-8': { raw: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), headers: JSON_TYPE },
  'a byte order mark': { raw: '\uFEFF{}', headers: JSON_TYPE },
  'a member that would change every object': { raw: '{"__proto__":{"a":1}}', headers: JSON_TYPE },
  'an unknown member': { body: { noSuchMember: true } },
  'text as text': { raw: 'reason=x', headers: { 'content-type': 'text/plain' } },
  'a form': { raw: 'reason=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
};

/** Calls that take an empty body; `{}` and unknown members are judged elsewhere. */
const writes = ROUTES.filter(({ method, path }) => method !== 'GET' && path !== '/api/v1/cases/import');

describe('bad input', () => {
  let stage: Stage;
  let staged: StagedCase;

  beforeAll(async () => {
    stage = await Stage.open();
    staged = await stage.fileCase();
  }, 120_000);

  afterAll(() => stage.close());

  const send = (route: Route, options: SendOptions) =>
    stage.as(route.users?.[0] ?? 'officer').send<ProblemBody>(route.method, filled(route.path, { id: staged.id }), options);

  it.each([...writes, ...PANEL.filter(({ method }) => method !== 'GET')])(
    '$method $path refuses every kind of broken body with a problem',
    async (route) => {
      for (const [name, options] of Object.entries(BAD_BODIES)) {
        // A plan may be asked for without a body.
        if (route.path.endsWith('/freeze-plan') && ['nothing at all', 'null'].includes(name)) continue;
        // The panel takes a list of customers, and a redemption without a body.
        if (route.path.startsWith('/sim/') && ['a list', 'nothing at all', 'null', 'a number', 'an unknown member'].includes(name))
          continue;
        const reply = await send(route, options);
        expect([name, reply.status >= 400 && reply.status < 500, reply.status]).toEqual([name, true, reply.status]);
        expect([name, reply.headers.get('content-type')?.split(';')[0], typeof reply.body.code]).toEqual([
          name,
          'application/problem+json',
          'string',
        ]);
      }
    },
    60_000,
  );

  it.each(writes.filter(({ path }) => !path.includes('{')))(
    '$method $path refuses too large a body, and goes on',
    async (route) => {
      const reply = await send(route, { body: { reason: 'x'.repeat(TOO_MANY_BYTES) } });
      expect([reply.status, reply.body.code]).toEqual([413, 'too-large']);
      expect((await send(route, { body: { noSuchMember: true } })).status).toBe(400);
    },
    60_000,
  );

  it.each(ROUTES.filter(({ path }) => /\{(id|orderNumber)\}/.test(path)))(
    '$method $path answers a strange name of a thing with a problem',
    async (route) => {
      const strange = ["'", 'x'.repeat(3_000), '%00', '..%2f..%2fetc', '%E4%B8%AD', '-1', 'null', "1' OR '1'='1", '%ff'];
      for (const id of strange) {
        const options = route.method === 'GET' ? {} : { body: {} };
        const reply = await stage
          .as(route.users?.[0] ?? 'officer')
          .send<ProblemBody>(route.method, filled(route.path, { id, orderNumber: id }), options);
        expect([id.slice(0, 20), reply.status >= 400 && reply.status < 500, reply.status]).toEqual([id.slice(0, 20), true, reply.status]);
      }
    },
    60_000,
  );

  it.each(ROUTES.filter(({ method, path }) => method === 'GET' && !path.includes('{') && path.startsWith('/api/')))(
    '$method $path refuses strange questions with a problem',
    async (route) => {
      const queries = [
        'limit=0',
        'limit=501',
        'limit=x',
        'limit=-1',
        'limit=1e9',
        'cursor=%00',
        'cursor=abc',
        'noSuchQuestion=1',
        'limit=1&limit=2',
      ];
      for (const query of queries) {
        const reply = await stage.as(route.users?.[0] ?? 'officer').get<ProblemBody>(`${route.path}?${query}`);
        expect([query, reply.status === 200 || (reply.status >= 400 && reply.status < 500) || reply.status === 501, reply.status]).toEqual([
          query,
          true,
          reply.status,
        ]);
      }
    },
  );

  const requests: [string, Record<string, unknown>, string][] = [
    ['an amount as a number', { lines: [{ amount: 5 }] }, 'amount'],
    ['no amount', { lines: [{}] }, 'amount'],
    ['a negative amount', { lines: [{ amount: '-1.00' }] }, 'amount'],
    ['an amount of nothing', { lines: [{ amount: '0.00' }] }, 'amount'],
    ['a third decimal', { lines: [{ amount: '1.001' }] }, 'amount'],
    ['an amount in words', { lines: [{ amount: '一元' }] }, 'amount'],
    ['an exponent', { lines: [{ amount: '1e3' }] }, 'amount'],
    ['an amount beyond counting', { lines: [{ amount: '9'.repeat(40) }] }, 'amount'],
    ['no line', { lines: [] }, 'lines'],
    ['a day that does not exist', { term: { from: '2026-02-30', to: '2026-03-01' } }, 'term'],
    ['an end before the beginning', { term: { from: '2026-03-02', to: '2026-03-01' } }, 'term'],
    ['an unknown action', { action: 'seize' }, 'action'],
    ['an unknown member of a line', { lines: [{ amount: '1.00', fast: true }] }, 'fast'],
    ['a case that is no id', { caseId: 5 }, 'caseId'],
  ];

  it.each(requests)('POST /requests refuses %s and points at it', async (_name, change, pointed) => {
    const lines = ((change['lines'] as Record<string, unknown>[] | undefined) ?? [{ amount: '1.00' }]).map((line) => ({
      bank: 'hubeibank',
      account: '6200000000000001',
      ...line,
    }));
    const body = { action: 'freeze', caseId: staged.id, term: stage.term(), ...change, lines };
    const reply = await stage.officer.post<ProblemBody>('/api/v1/requests', body);
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid']);
    expect(JSON.stringify(reply.body.errors ?? reply.body.detail)).toContain(pointed);
  });

  it('changes nothing by all that', async () => {
    const requests = await stage.officer.read<List<unknown>>(`/api/v1/requests?caseId=${staged.id}`);
    expect(requests.items).toEqual([]);
    expect((await stage.measures(staged.id)).committed.amount).toBe('0.00');
    expect((await stage.system.anonymous.get('/health/ready')).status).toBe(200);
  });
});
