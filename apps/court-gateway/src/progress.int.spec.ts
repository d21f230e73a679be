import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  answerTo,
  cny,
  deliver,
  dispatched,
  freezeOrder,
  frozen,
  measuresNow,
  noticeOf,
  openTasks,
  ordersOf,
  progressOf,
} from './testing/bank-words.js';
import { addDays, instantText, legalDateOf, startOfLegalDate } from '#kernel';
import type { BankDirectory, GatewayBank } from './gateway-parts.js';
import { BANKS, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
/** Open on one far day of the week alone, and never on the days that the tests run. */
const SHUT = {
  week: Array.from({ length: 7 }, () => []),
  days: new Map([[addDays(legalDateOf(Date.now()), 9), [{ fromMinute: 510, toMinute: 1_020 }]]]),
};
const withDelivery = BANKS.map((bank): GatewayBank => {
  if (bank.bank === 'hankoubank') return { ...bank, delivery: 'pull' };
  return bank.bank === 'wrcb' ? { ...bank, service: SHUT } : bank;
});
const banks: BankDirectory = { all: () => withDelivery, find: (code) => withDelivery.find(({ bank }) => bank === code) };
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true, banks } });
});
afterAll(() => gateway.close());

const requestOf = (id: string) => gateway.call('officer', 'GET', `/api/v1/requests/${id}`);

async function inquiry(of: PostingCase, banks: readonly string[] = ['hubeibank']) {
  const posted = await post(gateway, { action: 'inquire', caseId: of.id, banks });
  expect(posted.status).toBe(202);
  return { requestId: posted.at('id'), orders: await ordersOf(gateway, posted.at('id')) };
}

describe('progress', () => {
  it('tells that an order waits for its bank to open, and until when; no deadline runs meanwhile', async () => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of, ['wrcb', 'hbrcu']);
    const shown = await requestOf(requestId);
    const orderAt = (bank: string) => `orders.${shown.each<string>('orders', 'bank').indexOf(bank)}`;
    const until = instantText(startOfLegalDate(addDays(legalDateOf(Date.now()), 9)) + 510 * 60_000);
    expect(shown.at(orderAt('wrcb'))).toMatchObject({ status: 'queued', overdue: false, waiting: { code: 'bank-closed', until } });
    for (const member of ['dueAt', 'availableAt']) expect(shown.at(orderAt('wrcb'))).not.toHaveProperty(member);
    expect(shown.at(orderAt('hbrcu'))).not.toHaveProperty('waiting');
    const listed = await gateway.call('officer', 'GET', '/api/v1/banks');
    const bankAt = (bank: string) => `items.${listed.each<string>('items', 'bank').indexOf(bank)}.calendar`;
    expect(listed.at(bankAt('wrcb'))).toEqual({ open: false, opensAt: until });
    expect(listed.at(bankAt('hbrcu'))).toEqual({ open: true, opensAt: null });
    // What was on its way before it shut has left.
    const number = orders.find(({ bank }) => bank === 'wrcb')!.order_number;
    await deliver(gateway, progressOf(gateway, number, 'available'));
    const left = await requestOf(requestId);
    expect(left.at(orderAt('wrcb'))).not.toHaveProperty('waiting');
  });

  it('moves order and times forward only: due 24 hours from receipt, else from availability (R11)', async () => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of);
    const number = orders[0]!.order_number;
    await deliver(
      gateway,
      progressOf(gateway, number, 'taken'),
      progressOf(gateway, number, 'available', { at: '2026-03-10T01:00:00.000Z' }),
    );
    expect((await requestOf(requestId)).at('orders.0.dueAt')).toBe('2026-03-11T01:00:00.000Z');
    await deliver(gateway, progressOf(gateway, number, 'received', { at: '2026-03-10T02:00:00.000Z' }));
    await deliver(gateway, progressOf(gateway, number, 'sent', { at: '2026-03-10T01:30:00.000Z' }));
    const shown = await requestOf(requestId);
    expect([shown.at('orders.0.status'), shown.at('orders.0.dueAt'), shown.at('orders.0.sentAt')]).toEqual([
      'received',
      '2026-03-11T02:00:00.000Z',
      '2026-03-10T01:30:00.000Z',
    ]);
  });

  it('what a polling bank may fetch has not left: it stays queued and can be withdrawn', async () => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of, ['hankoubank', 'hbrcu']);
    for (const { order_number } of orders) await deliver(gateway, progressOf(gateway, order_number, 'available'));
    const statusOf = async (bank: string) =>
      (await ordersOf(gateway, requestId)).filter((order) => order.bank === bank).map(({ status, due_at }) => [status, due_at !== null]);
    expect(await statusOf('hankoubank')).toEqual([['queued', true]]);
    expect(await statusOf('hbrcu')).toEqual([
      ['sent', true],
      ['sent', true],
      ['sent', true],
    ]);
  });

  it('withdrawn before it left frees the ceiling', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    expect((await measuresNow(gateway, of)).sums['committed']).toBe('1000.00');
    await deliver(gateway, progressOf(gateway, order.order_number, 'withdrawn', { code: 'case-closed', reason: '案件已结案' }));
    expect((await measuresNow(gateway, of)).sums['committed']).toBe('0.00');
    expect((await requestOf(order.request_id)).at('status')).toBe('withdrawn');
  });

  it('undetermined keeps the amount bound; two persons resolve it, and the connector hears of it (I5, I6)', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, progressOf(gateway, order.order_number, 'undetermined', { code: 'no-status', reason: '超时后无法查询' }));
    expect((await requestOf(order.request_id)).at('orders.0.status')).toBe('undetermined');
    expect((await measuresNow(gateway, of)).sums['committed']).toBe('1000.00');
    expect(await openTasks(gateway, of)).toEqual(['undetermined']);
    const path = `/api/v1/orders/${order.order_number}/resolution`;
    const finding = { seq: 1, outcome: 'executed', amount: '700.00', evidence: '银行书面答复', reason: '已执行' };
    expect((await gateway.call('officer', 'POST', path, finding)).status).toBe(201);
    expect((await gateway.call('officer', 'POST', `${path}/approval`, { decision: 'approve' })).at('code')).toBe('own-approval');
    expect((await gateway.call('judge', 'POST', `${path}/approval`, { decision: 'approve' })).status).toBe(200);
    expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ status: 'in-force', limit: '1000.00', covered: '700.00' });
    expect((await requestOf(order.request_id)).at('status')).toBe('completed');
    expect(await openTasks(gateway, of)).toEqual([]);
    const told = await rows<{ body: Buffer }>(
      gateway,
      "SELECT body FROM outbox WHERE type = 'order.resolved.v1' AND msg_key = ?",
      order.lane_id!,
    );
    // In clear, and so without what the persons wrote.
    expect(told.map(({ body }) => JSON.parse(body.toString('utf8')) as unknown)).toEqual([
      { orderNumber: order.order_number, outcome: 'settled', evidence: `法院处置记录 ${order.order_number}/1` },
    ]);
  });

  it('a credit that the bank told of while nobody knew is counted when the deduct is resolved', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { limit: 500_00n });
    const order = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '500.00' }] });
    await deliver(gateway, progressOf(gateway, order.order_number, 'undetermined', { reason: '超时' }));
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'credited', amount: cny(500_00), serial: 'S' }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ collected: '0.00', committed: '500.00' });
    const path = `/api/v1/orders/${order.order_number}/resolution`;
    await gateway.call('officer', 'POST', path, { seq: 1, outcome: 'executed', evidence: '专户流水', reason: '已划出' });
    await gateway.call('judge', 'POST', `${path}/approval`, { decision: 'approve' });
    const now = await measuresNow(gateway, of);
    expect(now.sums).toMatchObject({ collected: '500.00', committed: '500.00' });
    expect(now.items[0]).toMatchObject({ status: 'exhausted' });
    expect(await openTasks(gateway, of)).toEqual(['claim']);
  });

  it.each([
    ['send-again', 'undetermined', 'send-again'],
    ['refused', 'answered', 'settled'],
  ])('a finding %s leaves the order %s and tells the connector %s', async (outcome, status, told) => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, progressOf(gateway, order.order_number, 'undetermined'));
    const path = `/api/v1/orders/${order.order_number}/resolution`;
    const finding = { seq: 1, outcome, evidence: '银行书面答复', reason: '未收到' };
    expect((await gateway.call('officer', 'POST', path, { ...finding, amount: '1.00' })).status).toBe(400);
    expect((await gateway.call('officer', 'POST', path, finding)).status).toBe(201);
    expect((await gateway.call('officer', 'POST', path, finding)).status).toBe(409);
    expect((await gateway.call('judge', 'POST', `${path}/approval`, { decision: 'approve' })).status).toBe(200);
    expect((await requestOf(order.request_id)).at('orders.0.status')).toBe(status);
    expect(await openTasks(gateway, of)).toEqual([]);
    const [message] = await rows<{ body: Buffer }>(
      gateway,
      "SELECT body FROM outbox WHERE type = 'order.resolved.v1' AND msg_key = ? ORDER BY seq DESC LIMIT 1",
      order.lane_id ?? '',
    );
    expect(message?.body.toString('utf8')).toContain(`"outcome":"${told}"`);
  });

  it('the bank’s own word overtakes a finding that waits for approval', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, progressOf(gateway, order.order_number, 'undetermined'));
    const path = `/api/v1/orders/${order.order_number}/resolution`;
    await gateway.call('officer', 'POST', path, { seq: 1, outcome: 'refused', evidence: '电话', reason: '未执行' });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 1_000_00)] } }));
    expect((await gateway.call('judge', 'POST', `${path}/approval`, { decision: 'approve' })).at('code')).toBe('wrong-state');
    expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ covered: '1000.00' });
  });
});
