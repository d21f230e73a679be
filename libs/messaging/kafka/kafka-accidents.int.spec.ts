import { randomBytes } from 'node:crypto';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { eventually, testKafka } from '#testing';
import type { BatchHandler, Message } from '../bus.js';
import { kafkaClient } from './client.js';
import { KafkaBus } from './kafka-bus.js';
import { KafkaTransport } from './kafka-transport.js';
import { SESSION_MS } from './topic-reader.js';
import { ensureTopics } from './topics.js';
import { UNREADABLE_TYPE } from './wire.js';

const clock = new SystemClock();
const brokers = testKafka();
const options = { brokers: brokers ?? [], clientId: 'accidents', time: clock, log: silentLog };
/** A case with rebalances and rebuilds on a machine that is busy with something else. */
const CASE_MS_MAX = 90_000;
const WAIT_MS_MAX = 45_000;
const suite = brokers ? describe : describe.skip;

suite('accidents of a Kafka client that must not lose, skip or stall', () => {
  let admin: Admin;
  const closes: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    admin = kafkaClient(options).admin();
    await admin.connect();
  });

  afterAll(() => admin.disconnect());

  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
  });

  function openBus(): KafkaBus {
    const bus = new KafkaBus(options);
    closes.push(() => bus.close());
    return bus;
  }

  async function newTopic(partitions: number): Promise<string> {
    const name = `accident-${randomBytes(6).toString('hex')}.v1`;
    await ensureTopics(options, [{ name, partitions, retentionMs: 3_600_000 }]);
    return name;
  }

  function messages(topic: string, count: number, keys = 16): Message[] {
    return Array.from({ length: count }, (_, i) => ({
      id: newId(clock, systemEntropy),
      topic,
      key: `key-${i % keys}`,
      type: 'test.v1',
      at: clock.now(),
      headers: {},
      body: Buffer.from(`body ${i}`),
    }));
  }

  /** What has taken effect: the set that an inbox would keep, in the order of the first delivery. */
  function effects(before: (batch: readonly Message[]) => Promise<void> = () => Promise.resolve()) {
    const seen = new Set<string>();
    const handle: BatchHandler = async (batch) => {
      await before(batch);
      for (const { id } of batch) seen.add(id);
    };
    return { seen, handle };
  }

  it(
    'two members of one group, slow batches and a rebalance: nothing stalls, nothing is skipped',
    async () => {
      const topic = await newTopic(4);
      const slow = (): Promise<void> => clock.realSleep(700);
      const [first, second] = [effects(slow), effects(slow)];
      const sender = openBus();
      await openBus().subscribe({ group: 'pair', topics: [topic], handle: first.handle });
      const sent = messages(topic, 900);
      await sender.publish(sent.slice(0, 300));
      await eventually(() => first.seen.size > 0);
      const late = openBus();
      await late.subscribe({ group: 'pair', topics: [topic], handle: second.handle });
      await sender.publish(sent.slice(300));
      await eventually(() => new Set([...first.seen, ...second.seen]).size === sent.length, WAIT_MS_MAX);
      expect(second.seen.size).toBeGreaterThan(0);
      await late.close();
      const more = messages(topic, 50);
      await sender.publish(more);
      await eventually(() => more.every(({ id }) => first.seen.has(id)), WAIT_MS_MAX);
    },
    CASE_MS_MAX,
  );

  it(
    'a handler that runs longer than the session keeps its place in the group',
    async () => {
      const topic = await newTopic(1);
      let calls = 0;
      const reader = effects(async () => {
        calls += 1;
        await clock.realSleep(SESSION_MS + 2_000);
      });
      const bus = openBus();
      await bus.subscribe({ group: 'patient', topics: [topic], handle: reader.handle });
      await bus.publish(messages(topic, 5));
      await eventually(() => reader.seen.size === 5, WAIT_MS_MAX);
      await eventually(async () => (await bus.lag()).get(`patient/${topic}`) === 0);
      expect(calls).toBe(1);
      expect(bus.counters).toMatchObject({ rebuilds: 0, redeliveries: 0 });
    },
    CASE_MS_MAX,
  );

  it(
    'a crash that the library does not restart from: a new consumer goes on where the offset stands',
    async () => {
      const topic = await newTopic(2);
      const reader = effects();
      let crashes = 1;
      let rebuilds = 0;
      const transport = new KafkaTransport({
        kafka: kafkaClient(options),
        group: 'crashing',
        time: clock,
        log: silentLog,
        events: {
          onConsumed: () => (crashes-- > 0 ? Promise.reject(new TypeError('a defect inside the reader')) : Promise.resolve()),
          onRedelivery: () => undefined,
          onRebuild: () => (rebuilds += 1),
        },
      });
      transport.addHandler(topic, reader.handle as Parameters<KafkaTransport['addHandler']>[1], true);
      await transport.listen((error) => expect(error).toBeUndefined());
      closes.push(() => transport.close());
      const sender = openBus();
      const sent = messages(topic, 40);
      await sender.publish(sent.slice(0, 20));
      await eventually(() => rebuilds === 1, WAIT_MS_MAX);
      await sender.publish(sent.slice(20));
      await eventually(() => reader.seen.size === sent.length, WAIT_MS_MAX);
    },
    CASE_MS_MAX,
  );

  it(
    'a process is killed: the next one of its name says goodbye for it and reads at once',
    async () => {
      const topic = await newTopic(2);
      const next = new KafkaBus({ ...options, isSoleClient: true });
      closes.push(() => next.close());
      const sent = messages(topic, 20);
      await next.publish(sent);
      const killed = kafkaClient(options).consumer({ groupId: `heirs.${topic}`, sessionTimeout: 2 * WAIT_MS_MAX });
      await killed.subscribe({ topics: [topic], fromBeginning: true });
      let endKilled = (): void => undefined;
      const silence = new Promise<void>((resolve) => (endKilled = resolve));
      closes.push(() => {
        endKilled();
        return killed.disconnect();
      });
      let isSilent = false;
      // While it works on this it sends no heartbeats, as one that is dead.
      const fallSilent = (): Promise<void> => {
        isSilent = true;
        return silence;
      };
      await killed.run({ autoCommit: false, eachMessage: fallSilent });
      await eventually(() => isSilent, WAIT_MS_MAX);
      const reader = effects();
      await next.subscribe({ group: 'heirs', topics: [topic], handle: reader.handle });
      await eventually(() => sent.every(({ id }) => reader.seen.has(id)), WAIT_MS_MAX);
    },
    CASE_MS_MAX,
  );

  it(
    'a topic gets more partitions while it is written and read',
    async () => {
      const topic = await newTopic(1);
      const reader = effects();
      const bus = openBus();
      await bus.subscribe({ group: 'growing', topics: [topic], handle: reader.handle });
      await bus.publish(messages(topic, 20));
      await ensureTopics(options, [{ name: topic, partitions: 5, retentionMs: 3_600_000 }]);
      const after = openBus();
      const sent = messages(topic, 100);
      await after.publish(sent);
      await bus.publish(messages(topic, 20));
      await eventually(() => reader.seen.size === 140, WAIT_MS_MAX);
      const ends = await admin.fetchTopicOffsets(topic);
      expect(ends.filter(({ high }) => high !== '0').length).toBeGreaterThan(1);
    },
    CASE_MS_MAX,
  );

  it(
    'a topic is deleted and made again: publishing fails clearly meanwhile, and both sides go on afterwards',
    async () => {
      const topic = await newTopic(2);
      const other = await newTopic(2);
      const reader = effects();
      const bus = openBus();
      await bus.subscribe({ group: 'recreated', topics: [topic, other], handle: reader.handle });
      await bus.publish([...messages(topic, 10), ...messages(other, 10)]);
      await eventually(() => reader.seen.size === 20, WAIT_MS_MAX);
      const deleting = kafkaClient(options).admin();
      await deleting.connect();
      closes.push(() => deleting.disconnect());
      await deleting.deleteTopics({ topics: [topic] });
      await expect(bus.publish(messages(topic, 1))).rejects.toMatchObject({ code: 'bus-unknown-topic', retryable: true });
      const apart = messages(other, 10);
      await bus.publish(apart);
      await eventually(() => apart.every(({ id }) => reader.seen.has(id)), WAIT_MS_MAX);
      await eventually(async () => [...(await bus.lag())].join() === [`recreated/${other}`, 0].join(), WAIT_MS_MAX);
      await ensureTopics(options, [{ name: topic, partitions: 2, retentionMs: 3_600_000 }]);
      const again = messages(topic, 10);
      await eventually(() => bus.publish(again).then(() => true), WAIT_MS_MAX);
      await eventually(() => again.every(({ id }) => reader.seen.has(id)), WAIT_MS_MAX);
    },
    CASE_MS_MAX,
  );

  it(
    'a topic is emptied while its reader is away: the reader goes on with what comes after',
    async () => {
      const topic = await newTopic(1);
      const sender = openBus();
      const first = new KafkaBus(options);
      const before = effects();
      await first.subscribe({ group: 'emptied', topics: [topic], handle: before.handle });
      await sender.publish(messages(topic, 5));
      await eventually(() => before.seen.size === 5, WAIT_MS_MAX);
      await first.close();
      await sender.publish(messages(topic, 5));
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '10' }] });
      const after = effects();
      const second = openBus();
      await second.subscribe({ group: 'emptied', topics: [topic], handle: after.handle });
      const sent = messages(topic, 5);
      await sender.publish(sent);
      await eventually(() => sent.every(({ id }) => after.seen.has(id)), WAIT_MS_MAX);
      expect(after.seen.size).toBe(5);
    },
    CASE_MS_MAX,
  );

  it('a committed offset is set back: everything comes again, for the inbox to absorb', async () => {
    const topic = await newTopic(1);
    const first = new KafkaBus(options);
    const before = effects();
    await first.subscribe({ group: 'reset', topics: [topic], handle: before.handle });
    await first.publish(messages(topic, 5));
    await eventually(async () => (await first.lag()).get(`reset/${topic}`) === 0, WAIT_MS_MAX);
    await first.close();
    await admin.setOffsets({ groupId: `reset.${topic}`, topic, partitions: [{ partition: 0, offset: '0' }] });
    const after = effects();
    await openBus().subscribe({ group: 'reset', topics: [topic], handle: after.handle });
    await eventually(() => after.seen.size === 5, WAIT_MS_MAX);
    expect([...after.seen]).toEqual([...before.seen]);
  });

  it('a record that none of us wrote is handed over as unreadable, and the next one as usual', async () => {
    const topic = await newTopic(1);
    const bus = openBus();
    const seen: Message[] = [];
    await bus.subscribe({ group: 'foreign', topics: [topic], handle: async (batch) => void seen.push(...batch) });
    const stranger = kafkaClient(options).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await stranger.connect();
    await stranger.send({ topic, messages: [{ key: null, value: '{"hello":1}', headers: { type: 'x' } }] });
    await stranger.disconnect();
    const [ours] = messages(topic, 1);
    if (!ours) throw new Error('one message');
    await bus.publish([ours]);
    await eventually(() => seen.length === 2);
    expect(seen[0]).toMatchObject({ id: `${topic}/0/0`, type: UNREADABLE_TYPE, body: Buffer.from('{"hello":1}') });
    expect(seen[1]).toEqual(ours);
  });

  it('a reader of a topic that does not exist is told so', async () => {
    const bus = openBus();
    await expect(bus.subscribe({ group: 'lost', topics: ['nowhere.v1'], handle: () => Promise.resolve() })).rejects.toMatchObject({
      code: 'bus-unknown-topic',
      message: expect.stringContaining('nowhere.v1'),
    });
  });
});
