import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { type OpenDatabase } from '#persistence';
import { eventuallyHolds, tempDir, testStore, TestStores, type TempDir } from '#testing';
import { enqueueMany, messagingMigration, OutboxDepth, type Message } from './index.js';

const clock = new SystemClock();
const ROWS_MAX = 10;
const TOPICS = ['orders.a.v1', 'orders.b.v1'];

let dir: TempDir;
let database: OpenDatabase;
let depth: OutboxDepth;

beforeEach(async () => {
  dir = await tempDir('outbox-depth');
  database = await new TestStores(testStore(), dir.path).open('app', [messagingMigration], { time: clock, log: silentLog });
  depth = new OutboxDepth({ database, topics: TOPICS, clock, log: silentLog, rowsMax: ROWS_MAX });
});
afterEach(async () => {
  await database.close();
  await dir.remove();
});

const message = (topic: string): Message => ({
  id: newId(clock, systemEntropy),
  topic,
  key: 'k',
  type: 'test.v1',
  at: 1,
  headers: {},
  body: Buffer.from('x'),
});
const put = (count: number, topic = 'orders.a.v1') =>
  database.run((tx) =>
    Promise.resolve(
      enqueueMany(
        tx,
        Array.from({ length: count }, () => message(topic)),
      ),
    ),
  );
const published = (rows: number, topic = 'orders.a.v1') =>
  database.run((tx) =>
    tx.run(
      `UPDATE outbox SET published_at = 1 WHERE seq IN (SELECT seq FROM (SELECT seq FROM outbox WHERE topic = ? AND published_at IS NULL ORDER BY seq LIMIT ${rows}) AS t)`,
      [topic],
    ),
  );
/** A look that would count again too soon does not, so it is tried until it has. */
const isOver = (over: boolean) =>
  eventuallyHolds(async () => {
    await depth.look();
    expect(depth.isOver).toBe(over);
  });

describe('the depth of an outbox', () => {
  it('is over the limit with the first row too many, over all topics, and under it again when that has gone', async () => {
    await put(ROWS_MAX - 4);
    await put(4, 'orders.b.v1');
    await depth.look();
    expect(depth.isOver).toBe(false);
    await put(1);
    await isOver(true);
    await published(1, 'orders.b.v1');
    await isOver(false);
  });

  it('is not over the limit for one old row that nobody takes, however many have gone past it', async () => {
    await put(1, 'orders.b.v1');
    await put(3 * ROWS_MAX);
    await isOver(true);
    await published(3 * ROWS_MAX);
    await isOver(false);
  });

  it('is known by itself while the process runs', async () => {
    depth.start();
    await put(ROWS_MAX + 1);
    await eventuallyHolds(() => expect(depth.isOver).toBe(true));
    await depth.stop();
  });
});
