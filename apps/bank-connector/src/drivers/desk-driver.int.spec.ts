import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { eventually, tempDir, type TempDir } from '#testing';
import { testProfile } from '../testing/rig.js';
import { runConnector, type CallOptions, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';

const BANK = 'wrcb';
const DESK = '/api/v1/desk';

describe('a manual desk', () => {
  let folder: TempDir;
  let connector: RunningConnector;
  let clerk = '';
  let reviewer = '';
  const clock = new SystemClock();

  beforeEach(async () => {
    folder = await tempDir('desk');
    connector = await runConnector(folder.path, clock, [{ profile: testProfile(BANK, 'manual-desk') }]);
    clerk = await connector.token('clerk.wrcb', ['clerk'], BANK);
    reviewer = await connector.token('reviewer.wrcb', ['reviewer'], BANK);
  });

  afterEach(async () => {
    await connector.close();
    await folder.remove();
  });

  const call = (token: string, method: string, path: string, options: CallOptions = {}) =>
    connector.call(method, `${DESK}${path}`, { token, ...options });
  const list = async (status: string): Promise<{ orderNumber: string; debtor: { name: string; idNumber: string } }[]> =>
    (await call(clerk, 'GET', `/orders?status=${status}`)).body['items'] as never;
  const shown = async (orderNumber: string): Promise<void> => {
    await eventually(async () => (await list('received')).some((item) => item.orderNumber === orderNumber));
  };
  const inquiry = async () => {
    const order = sampleInquiry(connector.rig, connector.digest);
    await connector.rig.dispatch([order]);
    await shown(order.orderNumber);
    return order;
  };
  const freeze = async (over = {}) => {
    const order = sampleFreeze(connector.rig, connector.digest, over);
    await connector.rig.dispatch([order]);
    await shown(order.orderNumber);
    return order;
  };
  const answersTo = (orderNumber: string) => connector.rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);
  const facts = (type: string) => connector.rig.heard.facts.filter((fact) => fact.type === type).length;
  const found = {
    result: 'found',
    lines: [
      {
        account: '9101',
        kind: 'wealth-product',
        currency: 'CNY',
        state: 'normal',
        balance: '80984.00',
        available: { amount: '80984', currency: 'CNY' },
      },
    ],
  };
  const executed = { lines: [{ seq: 1, status: 'executed', limit: '66213.50', covered: '66213.50', uncovered: '0.00' }] };

  it('shows an order, lets one clerk answer and another approve, and sends the answer once', async () => {
    const order = await inquiry();
    await eventually(() => connector.rig.heard.events.length === 3);
    expect(connector.rig.heard.events.map(({ event }) => event)).toEqual(['taken', 'available', 'received']);
    expect(await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: found })).toMatchObject({
      status: 200,
      body: { orderNumber: order.orderNumber, status: 'in-review' },
    });
    expect(answersTo(order.orderNumber)).toEqual([]);
    expect(await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } })).toMatchObject({
      status: 200,
      body: { status: 'answered' },
    });
    await eventually(() => answersTo(order.orderNumber).length === 1);
    const [answer] = answersTo(order.orderNumber);
    expect(answer?.inquiry?.holdings).toMatchObject([
      { account: '9101', available: { amount: '80984.00', currency: 'CNY' }, priorMeasures: [] },
    ]);
    expect(answer?.original.signature).toBe('absent');
    const word = JSON.parse((await connector.rig.parts.blobs.get(CASE_ID, answer?.original.digest ?? '')).toString()) as object;
    expect(word).toMatchObject({ answeredBy: 'clerk.wrcb', reviewedBy: 'reviewer.wrcb', inquiry: { result: 'found' } });
    await eventually(() => facts('desk.answered') === 1 && facts('desk.reviewed') === 1 && facts('order.answered') === 1);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'ACCEPTED', standing: 'answered' });
  });

  it('masks lists, shows the clerk everything in clear, and leaves a fact for each reading', async () => {
    const order = await freeze();
    const [item] = await list('received');
    expect(item?.debtor).toEqual({ name: '陈**', idType: '01', idNumber: '4201**********0019' });
    const { body } = await call(clerk, 'GET', `/orders/${order.orderNumber}`);
    expect(body).toMatchObject({ debtor: { name: '陈志远', idNumber: '420106190001010019' }, lines: [{ account: '4201000000000011' }] });
    const documents = (await call(clerk, 'GET', `/orders/${order.orderNumber}/documents`)).body['items'] as { content: string }[];
    expect(Buffer.from(documents[0]?.content ?? '', 'base64').toString()).toContain('%PDF');
    await eventually(() => facts('desk.read') === 2);
  });

  it('lets nobody approve his own answer, and no other bank or role see an order', async () => {
    const order = await inquiry();
    const both = await connector.token('both', ['clerk', 'reviewer'], BANK);
    await call(both, 'POST', `/orders/${order.orderNumber}/answer`, { body: found });
    const review = { body: { decision: 'approve' } };
    expect((await call(both, 'POST', `/orders/${order.orderNumber}/review`, review)).body['code']).toBe('own-approval');
    const otherClerk = await connector.token('clerk2', ['clerk'], BANK);
    expect((await call(otherClerk, 'POST', `/orders/${order.orderNumber}/review`, review)).status).toBe(403);
    const stranger = await connector.token('stranger', ['clerk'], 'hubeibank');
    expect((await call(stranger, 'GET', `/orders/${order.orderNumber}`)).status).toBe(404);
    expect((await call(stranger, 'GET', '/orders')).body['items']).toEqual([]);
    const officer = await connector.token('officer', ['officer']);
    expect((await call(officer, 'GET', `/orders/${order.orderNumber}`)).status).toBe(403);
    expect((await connector.call('GET', `${DESK}/orders`)).status).toBe(401);
    expect(answersTo(order.orderNumber)).toEqual([]);
  });

  it('gives a rejected answer back to the first clerk with the reason', async () => {
    const order = await inquiry();
    await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: found });
    expect((await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'reject' } })).status).toBe(400);
    const rejection = { body: { decision: 'reject', reason: '余额有误' } };
    expect((await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, rejection)).body['status']).toBe('received');
    expect((await call(clerk, 'GET', `/orders/${order.orderNumber}`)).body['rejected']).toMatchObject({ reason: '余额有误' });
    expect((await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: { result: 'no-account', lines: [] } })).status).toBe(
      200,
    );
    await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } });
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(answersTo(order.orderNumber)[0]?.inquiry?.result).toBe('no-account');
  });

  it('rolls an order back after a review', async () => {
    const order = await freeze();
    const body = { code: '0403', note: '缺少法律文书', contact: '王芳', phone: '027-88880000' };
    expect((await call(clerk, 'POST', `/orders/${order.orderNumber}/rollback`, { body })).status).toBe(200);
    await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } });
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(answersTo(order.orderNumber)[0]?.rollback).toEqual(body);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ standing: 'rolled-back' });
  });

  it('asks again about lines in progress, and holds the lane until they are over', async () => {
    const lane = { id: 'lane-desk', number: 1 };
    const order = await freeze({ lane });
    const second = sampleFreeze(connector.rig, connector.digest, { lane: { ...lane, number: 2 } });
    await connector.rig.dispatch([second]);
    const progress = { lines: [{ seq: 1, status: 'in-progress', expectedOn: '2026-03-11' }] };
    await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: progress });
    expect((await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } })).body['status']).toBe(
      'received',
    );
    expect((await list('received')).map(({ orderNumber }) => orderNumber)).toEqual([order.orderNumber]);
    await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: executed });
    await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } });
    await shown(second.orderNumber);
    expect(answersTo(order.orderNumber).map((answer) => answer.control?.lines[0]?.status)).toEqual(['in-progress', 'executed']);
  });

  it('answers a repeated call as before, and another body under the same key with 409', async () => {
    const order = await inquiry();
    const path = `/orders/${order.orderNumber}/answer`;
    const many = await Promise.all(Array.from({ length: 8 }, () => call(clerk, 'POST', path, { body: found, key: 'k-1' })));
    expect(many.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(many.filter(({ replayed }) => !replayed).length).toBe(1);
    expect((await call(clerk, 'POST', path, { body: found, key: 'k-1' })).replayed).toBe(true);
    expect((await call(clerk, 'POST', path, { body: { result: 'no-account' }, key: 'k-1' })).body['code']).toBe('idempotency-mismatch');
    expect((await call(clerk, 'POST', path, { body: found, key: '' })).body['code']).toBe('idempotency-key-required');
    expect((await call(clerk, 'POST', path, { body: found })).body['code']).toBe('wrong-state');
    await eventually(() => facts('desk.answered') === 1);
  });

  it('takes receipts that are whole PDFs, as file or as JSON, and sends them with the answer', async () => {
    const order = await freeze();
    const path = `/orders/${order.orderNumber}/receipts`;
    const pdf = (text: string): Buffer => Buffer.from(`%PDF-1.7\n${text}\n%%EOF\n`);
    expect((await call(clerk, 'POST', path, { raw: { type: 'application/pdf', bytes: pdf('one') } })).status).toBe(201);
    const json = { name: '冻结回执.pdf', content: pdf('two').toString('base64') };
    expect((await call(clerk, 'POST', path, { body: json })).status).toBe(201);
    expect((await call(clerk, 'POST', path, { body: { ...json, sha256: '0'.repeat(64) } })).status).toBe(400);
    expect((await call(clerk, 'POST', path, { body: { content: Buffer.from('GIF89a').toString('base64') } })).status).toBe(415);
    expect((await call(clerk, 'POST', path, { raw: { type: 'text/plain', bytes: pdf('x') } })).status).toBe(415);
    const script = pdf('1 0 obj<</OpenAction<</S/Java#53cript/JS(1)>>>>endobj');
    expect((await call(clerk, 'POST', path, { raw: { type: 'application/pdf', bytes: script } })).body['code']).toBe('invalid');
    await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body: executed });
    await call(reviewer, 'POST', `/orders/${order.orderNumber}/review`, { body: { decision: 'approve' } });
    await eventually(() => answersTo(order.orderNumber).length === 1);
    const receipts = answersTo(order.orderNumber)[0]?.receipts ?? [];
    expect(receipts.map(({ name }) => name)).toEqual(['回执.pdf', '冻结回执.pdf']);
    expect(await connector.rig.parts.blobs.get(CASE_ID, receipts[0]?.digest ?? '')).toEqual(pdf('one'));
    expect((await call(clerk, 'POST', path, { body: json })).body['code']).toBe('wrong-state');
  });

  it.each([
    ['no status', { lines: [{ seq: 1 }] }, '/lines/0/status'],
    ['an unknown status', { lines: [{ seq: 1, status: 'frozen' }] }, '/lines/0/status'],
    ['a refusal without a reason', { lines: [{ seq: 1, status: 'refused' }] }, '/lines/0/reason'],
    ['a line that was not asked', { lines: [{ seq: 2, status: 'executed' }] }, '/lines/0/seq'],
    ['a line that is missing', { lines: [] }, '/lines'],
    ['a negative amount', { lines: [{ seq: 1, status: 'executed', limit: '-1.00' }] }, '/lines/0/limit'],
    ['another currency', { lines: [{ seq: 1, status: 'executed', limit: { amount: '1.00', currency: 'USD' } }] }, '/lines/0/limit'],
    ['a number for an amount', { lines: [{ seq: 1, status: 'executed', limit: 1 }] }, '/lines/0/limit'],
    ['an unknown member', { lines: [{ seq: 1, status: 'executed', limits: '1.00' }] }, '/lines/0/limits'],
    ['a day that is none', { lines: [{ seq: 1, status: 'executed', to: '2026-02-30' }] }, '/lines/0/to'],
  ])('refuses %s and names the place', async (_, body, pointer) => {
    const order = await freeze();
    const reply = await call(clerk, 'POST', `/orders/${order.orderNumber}/answer`, { body });
    expect([reply.status, reply.body['code']]).toEqual([400, 'invalid']);
    expect((reply.body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
    expect((await list('received')).length).toBe(1);
  });

  it('keeps the register, pages it, and answers objections honestly', async () => {
    const orders = [await inquiry(), await inquiry(), await inquiry()];
    const first = await call(clerk, 'GET', '/register?limit=2');
    expect((first.body['items'] as object[]).length).toBe(2);
    const next = await call(clerk, 'GET', `/register?limit=2&cursor=${String(first.body['nextCursor'])}`);
    expect([(next.body['items'] as object[]).length, next.body['nextCursor']]).toEqual([1, null]);
    expect((await call(clerk, 'GET', '/register?from=2099-01-01')).body['items']).toEqual([]);
    expect((await call(clerk, 'GET', '/register?from=2099-13-01')).status).toBe(400);
    expect((await call(clerk, 'GET', '/orders?status=nonsense')).status).toBe(400);
    const auditor = await connector.token('auditor', ['auditor']);
    expect(((await call(auditor, 'GET', '/register')).body['items'] as object[]).length).toBe(3);
    const objection = await call(clerk, 'POST', `/orders/${orders[0]?.orderNumber}/objections`, { body: {} });
    expect([objection.status, objection.body['code']]).toEqual([501, 'not-implemented']);
  });
});
