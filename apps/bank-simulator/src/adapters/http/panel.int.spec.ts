import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '#testing';
import { ADMIN, cny, CUSTOMERS, RunningSimulator } from '../../testing/running-simulator.js';
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

describe('the instrument panel', () => {
  it('is open to the administrator only', async () => {
    for (const [path, method] of [
      ['wrcb/journal', 'GET'],
      ['wrcb/customers', 'PUT'],
      ['clock', 'POST'],
      ['wrcb/effects', 'POST'],
      ['wrcb/faults', 'PUT'],
    ] as const) {
      expect((await simulator.panel(method, path, method === 'GET' ? undefined : {}, { 'content-type': 'application/json' })).status).toBe(
        401,
      );
      expect((await simulator.panel(method, path, method === 'GET' ? undefined : {}, { ...ADMIN, authorization: 'Bearer x' })).status).toBe(
        403,
      );
    }
  });

  it('takes back exactly what it showed', async () => {
    const shown = await simulator.panel('GET', 'hubeibank/customers');
    expect(shown.body['items']).toMatchObject([
      {
        name: DEBTOR.name,
        accounts: [{ number: 'A1', balance: cny('1000.00'), available: cny('1000.00'), freezes: [] }, { shares: '80000' }],
      },
    ]);
    expect((await simulator.panel('PUT', 'hubeibank/customers', shown.body)).status).toBe(200);
    expect((await simulator.panel('PUT', 'hubeibank/customers', shown.body['items'])).status).toBe(200);
    expect(await simulator.panel('GET', 'hubeibank/customers')).toEqual(shown);
  });

  it.each([
    ['no list', { a: 1 }, ''],
    ['no name', [{ ...CUSTOMERS[0], name: '' }], '/0/name'],
    ['unknown kind', [{ ...DEBTOR, accounts: [{ number: '1', kind: 'gold', balance: '1' }] }], '/0/accounts/0/kind'],
    ['a number as money', [{ ...DEBTOR, accounts: [{ number: '1', kind: 'current', balance: 1 }] }], '/0/accounts/0/balance'],
    [
      'another currency',
      [{ ...DEBTOR, accounts: [{ number: '1', kind: 'current', balance: { amount: '1', currency: 'USD' } }] }],
      '/0/accounts/0/balance/currency',
    ],
    ['an account twice', [CUSTOMERS[0], CUSTOMERS[0]], '/1/accounts/0/number'],
  ])('refuses customers: %s', async (_, body, pointer) => {
    const before = await simulator.panel('GET', 'wrcb/customers');
    expect(await simulator.panel('PUT', 'wrcb/customers', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid', errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    });
    expect(await simulator.panel('GET', 'wrcb/customers')).toEqual(before);
  });

  it.each([
    ['POST', 'wrcb/accounts/A1/credit', { amount: '0' }, 400],
    ['POST', 'wrcb/accounts/A1/credit', {}, 400],
    ['POST', 'wrcb/accounts/none/credit', { amount: '1' }, 404],
    ['POST', 'wrcb/accounts/A1/redeem', {}, 409],
    ['PUT', 'wrcb/faults', { dropAnswer: 2 }, 400],
    ['PUT', 'wrcb/faults', { nonsense: 1 }, 400],
    ['POST', 'clock', { advance: 'P1Y' }, 400],
    ['POST', 'clock', {}, 400],
    ['GET', 'nobank/journal', undefined, 404],
    ['POST', 'hubeibank/effects', { orderNumber: 'X', seq: 1, action: 'freeze', account: 'A1', amount: '1' }, 404],
    ['POST', 'wrcb/effects', { orderNumber: 'X', seq: 1, action: 'deduct', account: 'A1', amount: '1' }, 409],
    ['POST', 'wrcb/effects', { orderNumber: 'X', seq: 'a', action: 'freeze', account: 'A1' }, 400],
  ])('%s %s %j → %i', async (method, path, body, status) => {
    expect((await simulator.panel(method, path, body)).status).toBe(status);
  });

  it('lets a clerk type an effect once, and money and products move', async () => {
    const effect = { orderNumber: 'DESK-1', seq: 1, action: 'freeze', account: 'A2', amount: '80984.00' };
    expect(await simulator.panel('POST', 'wrcb/effects', effect)).toMatchObject({
      status: 200,
      body: { replayed: false, report: { covered: '80984.00' } },
    });
    expect(await simulator.panel('POST', 'wrcb/effects', effect)).toMatchObject({ status: 200, body: { replayed: true } });
    expect(await simulator.panel('POST', 'wrcb/accounts/A2/redeem')).toMatchObject({
      status: 200,
      body: { shares: '0', balance: cny('80984.00'), available: cny('0.00') },
    });
    expect((await simulator.panel('POST', 'wrcb/effects', { ...effect, orderNumber: 'DESK-2', action: 'deduct' })).status).toBe(200);
    expect(await simulator.panel('POST', 'wrcb/accounts/A1/credit', { amount: '5' })).toMatchObject({ body: { balance: cny('1005.00') } });
    expect((await simulator.journal('wrcb')).slice(-2)).toEqual([
      expect.objectContaining({ orderNumber: 'DESK-1', line: 1, action: 'freeze', account: 'A2', amount: cny('80984.00') }),
      expect.objectContaining({ orderNumber: 'DESK-2', line: 1, action: 'deduct', account: 'A2', amount: cny('80984.00') }),
    ]);
  });
});
