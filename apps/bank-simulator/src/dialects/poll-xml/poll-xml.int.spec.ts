import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDir, type TempDir } from '#testing';
import { wireFreeze, wireOrder } from '../../testing/fake-court.js';
import { FakePollCourt } from '../../testing/fake-poll-court.js';
import { RunningSimulator } from '../../testing/running-simulator.js';

let folder: TempDir;
let simulator: RunningSimulator;
let court: FakePollCourt;

beforeAll(async () => {
  folder = await tempDir('simulator');
  simulator = await RunningSimulator.start(folder.path);
  court = new FakePollCourt(simulator.court);
});

afterAll(async () => {
  await simulator.stop();
  await folder.remove();
});

beforeEach(() => simulator.reset());

describe('poll-xml', () => {
  it('takes orders, confirms them and uploads the answers, once each', async () => {
    const orders = [wireOrder('inquire', []), wireFreeze('A1', '10.00'), ...Array.from({ length: 130 }, () => wireOrder('inquire', []))];
    for (const order of orders) await court.serve(order);
    const numbers = new Set(orders.map((order) => order.orderNumber));
    const answered = () => court.answers.filter(({ orderNumber }) => numbers.has(orderNumber));
    await eventually(() => answered().length === orders.length);
    expect(answered()).toHaveLength(orders.length);
    expect([...numbers].every((number) => court.acknowledged.has(number))).toBe(true);
    expect(await simulator.journalOf('hankoubank', orders[1]?.orderNumber ?? '')).toHaveLength(1);
  });

  it('says what it found and what it did in the records of 2016', async () => {
    const [inquiry, freeze] = [wireOrder('inquire', []), wireFreeze('A1', '300.00')];
    await court.serve(inquiry);
    await eventually(() => court.has(inquiry.orderNumber));
    await court.serve(freeze);
    await eventually(() => court.has(freeze.orderNumber));
    const recordsOf = (orderNumber: string) => court.answers.find((one) => one.orderNumber === orderNumber)?.records ?? [];
    expect(
      recordsOf(inquiry.orderNumber).map(({ name, attributes }) => [name, attributes['KHZH'], attributes['CCLB'], attributes['YE']]),
    ).toEqual([
      ['zhxx', 'A1', '活期', '1000.00'],
      ['zhxx', 'A2', '理财', '80984.00'],
    ]);
    const [line] = recordsOf(freeze.orderNumber);
    expect(line?.attributes).toMatchObject({
      KZZT: '1',
      DJXE: '300.00',
      SKJE: '300.00',
      CESKJE: '0.00',
      CSJSRQ: '2027-03-01',
      EX1_RANK: '1',
    });
  });

  it('brings bookings in a call of their own, before the feedback', async () => {
    await simulator.panel('POST', 'hankoubank/accounts/A1/credit', { amount: '5.00' });
    const inquiry = wireOrder('inquire', [], { transactions: { from: '2026-03-01', to: '2026-12-31' } });
    await court.serve(inquiry);
    await eventually(() => court.answers.filter(({ orderNumber }) => orderNumber === inquiry.orderNumber).length === 2);
    const [bookings, feedback] = court.answers.filter(({ orderNumber }) => orderNumber === inquiry.orderNumber);
    expect(bookings?.records.every(({ name }) => name === 'wlxx')).toBe(true);
    expect(bookings?.records.at(-1)?.attributes).toMatchObject({ CCXH: '1', ZJLX: '贷', JE: '5.00' });
    expect(feedback?.records.map(({ name, children }) => [name, children.some((list) => list.name === 'wlxxList')])).toEqual([
      ['zhxx', false],
      ['zhxx', false],
    ]);
  });

  it('lets every fault pass and has done everything once when it is over', async () => {
    await simulator.panel('PUT', 'hankoubank/faults', {
      dropRequest: 0.5,
      executeThenDrop: 0.5,
      dropAnswer: 0.5,
      duplicateAnswer: 0.5,
      partial: 0.3,
    });
    const orders = Array.from({ length: 30 }, () => wireFreeze('A1', '2.00'));
    for (const order of orders) await court.serve(order);
    await eventually(() => orders.every((order) => court.has(order.orderNumber)), 15_000);
    const rows = await simulator.journal('hankoubank');
    for (const order of orders) expect(rows.filter((row) => row['orderNumber'] === order.orderNumber)).toHaveLength(1);
  });

  it('brings a damaged answer alone, so that the others arrive whole', async () => {
    await simulator.panel('PUT', 'hankoubank/faults', { garbleAnswer: 0.5 });
    const orders = Array.from({ length: 20 }, () => wireOrder('inquire', []));
    for (const order of orders) await court.serve(order);
    await eventually(() => court.badSignatures + orders.filter((order) => court.has(order.orderNumber)).length >= orders.length);
    expect(court.badSignatures).toBeGreaterThan(0);
  });

  it('does not execute what the court did not sign', async () => {
    const order = wireFreeze('A1', '2.00');
    await court.serve(order, 'court-1;ed25519;AAAA');
    const marker = wireOrder('inquire', []);
    await court.serve(marker);
    await eventually(() => court.has(marker.orderNumber));
    expect(await simulator.journalOf('hankoubank', order.orderNumber)).toEqual([]);
    court.waiting.length = 0;
  });
});
