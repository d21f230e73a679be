import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { contracts, decodeBody, encodeBody, RECEIPTS_TOPIC } from '#contracts';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { insert, openSqlite, type SqliteDatabase } from '#persistence';
import { eventually, tempDir, TestClock, testKafka, type TempDir } from '#testing';
import {
  BACKLOG_BATCHES,
  enqueueMany,
  ensureTopics,
  InboxReader,
  KafkaBus,
  messagingMigration,
  OutboxReceipts,
  RELAY_BATCH_MAX,
  Relay,
  SOURCE_HEADER,
  SWEEP_AFTER_MS,
  SWEEP_BACKOFF_MS_MAX,
  SWEEP_ROWS_MAX,
  Sweeper,
  type Message,
  type MessageBus,
  type MessageHandler,
  type SubscribeOptions,
} from './index.js';
import { kafkaClient } from './kafka/client.js';
import { receiptsFor } from './receipts.js';

const real = new SystemClock();
const SOURCE = 'court-gateway';
const TOPIC = 'answers.v1';
const WAIT_MS_MAX = 25_000;

/** A backbone that acknowledges before any effect, as Kafka does, and forgets what the test wants forgotten. */
class ForgetfulBus implements MessageBus {
  readonly sent: Message[] = [];
  readonly batches: number[] = [];
  private readonly readers: SubscribeOptions[] = [];
  forgets = false;
  /** Called with each batch before it counts as published. */
  before: (batch: readonly Message[]) => Promise<void> = () => Promise.resolve();

  async publish(batch: readonly Message[]): Promise<void> {
    await this.before(batch);
    this.sent.push(...batch);
    this.batches.push(batch.length);
    if (this.forgets) return;
    for (const { topics, handle } of this.readers) {
      const theirs = batch.filter(({ topic }) => topics.includes(topic));
      if (theirs.length === 0) continue;
      await handle(theirs);
      for (const receipt of receiptsFor(theirs, 0)) await this.publish([receipt]);
    }
  }

  async subscribe(options: SubscribeOptions): Promise<void> {
    this.readers.push(options);
  }

  lag(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let dir: TempDir;
let sender: SqliteDatabase;
let receiver: SqliteDatabase;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  dir = await tempDir('receipts');
  const effects = { name: '0002-effects', statements: ['CREATE TABLE effects (seq {sequence}, message_id {id} NOT NULL)'] };
  const options = { time: real, log: silentLog };
  sender = await openSqlite({ ...options, file: `${dir.path}/sender.sqlite`, migrations: [messagingMigration] });
  receiver = await openSqlite({ ...options, file: `${dir.path}/receiver.sqlite`, migrations: [messagingMigration, effects] });
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await sender.close();
  await receiver.close();
  await dir.remove();
});

function messages(count: number, topic = TOPIC): Message[] {
  return Array.from({ length: count }, (_, i) => ({
    id: newId(real, systemEntropy),
    topic,
    key: `key-${i % 5}`,
    type: 'test.v1',
    at: 0,
    headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    body: Buffer.from(`${i}`),
  }));
}

const send = (batch: readonly Message[]): Promise<void> => sender.run(async (tx) => enqueueMany(tx, batch));
const rowsLeft = async (where = '1 = 1'): Promise<number> =>
  (await sender.reader.one<{ n: number }>(`SELECT count(*) AS n FROM outbox WHERE ${where}`))?.n ?? -1;
const effectsOf = (): Promise<{ message_id: string }[]> => receiver.reader.all('SELECT message_id FROM effects');

function reader(bus: MessageBus, topic = TOPIC): InboxReader {
  const handlers = { 'test.v1': (tx: Parameters<typeof insert>[0], { id }: Message) => insert(tx, 'effects', { message_id: id }) };
  return new InboxReader({ database: receiver, bus, reader: 'test-reader', topics: [topic], handlers, clock: real, log: silentLog });
}

describe('receipts', () => {
  it('say what was taken, one message per source; what has no source, and receipts, get none', () => {
    const [a, b, c, d] = messages(4);
    if (!a || !b || !c || !d) throw new Error('four messages');
    const from = (message: Message, source: string): Message => ({ ...message, headers: { [SOURCE_HEADER]: source } });
    const receipts = receiptsFor([from(a, 'x'), b, from(c, 'y'), from(d, 'x'), from({ ...a, topic: RECEIPTS_TOPIC }, 'x')], 7);
    expect(receipts.map(({ body }) => decodeBody('messages.taken.v1', body))).toEqual([
      { source: 'x', ids: [a.id, d.id] },
      { source: 'y', ids: [c.id] },
    ]);
    expect(new Set(receipts.map(({ topic, key, at }) => [topic, key, at].join()))).toEqual(new Set(['receipts.v1,x,7', 'receipts.v1,y,7']));
    expect(contracts['messages.taken.v1'].topic).toBe(RECEIPTS_TOPIC);
  });

  it('delete exactly the rows that took effect, and only those of their own source', async () => {
    const bus = new ForgetfulBus();
    const receipts = new OutboxReceipts({ database: sender, bus, source: SOURCE, log: silentLog });
    await receipts.start();
    const batch = messages(5);
    await send(batch);
    const ids = batch.map(({ id }) => id);
    const receipt = (source: string, taken: readonly string[]): Message => ({
      ...(messages(1, RECEIPTS_TOPIC)[0] as Message),
      type: 'messages.taken.v1',
      body: encodeBody('messages.taken.v1', { source, ids: taken }),
    });
    await bus.publish([receipt('another-app', ids), receipt(SOURCE, ids.slice(0, 2)), receipt(SOURCE, ids.slice(0, 2))]);
    await bus.publish([{ ...receipt(SOURCE, ids), body: Buffer.from('{"source":1}') }]);
    expect(await sender.reader.all('SELECT id FROM outbox ORDER BY seq')).toEqual(ids.slice(2).map((id) => ({ id })));
    expect(receipts.deleted).toBe(2);
  });
});

describe('a relay among replicas', () => {
  it('publishes nothing while another holds the lease, and goes on by itself when it has it', async () => {
    const bus = new ForgetfulBus();
    const leader = { held: false };
    const relay = new Relay(sender, bus, [TOPIC], real, silentLog, { leader, source: SOURCE });
    stops.push(() => relay.stop());
    relay.start();
    await send(messages(3));
    relay.nudge();
    await real.realSleep(50);
    expect(bus.sent).toHaveLength(0);
    leader.held = true;
    await eventually(() => bus.sent.length === 3);
    expect(bus.sent.map(({ headers }) => headers[SOURCE_HEADER])).toEqual([SOURCE, SOURCE, SOURCE]);
    // Nobody nudges for what another replica commits.
    await send(messages(2));
    await eventually(() => bus.sent.length === 5);
  });

  it('brings new rows before a backlog, and the backlog whole', async () => {
    const bus = new ForgetfulBus();
    const backlog = messages((BACKLOG_BATCHES + 6) * RELAY_BATCH_MAX);
    for (let from = 0; from < backlog.length; from += 2_000) await send(backlog.slice(from, from + 2_000));
    const fresh = messages(10);
    bus.before = async () => {
      if (bus.batches.length === BACKLOG_BATCHES) await send(fresh);
    };
    const relay = new Relay(sender, bus, [TOPIC], real, silentLog);
    stops.push(() => relay.stop());
    relay.start();
    await eventually(async () => (await rowsLeft('published_at IS NULL')) === 0);
    const place = bus.sent.findIndex(({ id }) => id === fresh[0]?.id);
    expect(place).toBeLessThanOrEqual((BACKLOG_BATCHES + 2) * RELAY_BATCH_MAX);
    expect(bus.sent).toHaveLength(backlog.length + fresh.length);
    expect(bus.sent.filter(({ id }) => !fresh.some((each) => each.id === id)).map(({ id }) => id)).toEqual(backlog.map(({ id }) => id));
  });

  it('goes on after the database was away', async () => {
    const bus = new ForgetfulBus();
    let away = true;
    const refuse = (): Promise<never> => Promise.reject(new Error('Connection lost: the server closed the connection.'));
    const flaky: SqliteDatabase = Object.assign(Object.create(sender) as SqliteDatabase, {
      reader: {
        all: (...args: Parameters<SqliteDatabase['reader']['all']>) => (away ? refuse() : sender.reader.all(...args)),
        one: (...args: Parameters<SqliteDatabase['reader']['one']>) => (away ? refuse() : sender.reader.one(...args)),
      },
    });
    const relay = new Relay(flaky, bus, [TOPIC], real, silentLog);
    stops.push(() => relay.stop());
    await send(messages(3));
    relay.start();
    await real.realSleep(50);
    away = false;
    await eventually(() => bus.sent.length === 3);
  });
});

describe('the sweeper', () => {
  function rig(bus: ForgetfulBus, leader = { held: true }) {
    const clock = new TestClock();
    const relay = new Relay(sender, bus, [TOPIC], clock, silentLog, { source: SOURCE });
    const sweeper = new Sweeper({ database: sender, relay, clock, log: silentLog, leader });
    stops.push(
      () => relay.stop(),
      () => sweeper.stop(),
    );
    relay.start();
    sweeper.start();
    /** Time in small steps, with the store's real work in between. */
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        await clock.advance(1_000);
        for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    return { clock, sweeper, pass };
  }

  it('publishes again what was acknowledged and vanished, and the receipts clear the outbox', async () => {
    const bus = new ForgetfulBus();
    await reader(bus).start();
    await new OutboxReceipts({ database: sender, bus, source: SOURCE, log: silentLog }).start();
    const { pass, sweeper } = rig(bus);
    bus.forgets = true;
    const batch = messages(7);
    await send(batch);
    await pass(2_000);
    expect([bus.sent.length, await rowsLeft('published_at IS NOT NULL'), (await effectsOf()).length]).toEqual([7, 7, 0]);
    await pass(SWEEP_AFTER_MS - 10_000);
    expect(bus.sent).toHaveLength(7);
    bus.forgets = false;
    await pass(20_000);
    expect((await effectsOf()).map(({ message_id }) => message_id).sort()).toEqual(batch.map(({ id }) => id).sort());
    expect(await rowsLeft()).toBe(0);
    expect(sweeper.swept).toBe(7);
  });

  it('backs off while no receipts come, and puts back a bounded number at once', async () => {
    const bus = new ForgetfulBus();
    bus.forgets = true;
    const { pass, sweeper } = rig(bus);
    await send(messages(SWEEP_ROWS_MAX + 100));
    await pass(SWEEP_AFTER_MS + 10_000);
    expect(sweeper.swept).toBe(SWEEP_ROWS_MAX);
    await pass(30 * 60_000);
    // Without a back-off it would be 500 rows a minute: 15,000.
    expect(sweeper.swept).toBeLessThanOrEqual(SWEEP_ROWS_MAX * (2 + Math.log2(SWEEP_BACKOFF_MS_MAX / SWEEP_AFTER_MS) + 2));
    expect(await rowsLeft()).toBe(SWEEP_ROWS_MAX + 100);
  });

  it('leaves it to the replica that holds the lease', async () => {
    const bus = new ForgetfulBus();
    bus.forgets = true;
    const { pass, sweeper } = rig(bus, { held: false });
    await send(messages(3));
    await pass(SWEEP_AFTER_MS * 3);
    expect(sweeper.swept).toBe(0);
  });
});

const brokers = testKafka();
(brokers ? describe : describe.skip)('outbox to effect to receipt over Kafka', () => {
  const options = { brokers: brokers ?? [], clientId: 'receipts', time: real, log: silentLog };

  async function rig() {
    const source = `test-${randomBytes(6).toString('hex')}`;
    const topic = `receipts-${source}.v1`;
    await ensureTopics(options, [
      { name: topic, partitions: 3, retentionMs: 3_600_000 },
      { name: RECEIPTS_TOPIC, partitions: 3, retentionMs: 3_600_000 },
    ]);
    const bus = new KafkaBus(options);
    stops.push(() => bus.close());
    const clock = new SystemClock();
    const relay = new Relay(sender, bus, [topic], clock, silentLog, { source });
    const sweeper = new Sweeper({ database: sender, relay, clock, log: silentLog });
    stops.push(
      () => relay.stop(),
      () => sweeper.stop(),
    );
    const traces = new Set<unknown>();
    const handler: MessageHandler = async (tx, { id, headers }) => {
      traces.add(headers['traceparent']);
      await insert(tx, 'effects', { message_id: id });
    };
    const read = async (): Promise<void> => {
      const handlers = { 'test.v1': handler };
      await new InboxReader({ database: receiver, bus, reader: source, topics: [topic], handlers, clock: real, log: silentLog }).start();
      await new OutboxReceipts({ database: sender, bus, source, log: silentLog }).start();
    };
    return { topic, bus, clock, relay, sweeper, traces, read };
  }

  it('every message takes effect once, with its trace, and the outbox is empty afterwards', async () => {
    const { topic, bus, relay, traces, read } = await rig();
    await read();
    const batch = messages(1_200, topic);
    await send(batch);
    relay.start();
    await eventually(async () => (await rowsLeft()) === 0, WAIT_MS_MAX);
    expect((await effectsOf()).map(({ message_id }) => message_id).sort()).toEqual(batch.map(({ id }) => id).sort());
    expect([...traces]).toEqual([batch[0]?.headers['traceparent']]);
    expect(bus.counters).toMatchObject({ consumed: expect.any(Number), receiptsLost: 0 });
  });

  it('messages that were acknowledged and lost with their topic come again by themselves', async () => {
    const { topic, clock, relay, sweeper, read } = await rig();
    const batch = messages(50, topic);
    await send(batch);
    relay.start();
    await eventually(async () => (await rowsLeft('published_at IS NOT NULL')) === batch.length, WAIT_MS_MAX);
    const admin = kafkaClient(options).admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
    await admin.disconnect();
    await read();
    sweeper.start();
    clock.advance(SWEEP_AFTER_MS + 1_000);
    await eventually(async () => (await rowsLeft()) === 0, WAIT_MS_MAX);
    expect((await effectsOf()).map(({ message_id }) => message_id).sort()).toEqual(batch.map(({ id }) => id).sort());
    expect(sweeper.swept).toBe(batch.length);
  });
});
