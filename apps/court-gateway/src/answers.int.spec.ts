import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlLine } from '#contracts';
import {
  answerTo,
  cny,
  deliver,
  dispatched,
  freezeOrder,
  frozen,
  holdingLine,
  measuresNow,
  moved,
  noticeOf,
  openTasks,
  ordersOf,
  progressOf,
} from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const requestOf = (id: string) => gateway.call('officer', 'GET', `/api/v1/requests/${id}`);
const typesOf = async (requestId: string): Promise<string[]> =>
  (await rows<{ type: string }>(gateway, 'SELECT type FROM facts WHERE request_id = ? ORDER BY at, rowid', requestId)).map(
    ({ type }) => type,
  );

async function inquiry(of: PostingCase, banks: readonly string[] = ['hubeibank']) {
  const posted = await post(gateway, { action: 'inquire', caseId: of.id, banks });
  expect(posted.status).toBe(202);
  return { requestId: posted.at('id'), orders: await ordersOf(gateway, posted.at('id')) };
}

describe('an inquiry’s answer', () => {
  it('leaves holdings, a completed request, events and facts, and says so once however often it comes (I4)', async () => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of);
    const restriction = { code: 'wages', reserve: cny(312_033), basis: '工资卡' };
    const holdings = [holdingLine('4201000000000011', 6_231_045), holdingLine('6222000000008800', 512_033, { kind: 'wages', restriction })];
    const message = await answerTo(gateway, orders[0]!, { inquiry: { result: 'found', holdings } });
    await deliver(gateway, message, message);
    await deliver(gateway, message);
    const shown = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}/holdings`);
    expect(shown.each('items', 'account')).toEqual(expect.arrayContaining(['4201********0011', '6222********8800']));
    expect(shown.text).not.toContain('4201000000000011');
    expect(shown.text).toContain('"reserve":{"amount":"3120.33","currency":"CNY"}');
    const request = await requestOf(requestId);
    expect([request.at('status'), request.at('orders.0.status'), request.at('orders.0.nothingFound')]).toEqual([
      'completed',
      'answered',
      false,
    ]);
    expect((await typesOf(requestId)).sort()).toEqual(['answer.applied', 'order.dispatched', 'request.accepted', 'request.completed']);
    const events = await rows<{ seq: number; type: string }>(
      gateway,
      'SELECT seq, type FROM request_events WHERE request_id = ? ORDER BY seq',
      requestId,
    );
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'order'],
      [2, 'status'],
    ]);
  });

  it.each([
    ['no-account', 'completed', true, []],
    ['identity-mismatch', 'not-executed', false, []],
    ['found', 'dispatched', undefined, ['undetermined']],
  ] as const)('%s without holdings makes the request %s', async (result, status, nothingFound, tasks) => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of);
    await deliver(gateway, await answerTo(gateway, orders[0]!, { inquiry: { result, holdings: [] } }));
    const request = await requestOf(requestId);
    expect(request.at('status')).toBe(status);
    if (nothingFound !== undefined) expect(request.at('orders.0.nothingFound')).toBe(nothingFound);
    expect(await openTasks(gateway, of)).toEqual(tasks);
  });

  it('completes a request of several banks only with the last of them', async () => {
    const of = await fileCase(gateway);
    const { requestId, orders } = await inquiry(of, ['hubeibank', 'hbrcu']);
    expect(orders).toHaveLength(4);
    for (const order of orders) {
      expect((await requestOf(requestId)).at('status')).toBe('dispatched');
      await deliver(gateway, await answerTo(gateway, order, { inquiry: { result: 'no-account', holdings: [] } }));
    }
    expect((await requestOf(requestId)).at('status')).toBe('completed');
  });

  it('renews what is known of an account, keeps transactions, and refreshes the figures of our own freezes (I16)', async () => {
    const of = await fileCase(gateway);
    const first = await inquiry(of);
    await deliver(
      gateway,
      await answerTo(gateway, first.orders[0]!, { inquiry: { result: 'found', holdings: [holdingLine('4201000000000012', 100)] } }),
    );
    const measureId = await addMeasure(gateway, of, { limit: 500_00n, covered: 100_00n });
    const [measure] = await rows<{ order_number: string }>(gateway, 'SELECT order_number FROM measures WHERE id = ?', measureId);
    const second = await inquiry(of);
    const measures = [
      { orderNumber: measure!.order_number, seq: 1, limit: cny(500_00), covered: cny(300_00), uncovered: cny(200_00), rank: 1 },
    ];
    const transactions = [
      {
        serial: '1',
        at: '2026-03-01T01:00:00.000Z',
        direction: 'credit' as const,
        amount: cny(1),
        counterpartName: '王小明',
        counterpartAccount: '6222021234567890123',
      },
    ];
    await gateway.parts.clock.sleep(5);
    const holding = holdingLine('4201000000000012', 200, { measures, transactions });
    await deliver(gateway, await answerTo(gateway, second.orders[0]!, { inquiry: { result: 'found', holdings: [holding] } }));
    const shown = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}/holdings`);
    expect(shown.each('items', 'balance.amount')).toEqual(['2.00']);
    expect((await measuresNow(gateway, of)).items).toEqual([{ id: measureId, status: 'in-force', limit: '500.00', covered: '300.00' }]);
    const read = await gateway.call('officer', 'GET', `/api/v1/holdings/${shown.at('items.0.id')}/transactions`);
    expect([read.at('items.0.counterpartName'), read.at('items.0.counterpartAccount')]).toEqual(['王**', '6222***********0123']);
    const revealed = await gateway.call('officer', 'POST', `/api/v1/holdings/${shown.at('items.0.id')}/reveal`, { reason: '核对账号' });
    expect(revealed.at('account')).toBe('4201000000000012');
    const facts = await rows<{ type: string }>(gateway, "SELECT type FROM facts WHERE case_id = ? AND type LIKE 'holding.%'", of.id);
    expect(facts.map(({ type }) => type)).toEqual(['holding.transactions-read', 'holding.revealed']);
  });
});

describe('a freeze’s answer', () => {
  const TABLE: readonly [string, ControlLine, string, string | undefined, string, string[]][] = [
    ['covered in full', frozen(1_000_00, 1_000_00), 'completed', 'in-force', '1000.00', []],
    ['covered in part', frozen(1_000_00, 400_00), 'completed', 'in-force', '1000.00', []],
    ['behind an earlier rank', frozen(1_000_00, 0, { rank: 2 }), 'completed', 'waiting', '0.00', []],
    ['less than asked', frozen(600_00, 600_00, { status: 'partly-executed' }), 'partly-completed', 'in-force', '600.00', []],
    ['refused', { seq: 1, status: 'refused', reason: { code: 'NO_ACCOUNT', text: '查无账户' } }, 'not-executed', undefined, '0.00', []],
    ['under way', { seq: 1, status: 'in-progress', expectedOn: '2099-01-01' }, 'dispatched', undefined, '1000.00', []],
    ['without figures', { seq: 1, status: 'executed' }, 'dispatched', undefined, '1000.00', ['undetermined']],
    [
      'in another currency',
      frozen(1, 1, { limit: { amount: '1.00', currency: 'USD' } }),
      'dispatched',
      undefined,
      '1000.00',
      ['undetermined'],
    ],
  ];
  it.each(TABLE)('%s', async (_, line, status, measure, committed, tasks) => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [line] } }));
    expect((await requestOf(order.request_id)).at('status')).toBe(status);
    const now = await measuresNow(gateway, of);
    expect(now.items.map((one) => one.status)).toEqual(measure === undefined ? [] : [measure]);
    expect(now.sums['committed']).toBe(committed);
    expect(await openTasks(gateway, of)).toEqual(tasks);
  });

  it('settles a line under way with a later answer', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const lines: ControlLine[] = [{ seq: 1, status: 'in-progress', expectedOn: '2099-01-01' }];
    await deliver(gateway, await answerTo(gateway, order, { control: { lines } }));
    expect((await requestOf(order.request_id)).at('orders.0.lines.0.status')).toBe('in-progress');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 1_000_00)] } }));
    expect((await requestOf(order.request_id)).at('status')).toBe('completed');
  });

  it('rolled back ends the order with its code, and the ceiling is free again', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const rollback = { code: '0403', note: '缺少法律文书', contact: '王经办', phone: '02712345678' };
    await deliver(gateway, await answerTo(gateway, order, { rollback }));
    const request = await requestOf(order.request_id);
    expect([request.at('status'), request.at('orders.0.status'), request.at('orders.0.rollback.code')]).toEqual([
      'not-executed',
      'rolled-back',
      '0403',
    ]);
    expect((await measuresNow(gateway, of)).sums['committed']).toBe('0.00');
  });

  it('too much frozen drafts a release that awaits a judge, and a task (I7)', async () => {
    const of = await fileCase(gateway, { ceiling: { amount: '1000.00', currency: 'CNY' } });
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_200_00, 1_200_00)] } }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ committed: '1200.00', excess: '200.00' });
    const drafts = await gateway.call('judge', 'GET', `/api/v1/requests?caseId=${of.id}&status=awaiting-approval`);
    expect([drafts.each('items', 'action'), drafts.each('items', 'draftedBySystem')]).toEqual([['release'], [true]]);
    expect(await openTasks(gateway, of)).toContain('excess');
    // A second change of money finds the release under way and drafts no other.
    const satisfied = { amount: '1.00', kind: 'voluntary', on: '2026-03-10', evidence: '收条' };
    await gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/satisfactions`, satisfied);
    expect(
      (await gateway.call('judge', 'GET', `/api/v1/requests?caseId=${of.id}&status=awaiting-approval`)).each('items', 'id'),
    ).toHaveLength(1);
  });

  it('refuses to believe a broken signature: undetermined, a task, nothing applied', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const answer = { control: { lines: [frozen(1_000_00, 1_000_00)] } };
    await deliver(gateway, await answerTo(gateway, order, answer, { signature: 'invalid' }));
    expect((await requestOf(order.request_id)).at('orders.0.status')).toBe('undetermined');
    expect((await measuresNow(gateway, of)).items).toEqual([]);
    // The bank's good answer later ends the doubt.
    await deliver(gateway, await answerTo(gateway, order, answer));
    expect((await requestOf(order.request_id)).at('status')).toBe('completed');
    expect(await openTasks(gateway, of)).toEqual([]);
  });

  it.each([
    ['an order that is over', (order: { order_number: string }) => order.order_number],
    ['an order that is not ours', () => '209901014201069999999999'],
  ])('is never applied silently to %s', async (_, numberOf) => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 1_000_00)] } }));
    const before = await measuresNow(gateway, of);
    const other = { ...order, order_number: numberOf(order) };
    await deliver(gateway, await answerTo(gateway, other, { control: { lines: [frozen(5_00, 5_00)] } }));
    expect(await measuresNow(gateway, of)).toEqual(before);
    expect(await openTasks(gateway, of)).toEqual(['mismatch']);
    const facts = await rows(gateway, "SELECT type FROM facts WHERE case_id = ? AND type = 'answer.unexpected'", of.id);
    expect(facts).toHaveLength(1);
  });

  it('the same bytes in a second message say nothing new', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const same = { digest: 'a'.repeat(64) };
    const answer = { control: { lines: [frozen(1_000_00, 1_000_00)] } };
    await deliver(gateway, await answerTo(gateway, order, answer, same));
    await deliver(gateway, await answerTo(gateway, order, answer, same));
    expect(await openTasks(gateway, of)).toEqual([]);
    expect((await measuresNow(gateway, of)).items).toHaveLength(1);
  });
});

async function frozenMeasure(of: PostingCase, amount = 1_000_00) {
  const order = await freezeOrder(gateway, of, await addHolding(gateway, of), `${amount / 100}.00`);
  await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(amount, amount)] } }));
  const [measure] = (await measuresNow(gateway, of)).items.slice(-1);
  return { order, measureId: measure!.id };
}

describe('a deduct’s answer', () => {
  it('moves limit and covered into collected in one step, and the measure is exhausted when the money is credited (I7, R20)', async () => {
    const of = await fileCase(gateway);
    const { measureId } = await frozenMeasure(of);
    const order = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '1000.00' }] });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [moved(1_000_00)] } }));
    let now = await measuresNow(gateway, of);
    expect(now.sums).toMatchObject({ committed: '1000.00', collected: '1000.00', underControl: '0.00' });
    expect(now.items[0]).toMatchObject({ status: 'in-force', limit: '0.00', covered: '0.00' });
    expect((await requestOf(order.request_id)).at('orders.0.lines.0.credit')).toBe('pending');
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'credited', amount: cny(1_000_00), serial: 'S' }));
    now = await measuresNow(gateway, of);
    expect(now.items[0]).toMatchObject({ status: 'exhausted' });
    const payments = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}/payments`);
    expect([payments.at('items.0.state'), payments.at('items.0.amount.amount')]).toEqual(['credited', '1000.00']);
    expect(await openTasks(gateway, of)).toEqual(['claim']);
    const claimed = await gateway.call('officer', 'POST', `/api/v1/payments/${payments.at('items.0.id')}/claim`);
    expect([claimed.status, claimed.at('state')]).toEqual([200, 'claimed']);
    expect(await openTasks(gateway, of)).toEqual([]);
    expect((await requestOf(order.request_id)).at('orders.0.lines.0.credit')).toBe('credited');
  });

  it.each([
    [true, { committed: '1000.00', collected: '0.00', underControl: '1000.00' }, 'in-force', []],
    [false, { committed: '0.00', collected: '0.00', underControl: '0.00' }, 'in-force', ['control-lost']],
  ])('returned money, control restored %s', async (controlRestored, sums, status, tasks) => {
    const of = await fileCase(gateway);
    const { measureId } = await frozenMeasure(of);
    const order = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '1000.00' }] });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [moved(1_000_00)] } }));
    const notice = await noticeOf(gateway, order, { kind: 'returned', amount: cny(1_000_00), controlRestored });
    await deliver(gateway, notice, notice);
    const now = await measuresNow(gateway, of);
    expect(now.sums).toMatchObject(sums);
    expect(now.items[0]).toMatchObject({ status });
    expect(await openTasks(gateway, of)).toEqual(tasks);
  });

  it('takes a person’s word where the bank gives no notice', async () => {
    const of = await fileCase(gateway);
    const { measureId } = await frozenMeasure(of);
    const order = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount: '400.00' }] });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [moved(400_00)] } }));
    const payments = await gateway.call('officer', 'GET', `/api/v1/cases/${of.id}/payments`);
    const path = `/api/v1/payments/${payments.at('items.0.id')}`;
    expect((await gateway.call('officer', 'POST', `${path}/credited`, { reason: '专户流水' })).at('state')).toBe('credited');
    expect((await gateway.call('officer', 'POST', `${path}/credited`)).status).toBe(409);
    expect((await gateway.call('officer', 'POST', `${path}/returned`, { controlRestored: true })).at('state')).toBe('returned');
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ collected: '0.00', committed: '1000.00' });
  });
});

describe('releases and renewals', () => {
  it.each([
    [{ newLimit: '400.00' }, { seq: 1, status: 'executed', limit: cny(400_00), covered: cny(400_00) } as ControlLine, 'in-force', '400.00'],
    [{}, { seq: 1, status: 'executed' } as ControlLine, 'released', '0.00'],
  ])('a release %j leaves the measure %s', async (target, line, status, limit) => {
    const of = await fileCase(gateway);
    const { measureId } = await frozenMeasure(of);
    const order = await dispatched(gateway, { action: 'release', caseId: of.id, lines: [{ measureId, ...target }] });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [line] } }));
    expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ status, limit });
  });

  it('a renewal moves the end', async () => {
    const of = await fileCase(gateway);
    const { measureId } = await frozenMeasure(of);
    const until = new Date(gateway.parts.clock.now() + 500 * 86_400_000).toISOString().slice(0, 10);
    const order = await dispatched(gateway, { action: 'renew', caseId: of.id, measureIds: [measureId], until });
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [{ seq: 1, status: 'executed', to: until }] } }));
    const [row] = await rows<{ to_date: string }>(gateway, 'SELECT to_date FROM measures WHERE id = ?', measureId);
    expect(row!.to_date).toBe(until);
  });
});

describe('notices', () => {
  it('coverage, promotion and lapse follow the bank’s word', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 0, { rank: 2 })] } }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ committed: '0.00', exposure: '1000.00' });
    await gateway.parts.clock.sleep(2);
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'promoted', covered: cny(700_00), uncovered: cny(300_00), rank: 1 }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ committed: '1000.00', underControl: '700.00', exposure: '0.00' });
    await gateway.parts.clock.sleep(2);
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'coverage', covered: cny(1_000_00), uncovered: cny(0) }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ underControl: '1000.00' });
    await gateway.parts.clock.sleep(2);
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'lapsed' }));
    expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ status: 'expired' });
  });

  it('one that overtakes its answer waits for it', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    const answer = await answerTo(gateway, order, { control: { lines: [frozen(1_000_00, 400_00)] } });
    await gateway.parts.clock.sleep(2);
    await deliver(gateway, await noticeOf(gateway, order, { kind: 'coverage', covered: cny(900_00), uncovered: cny(100_00) }));
    expect((await measuresNow(gateway, of)).items).toEqual([]);
    await deliver(gateway, answer);
    expect((await measuresNow(gateway, of)).items[0]).toMatchObject({ covered: '900.00' });
  });

  it('promotion above the ceiling drafts a release (I7)', async () => {
    const of = await fileCase(gateway, { ceiling: { amount: '1000.00', currency: 'CNY' } });
    const waiting = await freezeOrder(gateway, of, await addHolding(gateway, of), '1000.00');
    await deliver(gateway, await answerTo(gateway, waiting, { control: { lines: [frozen(1_000_00, 0, { rank: 2 })] } }));
    await frozenMeasure(of);
    await gateway.parts.clock.sleep(2);
    await deliver(gateway, await noticeOf(gateway, waiting, { kind: 'promoted', covered: cny(1_000_00), uncovered: cny(0), rank: 1 }));
    expect((await measuresNow(gateway, of)).sums).toMatchObject({ committed: '2000.00', excess: '1000.00' });
    const drafts = await gateway.call('judge', 'GET', `/api/v1/requests?caseId=${of.id}&status=awaiting-approval`);
    expect(drafts.each('items', 'action')).toEqual(['release']);
  });
});

describe('progress', () => {
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
    const told = await rows<{ type: string }>(
      gateway,
      "SELECT type FROM outbox WHERE type = 'order.resolved.v1' AND msg_key = ?",
      order.lane_id!,
    );
    expect(told).toHaveLength(1);
  });
});
