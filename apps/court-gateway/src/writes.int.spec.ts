import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseBody, send, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { Writes } from './adapters/http/writes.js';

const DUPLICATES = 64;
let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

async function count(table: string): Promise<number> {
  const row = await gateway.parts.database.reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`);
  return row?.n ?? 0;
}

describe('a write under an idempotency key (I2)', () => {
  it('takes effect once for 64 duplicates sent at the same time, and all hear the same', async () => {
    const body = caseBody();
    const before = await count('cases');
    const replies = await Promise.all(
      Array.from({ length: DUPLICATES }, () => gateway.call('officer', 'POST', '/api/v1/cases', body, { 'idempotency-key': 'sixty-four' })),
    );
    expect(await count('cases')).toBe(before + 1);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(new Set(replies.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === 'true').length).toBe(DUPLICATES - 1);
  });

  it('answers a replay as before, also when the state has moved on, and says so', async () => {
    const body = caseBody();
    const headers = { 'idempotency-key': 'replay' };
    const first = await gateway.call('officer', 'POST', '/api/v1/cases', body, headers);
    await gateway.call('officer', 'POST', `/api/v1/cases/${first.at('id')}/close`, { manner: 'paid', reason: '完毕' });
    const again = await gateway.call('officer', 'POST', '/api/v1/cases', body, headers);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([201, first.text, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  it('refuses other bytes under the same key, sent later or at the same time', async () => {
    const headers = { 'idempotency-key': 'other-bytes' };
    const bodies = [caseBody(), caseBody()];
    const replies = await Promise.all(bodies.map((body) => gateway.call('officer', 'POST', '/api/v1/cases', body, headers)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    const late = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody(), headers);
    expect([late.status, late.at('code')]).toEqual([409, 'idempotency-mismatch']);
  });

  it('is scoped by user, method and path', async () => {
    const headers = { 'idempotency-key': 'scoped' };
    const made = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody(), headers);
    expect((await gateway.call('officer2', 'POST', '/api/v1/cases', caseBody(), headers)).status).toBe(201);
    const close = await gateway.call(
      'officer',
      'POST',
      `/api/v1/cases/${made.at('id')}/close`,
      { manner: 'paid', reason: '完毕' },
      headers,
    );
    expect(close.status).toBe(200);
  });

  it('stores nothing for a refusal: the same key may succeed later; the refusal is a fact', async () => {
    const headers = { 'idempotency-key': 'refused-first' };
    const { id } = (await gateway.call('officer', 'POST', '/api/v1/cases', caseBody())).body as { id: string };
    const refusals = () =>
      gateway.parts.database.reader.all("SELECT 1 AS one FROM facts WHERE type = 'request.refused'").then((rows) => rows.length);
    const before = await refusals();
    const body = { amount: '5.00', kind: 'reversal', on: '2026-03-10', evidence: '退款' };
    const route = `/api/v1/cases/${id}/satisfactions`;
    expect((await gateway.call('officer', 'POST', route, body, headers)).status).toBe(400);
    expect(await refusals()).toBe(before + 1);
    await gateway.call('officer', 'POST', route, { ...body, kind: 'voluntary' });
    const later = await gateway.call('officer', 'POST', route, body, headers);
    expect([later.status, later.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it.each<[string, string | undefined, string]>([
    ['none', undefined, 'idempotency-key-required'],
    ['an empty one', '', 'invalid'],
    ['a blank in it', 'a b', 'invalid'],
    ['201 characters', 'k'.repeat(201), 'invalid'],
  ])('refuses %s as key', async (_, key, code) => {
    const token = await gateway.tokenOf('officer');
    const headers = { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const reply = await send(gateway.url, 'POST', '/api/v1/cases', caseBody(), headers);
    expect([reply.status, reply.at('code')]).toEqual([400, code]);
  });

  it('keeps the stored answer sealed, and gone with its case', async () => {
    const body = caseBody({
      parties: [{ role: 'debtor', kind: 'person', name: '司马相如', idType: '01', idNumber: '420106190001012222' }],
    });
    const headers = { 'idempotency-key': 'sealed' };
    const made = await gateway.call('officer', 'POST', '/api/v1/cases', body, headers);
    const rows = await gateway.parts.database.reader.all<{ answer_sealed: Buffer }>('SELECT answer_sealed FROM idempotency_keys');
    expect(rows.some((row) => row.answer_sealed.includes(Buffer.from('司马相如')))).toBe(false);
    await gateway.parts.keys.destroy(made.at('id'));
    const replay = await gateway.call('officer', 'POST', '/api/v1/cases', body, headers);
    expect([replay.status, replay.at('code')]).toEqual([410, 'content-erased']);
  });

  it('counts an item of a batch and a single call with the same content as one', async () => {
    const writes = gateway.app.get(Writes);
    const principal = { userId: 'u1', username: 'u1', name: 'u1', roles: ['officer'] } as const;
    const keyed = { principal, method: 'POST', path: '/api/v1/requests', key: 'shared', content: { a: 1, b: [2] } };
    let effects = 0;
    const prepare = () =>
      Promise.resolve({
        work: () => {
          effects += 1;
          return Promise.resolve({ status: 202, body: { n: effects } });
        },
      });
    const single = await writes.once({ ...keyed, bytes: Buffer.from('{"a":1,"b":[2]}') }, prepare);
    const item = await writes.once({ ...keyed, content: { b: [2], a: 1 } }, prepare);
    expect([single.replayed, item.replayed, item.answer.body, effects]).toEqual([false, true, { n: 1 }, 1]);
    await expect(writes.once({ ...keyed, content: { a: 2 } }, prepare)).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    await expect(writes.once({ ...keyed, bytes: Buffer.from('{ "a":1,"b":[2]}') }, prepare)).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    });
  });
});
