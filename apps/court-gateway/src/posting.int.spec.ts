import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeBody, type OrderDispatched } from '#contracts';
import type { Row } from '#persistence';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, approve, fileCase, post, rows, termOf, type PostingCase } from './testing/posting-fixture.js';
import { dispatchAad } from './use-cases/dispatch-orders/dispatch-orders.js';
import { Vault } from './vault.js';

let gateway: GatewayFixture;
let of: PostingCase;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
  of = await fileCase(gateway);
});
afterAll(() => gateway.close());

interface OutboxRow extends Row {
  readonly id: string;
  readonly topic: string;
  readonly msg_key: string;
  readonly body: Buffer;
}

/** What a request's orders carry to their banks, as the connectors will read it. */
async function dispatched(requestId: string, caseId = of.id): Promise<readonly (OrderDispatched & { readonly row: OutboxRow })[]> {
  const orders = await rows<{ order_number: string }>(gateway, 'SELECT order_number FROM orders WHERE request_id = ?', requestId);
  const key = await gateway.parts.keys.get(caseId);
  const vault = new Vault(gateway.parts);
  const bodies = await Promise.all(
    orders.map(async ({ order_number }) => {
      const [row] = await rows<OutboxRow>(gateway, 'SELECT * FROM outbox WHERE id = ?', `dispatched-${order_number}`);
      return row && { ...decodeBody('order.dispatched.v1', vault.cipher.openBytes(key, dispatchAad(order_number), row.body)), row };
    }),
  );
  return bodies.filter((body) => body !== undefined);
}

describe('an inquiry by a handler', () => {
  it('leaves at once: one order for each legal-person bank, with its message, its line and its facts', async () => {
    const posted = await post(gateway, { action: 'inquire', caseId: of.id });
    expect(posted.status).toBe(202);
    expect(posted.headers.get('location')).toBe(`/api/v1/requests/${posted.at('id')}`);
    expect(posted.body).toMatchObject({ action: 'inquire', status: 'dispatched', approvals: { required: 0, given: [] } });
    const persons = ['hubeibank', 'hankoubank', 'hbrcu-jiayu', 'hbrcu-anlu', 'hbrcu-tianmen', 'wrcb'];
    expect(posted.each('orders', 'legalPerson')).toEqual(persons);
    expect(new Set(posted.each('orders', 'status'))).toEqual(new Set(['queued']));
    const numbers = posted.each('orders', 'orderNumber');
    expect(numbers.every((number) => /^\d{8}420106\d{10}$/.test(number)) && new Set(numbers).size === 6).toBe(true);

    const orders = await dispatched(posted.at('id'));
    expect(orders).toHaveLength(6);
    for (const order of orders) {
      expect(order.debtor.name).toBe('陈志远');
      expect([order.lines, order.lane]).toEqual([[], undefined]);
      expect(order.documents.map(({ type }) => type)).toEqual(['inquiry-notice']);
      expect(order.officer.credentials.every(({ imageDigest }) => imageDigest !== undefined)).toBe(true);
      expect([order.row.topic, order.row.msg_key]).toEqual([`orders.${order.bank}.v1`, order.orderNumber]);
      const [work] = order.officer.credentials;
      expect(await gateway.parts.blobs.has(of.id, work?.imageDigest ?? '')).toBe(true);
    }
    const facts = await rows<{ type: string }>(gateway, 'SELECT type FROM facts WHERE request_id = ?', posted.at('id'));
    expect(facts.map(({ type }) => type).sort()).toEqual([...new Array<string>(6).fill('order.dispatched'), 'request.accepted']);
  });

  it('is read back with its progress, by its court and the auditor, and by nobody else', async () => {
    const posted = await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'], debtorIds: of.debtors });
    const path = `/api/v1/requests/${posted.at('id')}`;
    const shown = await gateway.call('judge', 'GET', path);
    expect(shown.body).toMatchObject({ status: 'dispatched', progress: { total: 1, answered: 0, undetermined: 0, overdue: 0 } });
    expect((await gateway.call('auditor', 'GET', path)).status).toBe(200);
    expect((await gateway.call('clerk.wrcb', 'GET', path)).status).toBe(403);
    expect((await gateway.call('judge', 'GET', '/api/v1/requests/01995a3e-7b1c-7d30-8a44-0f2f6f1c2b3d')).status).toBe(404);
  });

  it('is listed by case and status, page by page, newest first', async () => {
    const own = await fileCase(gateway, {}, ['inquiry-notice']);
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await post(gateway, { action: 'inquire', caseId: own.id, banks: ['wrcb'] })).at('id'));
    const first = await gateway.call('officer', 'GET', `/api/v1/requests?caseId=${own.id}&status=dispatched&limit=2`);
    const rest = await gateway.call('officer', 'GET', `/api/v1/requests?caseId=${own.id}&limit=2&cursor=${first.at('nextCursor')}`);
    expect([...first.each('items', 'id'), ...rest.each('items', 'id')]).toEqual(ids);
    expect(rest.at('nextCursor')).toBeNull();
    expect((await gateway.call('officer', 'GET', '/api/v1/requests?status=dreaming')).at('code')).toBe('invalid');
  });

  it('needs a judge when it asks for transactions', async () => {
    const posted = await post(gateway, {
      action: 'inquire',
      caseId: of.id,
      banks: ['wrcb'],
      transactions: { from: '2026-01-01', to: '2026-02-01' },
    });
    expect(posted.body).toMatchObject({ status: 'awaiting-approval', approvals: { required: 1 } });
    expect((await approve(gateway, posted.at('id'))).at('status')).toBe('dispatched');
    const [order] = await dispatched(posted.at('id'));
    expect(order).toMatchObject({ transactions: { from: '2026-01-01', to: '2026-02-01' }, action: 'inquire' });
  });

  it.each([
    ['another officer', 'officer2', 403, 'not-handler'],
    ['a judge', 'judge', 403, 'forbidden'],
    ['a clerk', 'clerk.wrcb', 403, 'forbidden'],
  ])('is refused to %s', async (_, username, status, code) => {
    const posted = await post(gateway, { action: 'inquire', caseId: of.id }, username);
    expect([posted.status, posted.at('code')]).toEqual([status, code]);
  });
});

describe('an idempotency key', () => {
  it('makes one request of 64 identical calls at once, and none of another body', async () => {
    const headers = { 'idempotency-key': 'sixty-four' };
    const body = { action: 'inquire', caseId: of.id, banks: ['hubeibank'] };
    const replies = await Promise.all(Array.from({ length: 64 }, () => post(gateway, body, 'officer', headers)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(replies.map((reply) => reply.at('id'))).size).toBe(1);
    expect(replies.filter((reply) => reply.headers.get('idempotency-replayed') === 'true')).toHaveLength(63);
    const other = await post(gateway, { ...body, banks: ['wrcb'] }, 'officer', headers);
    expect([other.status, other.at('code')]).toEqual([409, 'idempotency-mismatch']);
    const found = await rows<{ n: number }>(gateway, 'SELECT COUNT(*) AS n FROM requests WHERE id = ?', replies[0]?.at('id') ?? '');
    expect(found[0]?.n).toBe(1);
  });
});

describe('a control request', () => {
  it('is split by debtor and legal person, waits for its approval, and then travels in gapless lanes', async () => {
    const own = await fileCase(gateway, {
      parties: [
        { role: 'debtor', kind: 'person', name: '甲某', idType: '01', idNumber: '420106190001010027' },
        { role: 'debtor', kind: 'person', name: '乙某', idType: '01', idNumber: '420106190001010035' },
      ],
    });
    const [first = '', second = ''] = own.debtors;
    const a = await addHolding(gateway, own, { debtorId: first });
    const b = await addHolding(gateway, own, { debtorId: first });
    const c = await addHolding(gateway, own, { debtorId: second });
    const d = await addHolding(gateway, own, { debtorId: first, bank: 'hbrcu', legalPerson: 'hbrcu-anlu' });
    const lines = [a, b, c, d].map((holdingId) => ({ holdingId, amount: '10.00' }));
    const body = { action: 'freeze', caseId: own.id, lines, term: termOf(gateway) };
    const posted = await post(gateway, body);
    expect(posted.body).toMatchObject({ status: 'awaiting-approval', approvals: { required: 1, given: [] } });
    expect(posted.each('orders', 'legalPerson')).toEqual(['hubeibank', 'hubeibank', 'hbrcu-anlu']);
    expect(await dispatched(posted.at('id'), own.id)).toEqual([]);
    expect((await approve(gateway, posted.at('id'))).at('status')).toBe('dispatched');
    const again = await post(gateway, body);
    await approve(gateway, again.at('id'));
    const [one, two, three] = await dispatched(posted.at('id'), own.id);
    const [next] = await dispatched(again.at('id'), own.id);
    expect([one?.lines.map(({ seq }) => seq), two?.lines.length, three?.legalPerson]).toEqual([[1, 2], 1, 'hbrcu-anlu']);
    expect([one?.lane?.number, two?.lane?.number, three?.lane?.number, next?.lane?.number]).toEqual([1, 1, 1, 2]);
    expect(next?.lane?.id).toBe(one?.lane?.id);
    expect(new Set([one, two, three].map((order) => order?.lane?.id)).size).toBe(3);
    expect(one?.row.msg_key).toBe(one?.lane?.id);
    expect(one?.documents.map(({ type }) => type)).toEqual(['freeze-ruling', 'freeze-notice']);
  });
});

describe('a body that cannot be understood', () => {
  const line = { bank: 'hubeibank', account: '4201', amount: '1.00' };
  const term = { from: '2026-03-10', to: '2026-12-31' };
  const freeze = (change: object) => ({ action: 'freeze', lines: [line], term, ...change });
  it.each([
    ['an unknown action', { action: 'seize' }, '/action'],
    ['an unknown member', { action: 'inquire', colour: 'red' }, '/colour'],
    ['no lines and no plan', { action: 'freeze', term }, '/lines'],
    ['lines and a plan', freeze({ planId: 'p' }), '/lines'],
    ['an amount as a number', freeze({ lines: [{ ...line, amount: 1 }] }), '/lines/0/amount'],
    ['an amount of nothing', freeze({ lines: [{ ...line, amount: '0.00' }] }), '/lines/0/amount'],
    ['an amount of thirds', freeze({ lines: [{ ...line, amount: '0.333' }] }), '/lines/0/amount'],
    ['neither holding nor account', freeze({ lines: [{ amount: '1.00' }] }), '/lines/0'],
    ['a legal person of another bank', freeze({ lines: [{ ...line, legalPerson: 'wrcb' }] }), '/lines/0/legalPerson'],
    ['a day that is none', freeze({ term: { from: '2026-02-30', to: '2026-03-01' } }), '/term/from'],
    ['a term that ends before it begins', freeze({ term: { from: '2099-03-10', to: '2099-03-09' } }), '/term/to'],
    [
      'a period that ends before it begins',
      { action: 'inquire', transactions: { from: '2026-03-10', to: '2026-03-09' } },
      '/transactions/to',
    ],
    ['a whole account without a reason', freeze({ lines: [{ ...line, scope: 'account' }], term: undefined }), '/term'],
  ])('is refused with a pointer: %s', async (_, body, pointer) => {
    const refused = await post(gateway, { caseId: of.id, ...body });
    expect([refused.status, refused.at('code'), refused.each('errors', 'pointer')]).toEqual([400, 'invalid', [pointer]]);
  });

  it('names nothing of another case', async () => {
    const other = await fileCase(gateway);
    const holdingId = await addHolding(gateway, other);
    const refused = await post(gateway, { action: 'freeze', caseId: of.id, lines: [{ holdingId, amount: '1.00' }], term: termOf(gateway) });
    expect([refused.status, refused.at('code'), refused.each('errors', 'pointer')]).toEqual([404, 'not-found', ['/lines/0/holdingId']]);
    expect((await post(gateway, { action: 'inquire', caseId: 'nowhere' })).status).toBe(404);
  });
});
