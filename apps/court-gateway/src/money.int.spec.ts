import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlLine } from '#contracts';
import { answerTo, cny, deliver, dispatched, freezeOrder, frozen, measuresNow, moved, noticeOf, openTasks } from './testing/bank-words.js';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addHolding, fileCase, rows, type PostingCase } from './testing/posting-fixture.js';

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

const requestOf = (id: string) => gateway.call('officer', 'GET', `/api/v1/requests/${id}`);

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
  const RELEASES: readonly [object, ControlLine, string, string][] = [
    [{ newLimit: '400.00' }, { seq: 1, status: 'executed', limit: cny(400_00), covered: cny(400_00) }, 'in-force', '400.00'],
    [{}, { seq: 1, status: 'executed' }, 'released', '0.00'],
  ];
  it.each(RELEASES)('a release %j leaves the measure %s', async (target, line, status, limit) => {
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
