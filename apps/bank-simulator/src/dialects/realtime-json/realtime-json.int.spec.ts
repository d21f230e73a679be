import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDir, TestAuthority, type TempDir } from '#testing';
import { realtimeFreeze, realtimeOrder, type RealtimeOrder } from '../../testing/realtime-orders.js';
import { RunningSimulator, type Json } from '../../testing/running-simulator.js';
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

interface Called {
  readonly status: number;
  readonly body: Json;
  /** What the bank's signature over exactly these bytes says; undefined when it does not hold. */
  readonly header: Json | undefined;
}

function called({ status, bytes, header }: Awaited<ReturnType<typeof simulator.court.callBank>>): Called {
  return { status, header, body: bytes.length > 0 && header ? (JSON.parse(bytes.toString('utf8')) as Json) : {} };
}

const bytesOf = (order: object): Buffer => Buffer.from(JSON.stringify(order), 'utf8');
const callBank = async (order: RealtimeOrder): Promise<Called> =>
  called(await simulator.court.callBank('orders', { msg: 'order', sub: order.reqNo }, bytesOf(order)));
const ask = async (reqNo: string): Promise<Called> =>
  called(await simulator.court.callBank(`orders/${reqNo}`, { msg: 'query', sub: reqNo }));

describe('realtime-json', () => {
  it('answers an order at once, signed for this very call, and with the same bytes again', async () => {
    const order = realtimeFreeze('A1', '400.00');
    const first = await callBank(order);
    expect(first).toMatchObject({
      status: 200,
      header: { alg: 'EdDSA', kid: 'hubeibank-1', aud: 'court', msg: 'answer', sub: order.reqNo, irt: expect.any(String) },
      body: { v: 1, reqNo: order.reqNo, ctlRslt: { items: [{ seq: 1, stat: 'S', ccy: 'CNY', ctlAmt: '400.00', rank: 1, priorFrz: [] }] } },
    });
    expect(first.body['ansTime']).toMatch(/\+08:00$/);
    expect((await callBank(order)).body).toEqual(first.body);
    const asked = await ask(order.reqNo);
    expect(asked.body).toEqual(first.body);
    expect(asked.header?.['jti']).not.toBe(first.header?.['jti']);
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toHaveLength(1);
  });

  it('answers an inquiry with the accounts', async () => {
    expect((await callBank(realtimeOrder('SF01', []))).body['qryRslt']).toMatchObject({
      retCode: '00',
      accts: [
        { acctNo: 'A1', acctKind: '11', acctStat: '0', bal: '1000.00' },
        { acctNo: 'A2', acctKind: '21', product: { shares: '80000', unitPrice: '1.0123' } },
      ],
    });
  });

  it('does not understand what is no order, and does not know what it never saw; it signs both words', async () => {
    const order = realtimeFreeze('A1', '1.00');
    const rejected = { status: 422, header: { msg: 'state' }, body: { state: 'rejected', reason: { code: 'E902' } } };
    expect(await callBank({ ...order, v: 2 })).toMatchObject(rejected);
    const other = await simulator.court.callBank('orders', { msg: 'order', sub: 'another' }, bytesOf(order));
    expect(called(other)).toMatchObject(rejected);
    expect(await ask('nobody')).toMatchObject({
      status: 404,
      header: { msg: 'state', sub: 'nobody' },
      body: { reqNo: 'nobody', state: 'not-found' },
    });
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toEqual([]);
  });

  it.each<[string, Json]>([
    ['another algorithm', { alg: 'HS256' }],
    ['no algorithm', { alg: 'none' }],
    ['a key that nobody knows', { kid: 'court-9' }],
    ['an encoded payload', { b64: true }],
    ['a critical member that nobody knows', { crit: ['b64', 'iat', 'jti', 'aud', 'msg', 'sub', 'exp'], exp: 1 }],
    ['a member that is not marked as critical', { crit: ['b64', 'iat', 'jti', 'aud', 'msg'] }],
    ['another bank in mind', { aud: 'hankoubank' }],
    ['a query in mind', { msg: 'query' }],
    ['a time long gone', { iat: Math.floor(Date.now() / 1000) - 400 }],
    ['a time to come', { iat: Math.floor(Date.now() / 1000) + 400 }],
  ])('refuses a signature with %s', async (_, over) => {
    const order = realtimeFreeze('A1', '1.00');
    const reply = await simulator.court.callBank('orders', { msg: 'order', sub: order.reqNo, over }, bytesOf(order));
    expect([reply.status, reply.bytes.length]).toEqual([401, 0]);
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toEqual([]);
  });

  it('refuses bytes that were changed, and a signature that was here before', async () => {
    const order = realtimeFreeze('A1', '1.00');
    const signature = await simulator.court.signJws(bytesOf(order), { msg: 'order', sub: order.reqNo });
    const changed = bytesOf({ ...order, caseNo: '(2026)鄂0106执1235号' });
    expect((await simulator.court.callBankWith('orders', signature, changed)).status).toBe(401);
    expect((await simulator.court.callBankWith('orders', signature, bytesOf(order))).status).toBe(200);
    expect((await simulator.court.callBankWith('orders', signature, bytesOf(order))).status).toBe(401);
  });

  it('lets nobody in without a certificate of the court', async () => {
    const stranger = await TestAuthority.create('stranger');
    const foreign = { ...(await stranger.issue('court')), rejectUnauthorized: false };
    for (const tls of [{ rejectUnauthorized: false }, foreign]) {
      await expect(simulator.court.callBank('orders/x', { msg: 'query', sub: 'x' }, undefined, tls)).rejects.toThrow();
    }
  });

  it.each([
    ['no document', { docs: [] }, '0403'],
    [
      'a document with other bytes',
      {
        docs: [
          { docType: '21', sha256: '00' },
          { docType: '22', sha256: '00', content: 'AAAA' },
        ],
      },
      '0403',
    ],
    ['no credential', { officer: { name: '李晓' } }, '0402'],
    ['no id number', { cust: { custType: '1', name: DEBTOR.name, certType: '01', certNo: '' } }, '0401'],
  ])('rolls back: %s', async (_, more, code) => {
    const order = { ...realtimeFreeze('A1', '1.00'), ...more };
    expect((await callBank(order)).body).toMatchObject({ rollback: { code } });
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toEqual([]);
  });

  it.each([
    ['down', { down: true }, 0],
    ['dropRequest', { dropRequest: 1 }, 0],
    ['executeThenDrop', { executeThenDrop: 1 }, 1],
    ['dropAnswer', { dropAnswer: 1 }, 1],
  ])('with %s the connection breaks, and afterwards the effect is there once', async (_, faults, effects) => {
    const order = realtimeFreeze('A1', '1.00');
    await simulator.panel('PUT', 'hubeibank/faults', faults);
    await expect(callBank(order)).rejects.toThrow();
    await simulator.panel('PUT', 'hubeibank/faults', {});
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toHaveLength(effects);
    expect((await ask(order.reqNo)).status).toBe(effects === 1 ? 200 : 404);
    await callBank(order);
    expect(await simulator.journalOf('hubeibank', order.reqNo)).toHaveLength(1);
  });

  it('garbles, rejects and does things by halves when told to', async () => {
    await simulator.panel('PUT', 'hubeibank/faults', { garbleAnswer: 1 });
    expect(await callBank(realtimeFreeze('A1', '1.00'))).toMatchObject({ status: 200, header: undefined });
    await simulator.panel('PUT', 'hubeibank/faults', { rejectWith: '04' });
    expect((await callBank(realtimeFreeze('A1', '1.00'))).body).toMatchObject({ rollback: { code: '04', note: '业务审核不通过' } });
    await simulator.panel('PUT', 'hubeibank/faults', { partial: 1 });
    expect((await callBank(realtimeFreeze('A1', '2.00'))).body).toMatchObject({ ctlRslt: { items: [{ stat: 'P', frzAmt: '1.00' }] } });
  });

  it('a slow bank takes the order and calls back', async () => {
    await simulator.panel('PUT', 'hubeibank/faults', { latencyMs: 2_000 });
    const order = realtimeFreeze('A1', '3.00');
    expect(await callBank(order)).toMatchObject({ status: 202, body: { state: 'accepted', recvTime: expect.any(String) } });
    expect((await ask(order.reqNo)).status).toBe(202);
    const answer = await eventually(() => simulator.court.answers.find((one) => one['reqNo'] === order.reqNo));
    expect(answer).toMatchObject({ ctlRslt: { items: [{ ctlAmt: '3.00' }] } });
    expect(simulator.court.badSignatures).toBe(0);
  });

  it('tells what happens unasked, again until it is taken', async () => {
    const order = realtimeFreeze('A1', '1500.00');
    await callBank(order);
    simulator.court.status = 503;
    await simulator.panel('POST', 'hubeibank/accounts/A1/credit', { amount: '600.00' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    simulator.court.status = 200;
    const notice = await eventually(() => simulator.court.notices.find((one) => one['reqNo'] === order.reqNo));
    expect(notice).toMatchObject({ v: 1, kind: 'N1', seq: 1, ccy: 'CNY', ctlAmt: '1500.00', lackAmt: '0.00', rank: 1, bal: '1600.00' });
  });

  it('the clock brings what fell due within a second', async () => {
    const endDate = new Date(simulator.clock.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const order = realtimeOrder('SF02', [{ acctNo: 'A1', frzAmt: '10.00', endDate }]);
    await callBank(order);
    expect((await simulator.panel('POST', 'clock', { advance: 'P1D' })).status).toBe(200);
    const notice = await eventually(() => simulator.court.notices.find((one) => one['reqNo'] === order.reqNo), 1_000);
    expect(notice).toMatchObject({ kind: 'N3', ctlAmt: '0.00' });
  });
});
