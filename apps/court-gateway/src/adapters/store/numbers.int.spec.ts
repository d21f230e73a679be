import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenDatabase } from '#persistence';
import { TestStores } from '#testing';
import { gatewayMigrations } from '../../../migrations/index.js';
import { laneIdOf, nextLaneNumber } from './lanes.js';
import { OrderNumbers, RANGE_SIZE } from './order-numbers.js';

let stores: TestStores;
let database: OpenDatabase;
beforeEach(async () => {
  stores = new TestStores();
  database = await stores.open('g', gatewayMigrations);
});
afterEach(() => stores.remove());

const DAY = '2026-03-10';

/** A closure that fails after its work, as a refused request does. */
function failing<T>(work: Promise<T>): Promise<never> {
  return work.then(() => Promise.reject(new Error('refused')));
}

describe('order numbers', () => {
  it('are unique over concurrent transactions of which every third fails, and over a restart', async () => {
    const given: string[] = [];
    for (const numbers of [new OrderNumbers(), new OrderNumbers()]) {
      await Promise.allSettled(
        Array.from({ length: 300 }, (_, n) =>
          database.run(async (tx) => {
            const taken = await numbers.take(tx, DAY, '420106', (n % 7) + 1);
            if (n % 3 === 0) return failing(Promise.resolve());
            given.push(...taken);
          }),
        ),
      );
    }
    expect(new Set(given).size).toBe(given.length);
    expect(given.every((number) => /^20260310420106\d{10}$/.test(number))).toBe(true);
  });

  it('come from one range while it lasts, and many at once from one of their own', async () => {
    const numbers = new OrderNumbers();
    const [first = ''] = await database.run((tx) => numbers.take(tx, DAY, '420106', 1));
    const many = await database.run((tx) => numbers.take(tx, DAY, '420106', RANGE_SIZE + 5));
    expect(many).toHaveLength(RANGE_SIZE + 5);
    expect(new Set([first, ...many]).size).toBe(RANGE_SIZE + 6);
    const row = await database.reader.one<{ prefix: string }>('SELECT prefix FROM order_numbers');
    expect(row?.prefix).toBe('20260310420106');
  });

  it('never give a range of a transaction that failed to another one', async () => {
    const numbers = new OrderNumbers();
    const lost: string[] = [];
    const fails = database.run(async (tx) => {
      lost.push(...(await numbers.take(tx, DAY, '420106', 3)));
      return failing(Promise.resolve());
    });
    await expect(fails).rejects.toThrow('refused');
    const first = await database.run((tx) => numbers.take(tx, DAY, '420106', 3));
    const next = await database.run((tx) => numbers.take(tx, DAY, '420106', 3));
    // The failed one's range went back with its transaction, so its numbers are given out for the first time now.
    expect(first).toEqual(lost);
    expect(new Set([...first, ...next]).size).toBe(6);
  });

  it('share a sequence between courts of one region', async () => {
    const numbers = new OrderNumbers();
    const one = await database.run((tx) => numbers.take(tx, DAY, '420106', 1));
    const two = await database.run((tx) => numbers.take(tx, DAY, '4201061', 1));
    expect(one).not.toEqual(two);
  });
});

describe('a lane', () => {
  it('is gapless over concurrent transactions of which every third fails', async () => {
    const id = laneIdOf('index', 'hubeibank', 'hubeibank');
    const kept: number[] = [];
    await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) =>
        database.run(async (tx) => {
          const number = await nextLaneNumber(tx, id);
          if (n % 3 === 0) return failing(Promise.resolve());
          kept.push(number);
        }),
      ),
    );
    expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: kept.length }, (_, n) => n + 1));
  });

  it('is one debtor’s at one legal person, and names neither', () => {
    const ids = [laneIdOf('a', 'b', 'c'), laneIdOf('a', 'b', 'd'), laneIdOf('x', 'b', 'c')];
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});
