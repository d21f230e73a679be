import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, tempDir, type TempDir } from '#testing';
import { wireFreeze, wireOrder } from '../../testing/fake-court.js';
import { RunningSimulator } from '../../testing/running-simulator.js';

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

describe('poll-xml', () => {
  it('takes orders, acknowledges them and uploads the answers, once each', async () => {
    const orders = [wireOrder('inquire', []), wireFreeze('A1', '10.00'), ...Array.from({ length: 130 }, () => wireOrder('inquire', []))];
    for (const order of orders) await simulator.court.serve(order);
    const numbers = new Set(orders.map((order) => order.orderNumber));
    const answered = () => simulator.court.answers.filter((answer) => numbers.has(String(answer['orderNumber'])));
    await eventually(() => answered().length === orders.length);
    expect(answered()).toHaveLength(orders.length);
    expect([...numbers].every((number) => simulator.court.acknowledged.has(number))).toBe(true);
    expect(await simulator.journalOf('hankoubank', orders[1]?.orderNumber ?? '')).toHaveLength(1);
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
    for (const order of orders) await simulator.court.serve(order);
    await eventually(
      () => orders.every((order) => simulator.court.answers.some((answer) => answer['orderNumber'] === order.orderNumber)),
      15_000,
    );
    const rows = await simulator.journal('hankoubank');
    for (const order of orders) expect(rows.filter((row) => row['orderNumber'] === order.orderNumber)).toHaveLength(1);
  });

  it('does not execute what the court did not sign', async () => {
    const order = wireFreeze('A1', '2.00');
    const { bytes } = await simulator.court.sign(order);
    simulator.court.waiting.push({ orderNumber: order.orderNumber, message: { bytes, signature: 'court-1;ed25519;AAAA' } });
    const marker = wireOrder('inquire', []);
    await simulator.court.serve(marker);
    await eventually(() => simulator.court.answers.some((answer) => answer['orderNumber'] === marker.orderNumber));
    expect(await simulator.journalOf('hankoubank', order.orderNumber)).toEqual([]);
    simulator.court.waiting.length = 0;
  });
});
