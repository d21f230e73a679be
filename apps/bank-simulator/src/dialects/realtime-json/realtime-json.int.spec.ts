import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDir, type TempDir } from '#testing';
import { wireFreeze, wireOrder } from '../../testing/fake-court.js';
import { cny, RunningSimulator, type Json, type Reply } from '../../testing/running-simulator.js';
import { DEBTOR } from '../../testing/sample-bank.js';

let folder: TempDir;
let simulator: RunningSimulator;

beforeAll(async () => {
  folder = await tempDir('simulator');
  simulator = await RunningSimulator.start(folder.path);
});

afterAll(async () => {
  await simulator.stop();
  await folder.remove();
});

beforeEach(() => simulator.reset());

async function callBank(body: object, path = 'orders'): Promise<Reply & { held: boolean }> {
  const { bytes, signature } = await simulator.court.sign(body);
  const headers = { 'content-type': 'application/json', 'x-chakong-signature': signature };
  const response = await fetch(`${simulator.origin}/bank/hubeibank/${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
  const reply = Buffer.from(await response.arrayBuffer());
  const held = simulator.court.holds(reply, response.headers.get('x-chakong-signature') ?? undefined);
  return { status: response.status, held, body: held || response.status !== 200 ? (JSON.parse(reply.toString('utf8')) as Json) : {} };
}

const ask = async (orderNumber: string) => fetch(`${simulator.origin}/bank/hubeibank/orders/${orderNumber}`);

describe('realtime-json', () => {
  it('answers an order at once, signed, and the same again', async () => {
    const order = wireFreeze('A1', '400.00');
    const first = await callBank(order);
    expect(first).toMatchObject({
      status: 200,
      held: true,
      body: {
        format: 'chakong-answer/v1',
        orderNumber: order.orderNumber,
        control: { lines: [{ seq: 1, status: 'done', covered: cny('400.00'), rank: 1, priorMeasures: [] }] },
      },
    });
    expect(await callBank(order)).toEqual(first);
    expect(await (await ask(order.orderNumber)).json()).toEqual(first.body);
    expect(await simulator.journalOf('hubeibank', order.orderNumber)).toHaveLength(1);
  });

  it('answers an inquiry with the holdings', async () => {
    const answer = await callBank(wireOrder('inquire', []));
    expect(answer.body['inquiry']).toMatchObject({
      result: 'found',
      holdings: [
        { account: 'A1', balance: cny('1000.00') },
        { account: 'A2', kind: 'wealth-product', asset: { shares: '80000', unitPrice: '1.0123' } },
      ],
    });
  });

  it('refuses what the court did not sign, does not understand what is no order, and does not know what it never saw', async () => {
    const { bytes } = await simulator.court.sign(wireFreeze('A1', '1.00'));
    const headers = { 'content-type': 'application/json', 'x-chakong-signature': 'court-1;ed25519;AAAA' };
    expect(
      (await fetch(`${simulator.origin}/bank/hubeibank/orders`, { method: 'POST', headers, body: new Uint8Array(bytes) })).status,
    ).toBe(401);
    expect((await callBank({ format: 'other' })).status).toBe(422);
    const unknown = await ask('nobody');
    expect([unknown.status, await unknown.json()]).toEqual([404, { status: 'not-found' }]);
  });

  it.each([
    ['no document', { documents: [] }, '0403'],
    [
      'a document with other bytes',
      {
        documents: [
          { type: 'freeze-ruling', sha256: '00' },
          { type: 'freeze-notice', sha256: '00', content: 'AAAA' },
        ],
      },
      '0403',
    ],
    ['no credential', { officer: { workId: '', dutyId: '' } }, '0402'],
    ['no id number', { debtor: { ...DEBTOR, idNumber: '' } }, '0401'],
  ])('rolls back: %s', async (_, more, code) => {
    const order = { ...wireFreeze('A1', '1.00'), ...more };
    expect((await callBank(order)).body).toMatchObject({ rollback: { code } });
    expect(await simulator.journalOf('hubeibank', order.orderNumber)).toEqual([]);
  });

  it.each([
    ['down', { down: true }, 0],
    ['dropRequest', { dropRequest: 1 }, 0],
    ['executeThenDrop', { executeThenDrop: 1 }, 1],
    ['dropAnswer', { dropAnswer: 1 }, 1],
  ])('with %s the connection breaks, and afterwards the effect is there once', async (_, faults, effects) => {
    const order = wireFreeze('A1', '1.00');
    await simulator.panel('PUT', 'hubeibank/faults', faults);
    await expect(callBank(order)).rejects.toThrow();
    await simulator.panel('PUT', 'hubeibank/faults', {});
    expect(await simulator.journalOf('hubeibank', order.orderNumber)).toHaveLength(effects);
    expect((await ask(order.orderNumber)).status).toBe(effects === 1 ? 200 : 404);
    await callBank(order);
    expect(await simulator.journalOf('hubeibank', order.orderNumber)).toHaveLength(1);
  });

  it('garbles, rejects and does things by halves when told to', async () => {
    await simulator.panel('PUT', 'hubeibank/faults', { garbleAnswer: 1 });
    expect(await callBank(wireFreeze('A1', '1.00'))).toMatchObject({ status: 200, held: false });
    await simulator.panel('PUT', 'hubeibank/faults', { rejectWith: '04' });
    expect((await callBank(wireFreeze('A1', '1.00'))).body).toMatchObject({ rollback: { code: '04', note: '业务审核不通过' } });
    await simulator.panel('PUT', 'hubeibank/faults', { partial: 1 });
    expect((await callBank(wireFreeze('A1', '2.00'))).body).toMatchObject({
      control: { lines: [{ status: 'partial', limit: cny('1.00') }] },
    });
  });

  it('a slow bank takes the order and calls back', async () => {
    await simulator.panel('PUT', 'hubeibank/faults', { latencyMs: 2_000 });
    const order = wireFreeze('A1', '3.00');
    expect(await callBank(order)).toMatchObject({ status: 202, body: { status: 'processing' } });
    expect((await ask(order.orderNumber)).status).toBe(202);
    const answer = await eventually(() => simulator.court.answers.find((one) => one['orderNumber'] === order.orderNumber));
    expect(answer).toMatchObject({ control: { lines: [{ covered: cny('3.00') }] } });
    expect(simulator.court.badSignatures).toBe(0);
  });

  it('tells what happens unasked, again until it is taken', async () => {
    const order = wireFreeze('A1', '1500.00');
    await callBank(order);
    simulator.court.status = 503;
    await simulator.panel('POST', 'hubeibank/accounts/A1/credit', { amount: '600.00' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    simulator.court.status = 200;
    const notice = await eventually(() => simulator.court.notices.find((one) => one['orderNumber'] === order.orderNumber));
    expect(notice).toMatchObject({
      format: 'chakong-notice/v1',
      kind: 'coverage',
      seq: 1,
      covered: cny('1500.00'),
      uncovered: cny('0.00'),
      rank: 1,
      balance: cny('1600.00'),
    });
  });

  it('the clock brings what fell due within a second', async () => {
    const order = wireFreeze('A1', '10.00');
    await callBank({
      ...order,
      lines: [
        { seq: 1, account: 'A1', amount: cny('10.00'), to: new Date(simulator.clock.now() + 8 * 3_600_000).toISOString().slice(0, 10) },
      ],
    });
    expect((await simulator.panel('POST', 'clock', { advance: 'P1D' })).status).toBe(200);
    const notice = await eventually(() => simulator.court.notices.find((one) => one['orderNumber'] === order.orderNumber), 1_000);
    expect(notice).toMatchObject({ kind: 'lapsed', covered: cny('0.00') });
  });
});
