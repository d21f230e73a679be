import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlLine } from '#contracts';
import { answerTo, cny, deliver, freezeOrder, frozen, holdingLine, measuresNow, openTasks, ordersOf } from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const requestOf = (id: string) => gateway.call('officer', 'GET', `/api/v1/requests/${id}`);
const typesOf = async (requestId: string): Promise<string[]> =>
  (await rows<{ type: string }>(gateway, 'SELECT type FROM facts WHERE request_id = ? ORDER BY seq', requestId)).map(({ type }) => type);

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

  it('completes requests whose orders are answered in one batch, each once, in the order of its changes', async () => {
    const of = await fileCase(gateway);
    const requests = [await inquiry(of, ['hubeibank', 'hbrcu']), await inquiry(of, ['hbrcu'])];
    const [last, ...others] = requests.flatMap(({ orders }) => orders);
    const word = { inquiry: { result: 'no-account', holdings: [] } } as const;
    const answers = await Promise.all(others.map((order) => answerTo(gateway, order, word)));
    await deliver(gateway, ...answers, ...answers);
    const statusOf = () => Promise.all(requests.map(async ({ requestId }) => (await requestOf(requestId)).at('status')));
    expect(await statusOf()).toEqual(['dispatched', 'completed']);
    await deliver(gateway, await answerTo(gateway, last!, word));
    expect(await statusOf()).toEqual(['completed', 'completed']);
    for (const { requestId, orders } of requests) {
      const events = await rows<{ seq: number; type: string }>(
        gateway,
        'SELECT seq, type FROM request_events WHERE request_id = ? ORDER BY seq',
        requestId,
      );
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.filter(({ type }) => type === 'order')).toHaveLength(orders.length);
      expect(events.at(-1)?.type).toBe('status');
    }
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
