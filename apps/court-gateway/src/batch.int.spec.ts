import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenDatabase } from '#persistence';
import { deliver, progressOf } from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
let of: PostingCase;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
  of = await fileCase(gateway);
});
afterAll(() => gateway.close());

interface Item {
  readonly key: string;
  readonly status: number;
  readonly id?: string;
  readonly problem?: { readonly code: string };
}

async function batch(items: readonly unknown[], username = 'officer'): Promise<readonly Item[]> {
  const answered = await gateway.call(username, 'POST', '/api/v1/requests/batch', { items }, { 'idempotency-key': '' });
  if (answered.status !== 200) throw new Error(answered.text);
  return answered.at<Item[]>('items');
}

const inquiry = (change: object = {}) => ({ action: 'inquire', caseId: of.id, banks: ['hubeibank'], ...change });
const count = async (table: string) => Number((await rows<{ n: number }>(gateway, `SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);

describe('a batch', () => {
  it('answers each item on its own: accepted, refused by a gate, not understood, without a key', async () => {
    const items = await batch([
      { key: 'b-1', ...inquiry() },
      { key: 'b-2', ...inquiry({ debtorIds: ['nobody'] }) },
      { key: 'b-3', action: 'seize' },
      inquiry(),
      { key: 'with blank ', ...inquiry() },
      { key: 'b-4', ...inquiry({ caseId: 'nowhere' }) },
      'no object',
    ]);
    expect(items.map(({ status, problem }) => [status, problem?.code])).toEqual([
      [202, undefined],
      [422, 'subject-not-debtor'],
      [400, 'invalid'],
      [400, 'idempotency-key-required'],
      [400, 'invalid'],
      [404, 'not-found'],
      [400, 'idempotency-key-required'],
    ]);
    expect(items[0]).toMatchObject({ key: 'b-1', id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
  });

  it('answers a repetition as before, and a key with another content by 409', async () => {
    const first = await batch([{ key: 'r-1', ...inquiry() }]);
    const before = await count('orders');
    const again = await batch([
      { key: 'r-1', ...inquiry() },
      { key: 'r-1', ...inquiry({ banks: ['wrcb'] }) },
    ]);
    expect([again[0]?.id, again[1]?.problem?.code]).toEqual([first[0]?.id, 'idempotency-mismatch']);
    expect(await count('orders')).toBe(before);
  });

  it('makes one request of the same key twice in one batch, and shares its keys with single postings', async () => {
    const twice = await batch([
      { key: 't-1', ...inquiry() },
      { key: 't-1', ...inquiry() },
    ]);
    expect(twice[0]?.id).toBe(twice[1]?.id);
    const single = await post(gateway, inquiry(), 'officer', { 'idempotency-key': 't-1' });
    expect([single.status, single.at('id'), single.headers.get('idempotency-replayed')]).toEqual([202, twice[0]?.id, 'true']);
    expect((await post(gateway, inquiry({ banks: ['wrcb'] }), 'officer', { 'idempotency-key': 't-1' })).status).toBe(409);
  });

  it('commits 500 items in a few groups, each request with its orders, facts and messages', async () => {
    const { commits } = gateway.parts.database as OpenDatabase;
    const [orders, outbox, facts] = [await count('orders'), await count('outbox'), await count('facts')];
    const items = await batch(Array.from({ length: 500 }, (_, n) => ({ key: `m-${n}`, ...inquiry({ banks: ['hubeibank', 'wrcb'] }) })));
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(items.map(({ id }) => id)).size).toBe(500);
    expect([await count('orders'), await count('facts')]).toEqual([orders + 1000, facts + 1500]);
    expect(await count('outbox')).toBe(outbox + 1000 + 1500);
    expect((gateway.parts.database as OpenDatabase).commits - commits).toBeLessThan(20);
    const numbers = await rows<{ order_number: string }>(gateway, 'SELECT order_number FROM orders');
    expect(new Set(numbers.map(({ order_number }) => order_number)).size).toBe(numbers.length);
  });

  it.each([
    ['no items', {}],
    ['an empty list', { items: [] }],
    ['more than 500', { items: new Array(501).fill({}) }],
    ['another member', { items: [{}], colour: 'red' }],
  ])('is refused as a whole with %s', async (_, body) => {
    const refused = await gateway.call('officer', 'POST', '/api/v1/requests/batch', body);
    expect([refused.status, refused.at('code')]).toEqual([400, 'invalid']);
  });

  it('is closed to who may not post', async () => {
    expect((await gateway.call('judge', 'POST', '/api/v1/requests/batch', { items: [{}] })).status).toBe(403);
    expect((await batch([{ key: 'o-1', ...inquiry() }], 'officer2'))[0]?.problem?.code).toBe('not-handler');
  });
});

describe('a withdrawal of what was dispatched', () => {
  it('asks the orders back that have not left, and leaves the others as they are', async () => {
    const posted = await post(gateway, inquiry({ banks: ['hubeibank', 'wrcb'] }));
    const sent = posted.at('orders.0.orderNumber');
    await gateway.parts.database.run((tx) => tx.run("UPDATE orders SET status = 'sent' WHERE order_number = ?", [sent]));
    const withdrawn = await gateway.call('officer', 'POST', `/api/v1/requests/${posted.at('id')}/withdraw`, { reason: '申请人撤回' });
    expect([withdrawn.status, withdrawn.at('status')]).toEqual([202, 'dispatched']);
    expect(withdrawn.at('orders.0')).toMatchObject({ orderNumber: sent, status: 'sent', code: 'already-sent' });
    expect(withdrawn.at('orders.1')).toMatchObject({ status: 'queued', withdrawal: 'asked' });
    const asked = await rows<{ topic: string; body: Buffer }>(
      gateway,
      "SELECT topic, body FROM outbox WHERE type = 'order.withdrawal-asked.v1'",
    );
    expect(asked.map(({ topic, body }) => [topic, JSON.parse(body.toString('utf8')) as unknown])).toEqual([
      ['orders.wrcb.v1', { orderNumber: posted.at('orders.1.orderNumber'), reason: '法院撤回' }],
    ]);
    // What the officer wrote never leaves, and is shown once the connector has confirmed.
    const number = posted.at<string>('orders.1.orderNumber');
    await deliver(gateway, progressOf(gateway, number, 'withdrawn', { code: 'withdrawn-by-officer', reason: '法院撤回' }));
    const shown = await gateway.call('officer', 'GET', `/api/v1/requests/${posted.at('id')}`);
    expect(shown.at('orders.1.withdrawn')).toEqual({ code: 'withdrawn-by-officer', note: '申请人撤回' });
    const again = await gateway.call('officer', 'POST', `/api/v1/requests/${posted.at('id')}/withdraw`);
    expect(again.status).toBe(202);
    expect((await rows(gateway, "SELECT 1 AS one FROM outbox WHERE type = 'order.withdrawal-asked.v1'")).length).toBe(1);
  });

  it('is hidden from other courts’ eyes and closed to clerks', async () => {
    const posted = await post(gateway, inquiry());
    expect((await gateway.call('clerk.wrcb', 'POST', `/api/v1/requests/${posted.at('id')}/withdraw`)).status).toBe(403);
    expect((await gateway.call('judge', 'POST', '/api/v1/requests/nothing/withdraw')).status).toBe(404);
  });
});
