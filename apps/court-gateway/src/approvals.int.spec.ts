import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeBody, type DocumentRef, type OrderDispatched } from '#contracts';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { pdfText } from './testing/pdf-text.js';
import { addHolding, addMeasure, approve, fileCase, post, rows, termOf, type PostingCase } from './testing/posting-fixture.js';
import { dispatchAad } from './use-cases/dispatch-orders/dispatch-orders.js';
import { SYSTEM_REQUESTS, type SystemRequests } from './use-cases/system-requests.js';
import { loadCase, lockCase } from './adapters/store/case-rows.js';
import { Vault } from './vault.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const account = { bank: 'hubeibank', account: '4201000000007777' };

function freeze(of: PostingCase, change: object = {}, line: object = account) {
  return post(gateway, { action: 'freeze', caseId: of.id, lines: [{ ...line, amount: '10.00' }], term: termOf(gateway), ...change });
}

function sql(statement: string, ...params: (string | number)[]): Promise<number> {
  return gateway.parts.database.run((tx) => tx.run(statement, params));
}

async function ordersOf(requestId: string, caseId: string): Promise<readonly OrderDispatched[]> {
  const found = await rows<{ order_number: string; body_sealed: Buffer }>(
    gateway,
    'SELECT order_number, body_sealed FROM orders NATURAL JOIN order_originals WHERE request_id = ? ORDER BY order_number',
    requestId,
  );
  const key = await gateway.parts.keys.get(caseId);
  const { cipher } = new Vault(gateway.parts);
  return found.map((row) => decodeBody('order.dispatched.v1', cipher.openBytes(key, dispatchAad(row.order_number), row.body_sealed)));
}

async function textOf(document: DocumentRef | undefined, caseId: string): Promise<string> {
  const pages = await pdfText(await gateway.parts.blobs.get(caseId, document?.digest ?? ''));
  return pages.join('').replaceAll('\n', '');
}

describe('an approval', () => {
  it('is never given by who asked, nor by a role that is not asked for', async () => {
    const of = await fileCase(gateway);
    const posted = await freeze(of);
    const own = await approve(gateway, posted.at('id'), 'officer');
    expect([own.status, own.at('code')]).toEqual([403, 'own-approval']);
    for (const username of ['officer2', 'leader', 'auditor']) {
      const refused = await approve(gateway, posted.at('id'), username);
      expect([username, refused.status, refused.at('code')]).toEqual([username, 403, 'forbidden']);
    }
    expect((await gateway.call('officer', 'GET', `/api/v1/requests/${posted.at('id')}`)).at('status')).toBe('awaiting-approval');
  });

  it('of a whole account takes a judge and a leader, and a reason', async () => {
    const of = await fileCase(gateway);
    const whole = { ...account, scope: 'account' };
    expect((await freeze(of, {}, whole)).each('errors', 'pointer')).toEqual(['/reason']);
    const posted = await freeze(of, { reason: '账户涉嫌转移财产' }, whole);
    expect(posted.at('approvals.required')).toBe(2);
    const first = await approve(gateway, posted.at('id'));
    expect(first.body).toMatchObject({ status: 'awaiting-approval', reason: '账户涉嫌转移财产' });
    expect((await approve(gateway, posted.at('id'))).status).toBe(403);
    const second = await approve(gateway, posted.at('id'), 'leader');
    expect(second.at('status')).toBe('dispatched');
    expect(second.each('approvals.given', 'role')).toEqual(['judge', 'leader']);
    const facts = await rows<{ type: string }>(
      gateway,
      'SELECT type FROM facts WHERE subject = ? ORDER BY subject_seq',
      `request:${posted.at('id')}`,
    );
    expect(facts.map(({ type }) => type)).toEqual(['request.accepted', 'request.approved', 'request.approved']);
  });

  it('runs the gates again, and a refused one leaves the request as it was', async () => {
    const of = await fileCase(gateway);
    const posted = await freeze(of);
    await sql("UPDATE cases SET hold = '执行异议审查期间' WHERE id = ?", of.id);
    const refused = await approve(gateway, posted.at('id'));
    expect([refused.status, refused.at('code')]).toEqual([422, 'on-hold']);
    const [state] = await rows<{ n: number }>(
      gateway,
      "SELECT COUNT(*) AS n FROM instruments WHERE case_id = ? AND state = 'draft'",
      of.id,
    );
    expect(state?.n).toBe(6);
    await sql('UPDATE cases SET hold = NULL WHERE id = ?', of.id);
    expect((await approve(gateway, posted.at('id'))).at('status')).toBe('dispatched');
    expect((await approve(gateway, posted.at('id'))).at('code')).toBe('wrong-state');
  });

  it('finds an instrument missing that was voided meanwhile', async () => {
    const of = await fileCase(gateway);
    const posted = await freeze(of);
    await sql("UPDATE instruments SET state = 'void' WHERE case_id = ? AND type = 'freeze-ruling'", of.id);
    expect((await approve(gateway, posted.at('id'))).at('code')).toBe('instrument-missing');
  });

  it('sends the same answer again for the same key, and releases once', async () => {
    const of = await fileCase(gateway);
    const posted = await freeze(of);
    const call = () =>
      gateway.call('judge', 'POST', `/api/v1/requests/${posted.at('id')}/approval`, { decision: 'approve' }, { 'idempotency-key': 'once' });
    const replies = await Promise.all(Array.from({ length: 8 }, call));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const sent = await rows<{ n: number }>(
      gateway,
      'SELECT COUNT(*) AS n FROM outbox WHERE id = ?',
      `dispatched-${posted.at('orders.0.orderNumber')}`,
    );
    expect(sent[0]?.n).toBe(1);
  });
});

describe('the documents of an approved freeze', () => {
  it('are sealed by it; each order has a notice made from its own lines, and none learns of accounts elsewhere', async () => {
    const of = await fileCase(gateway, {}, []);
    for (const type of ['freeze-ruling', 'freeze-notice']) {
      await gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/instruments`, { type, number: '(2026)鄂0106执1号之一' });
    }
    const here = await addHolding(gateway, of, { account: '4201000011112222' });
    const there = await addHolding(gateway, of, { account: '6222000033334444', bank: 'wrcb' });
    const lines = [here, there].map((holdingId) => ({ holdingId, amount: '66213.50' }));
    const posted = await freeze(of, { lines });
    expect((await approve(gateway, posted.at('id'))).at('status')).toBe('dispatched');
    const [one, two] = await ordersOf(posted.at('id'), of.id);
    const [noticeHere, noticeThere] = [await textOf(one?.documents[1], of.id), await textOf(two?.documents[1], of.id)];
    expect(noticeHere).toContain('4201000011112222');
    expect(noticeHere).toContain('冻结人民币66213.50元');
    expect(noticeHere).not.toContain('6222000033334444');
    expect(noticeThere).toContain('6222000033334444');
    expect(noticeThere).not.toContain('4201000011112222');
    expect(noticeThere).toContain('武汉农村商业银行');
    expect(one?.documents[0]).toEqual(two?.documents[0]);
    for (const document of [...(one?.documents ?? []), ...(two?.documents ?? [])]) {
      expect(JSON.parse(document.seal)).toMatchObject({ sha256: document.sha256, sealer: '420106' });
    }
    const states = await rows<{ state: string }>(gateway, 'SELECT state FROM instruments WHERE case_id = ?', of.id);
    expect(states.map(({ state }) => state)).toEqual(['used', 'used']);
  });

  it('agree when many requests under one draft are approved at the same moment', async () => {
    const of = await fileCase(gateway, {}, []);
    for (const type of ['freeze-ruling', 'freeze-notice']) {
      await gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/instruments`, { type, number: '2号' });
    }
    const posted = await Promise.all(Array.from({ length: 5 }, () => freeze(of)));
    const approved = await Promise.all(posted.map((one) => approve(gateway, one.at('id'))));
    expect(approved.map((one) => one.at('status'))).toEqual(new Array(5).fill('dispatched'));
    const orders = (await Promise.all(posted.map((one) => ordersOf(one.at('id'), of.id)))).flat();
    expect(new Set(orders.map(({ documents }) => documents[0]?.digest)).size).toBe(1);
    expect(orders.map(({ lane }) => lane?.number).sort()).toEqual([...new Set(orders.map(({ lane }) => lane?.number))].sort());
  });
});

describe('a renewal, a release and a deduct', () => {
  it('name the freeze they are about, and nothing that is not theirs', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { limit: 100_00n });
    const [measure] = await rows<{ order_number: string; to_date: string }>(gateway, 'SELECT * FROM measures WHERE id = ?', measureId);
    const original = { orderNumber: measure?.order_number, seq: 1 };
    const until = `${Number(measure?.to_date.slice(0, 4)) + 1}-01-01`;
    const renewed = await post(gateway, { action: 'renew', caseId: of.id, measureIds: [measureId], until });
    await approve(gateway, renewed.at('id'));
    const [renewal] = await ordersOf(renewed.at('id'), of.id);
    expect(renewal?.lines).toMatchObject([{ original, to: until }]);
    const part = await post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId, amount: '40.00' }], ground: '部分履行' });
    await approve(gateway, part.at('id'));
    const [release] = await ordersOf(part.at('id'), of.id);
    expect(release?.lines).toMatchObject([{ original, newLimit: { amount: '60.00', currency: 'CNY' } }]);
    expect(release?.courtAccount).toBeUndefined();
    const other = await addMeasure(gateway, of, { limit: 100_00n });
    const taken = await post(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId: other, amount: '100.00' }] });
    await approve(gateway, taken.at('id'));
    const [deduct] = await ordersOf(taken.at('id'), of.id);
    expect(deduct).toMatchObject({ courtAccount: { number: '420101002026123400' }, lines: [{ amount: { amount: '100.00' } }] });
    expect([renewal, release, deduct].map((order) => order?.lane?.number)).toEqual([0, 1, 2].map((n) => (renewal?.lane?.number ?? 0) + n));
  });
});

describe('what the system drafts', () => {
  it('awaits a judge with its own ruling and notice, and no officer has to ask for it', async () => {
    const of = await fileCase(gateway, {}, []);
    const measureId = await addMeasure(gateway, of, { limit: 100_00n });
    const system = gateway.app.get<SystemRequests>(SYSTEM_REQUESTS);
    const key = await gateway.parts.keys.get(of.id);
    const id = await gateway.parts.database.run(async (tx) =>
      system.draftRelease(tx, await lockCase(tx, of.id), key, [{ measureId, newLimit: 30_00n }]),
    );
    const shown = await gateway.call('judge', 'GET', `/api/v1/requests/${id}`);
    expect(shown.body).toMatchObject({ status: 'awaiting-approval', draftedBySystem: true, action: 'release', approvals: { required: 1 } });
    expect((await approve(gateway, id)).at('status')).toBe('dispatched');
    const [order] = await ordersOf(id, of.id);
    expect(order?.lines).toMatchObject([{ newLimit: { amount: '30.00' } }]);
    expect(order?.documents.map(({ type }) => type)).toEqual(['release-ruling', 'release-notice']);
    const made = await rows<{ n: number }>(gateway, 'SELECT COUNT(*) AS n FROM instruments WHERE case_id = ?', of.id);
    expect(made[0]?.n).toBe(2);
  });

  it('asks a bank again for the figures that are too old, and only for those', async () => {
    const of = await fileCase(gateway, {}, ['inquiry-notice']);
    const system = gateway.app.get<SystemRequests>(SYSTEM_REQUESTS);
    const id = await system.inquire(of.id, [{ bank: 'wrcb', debtorId: of.debtors[0] ?? '' }]);
    expect((await ordersOf(id ?? '', of.id)).map(({ bank }) => bank)).toEqual(['wrcb']);
    await sql("UPDATE cases SET status = 'closed' WHERE id = ?", of.id);
    expect(await system.inquire(of.id, [{ bank: 'wrcb', debtorId: of.debtors[0] ?? '' }])).toBeUndefined();
    expect((await loadCase(gateway.parts.database.reader, of.id)).status).toBe('closed');
  });
});
