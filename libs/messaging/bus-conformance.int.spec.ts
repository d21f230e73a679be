import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { eventually, testKafka } from '#testing';
import {
  BATCH_SIZE_MAX,
  ensureTopics,
  InProcessBus,
  KafkaBus,
  MESSAGE_BYTES_MAX,
  type BatchHandler,
  type Message,
  type MessageBus,
} from './index.js';

const clock = new SystemClock();
const brokers = testKafka();

interface Adapter {
  readonly name: string;
  readonly available: boolean;
  /** A new bus on topics of the case's own; a second call gives another process's view of the same backbone, where there is one. */
  bus(): MessageBus;
  topic(partitions?: number): Promise<string>;
}

const kafkaOptions = { brokers: brokers ?? [], clientId: 'conformance', time: clock, log: silentLog };

const ADAPTERS: readonly Adapter[] = [
  {
    name: 'in-process bus',
    available: true,
    bus: () => new InProcessBus(clock, silentLog),
    topic: () => Promise.resolve('answers.v1'),
  },
  {
    name: 'Kafka',
    available: brokers !== undefined,
    bus: () => new KafkaBus(kafkaOptions),
    topic: async (partitions = 3) => {
      const name = `conformance-${randomBytes(6).toString('hex')}.v1`;
      await ensureTopics(kafkaOptions, [{ name, partitions, retentionMs: 3_600_000 }]);
      return name;
    },
  },
];

const open: MessageBus[] = [];

afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

function opened(bus: MessageBus): MessageBus {
  open.push(bus);
  return bus;
}

function message(topic: string, key: string, body: Buffer | string = 'x', headers: Record<string, string> = {}): Message {
  return { id: newId(clock, systemEntropy), topic, key, type: 'test.v1', at: clock.now(), headers, body: Buffer.from(body) };
}

const messages = (topic: string, count: number, keys: number): Message[] =>
  Array.from({ length: count }, (_, i) => message(topic, `key-${i % keys}`, `body ${i}`));

/** A handler that keeps what it was handed, batch by batch. */
function collector(): { readonly handle: BatchHandler; readonly batches: Message[][]; readonly ids: () => string[] } {
  const batches: Message[][] = [];
  return {
    handle: async (batch) => void batches.push([...batch]),
    batches,
    ids: () => batches.flat().map(({ id }) => id),
  };
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].sort();
const idsOf = (sent: readonly Message[]): string[] => sent.map(({ id }) => id).sort();

for (const adapter of ADAPTERS) {
  const suite = adapter.available ? describe : describe.skip;
  suite(`a message bus: ${adapter.name}`, () => {
    it('hands every message over at least once, whole and unchanged', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const seen = collector();
      await bus.subscribe({ group: 'reader', topics: [topic], handle: seen.handle });
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const body = Buffer.concat([Buffer.from('{"amount":9007199254740993,"名":"陈志远"}'), Buffer.of(0, 255, 254)]);
      const sent = message(topic, 'lane/1', body, { traceparent, caseId: 'c1' });
      await bus.publish([sent]);
      await eventually(() => seen.batches.length > 0);
      expect(seen.batches.flat()[0]).toEqual(sent);
    });

    it('keeps the order of each key and never hands over more than the limit at once', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const seen = collector();
      await bus.subscribe({ group: 'reader', topics: [topic], handle: seen.handle });
      const sent = messages(topic, 3 * BATCH_SIZE_MAX + 7, 5);
      for (let from = 0; from < sent.length; from += 100) await bus.publish(sent.slice(from, from + 100));
      await eventually(() => distinct(seen.ids()).length === sent.length);
      expect(Math.max(...seen.batches.map((batch) => batch.length))).toBeLessThanOrEqual(BATCH_SIZE_MAX);
      for (let key = 0; key < 5; key += 1) {
        const ofKey = (each: Message): boolean => each.key === `key-${key}`;
        expect(
          seen.batches
            .flat()
            .filter(ofKey)
            .map(({ id }) => id),
        ).toEqual(sent.filter(ofKey).map(({ id }) => id));
      }
    });

    it('hands a reader one batch of a topic at a time', async () => {
      const topic = await adapter.topic(4);
      const bus = opened(adapter.bus());
      let [inHand, most, total] = [0, 0, 0];
      const handle: BatchHandler = async (batch) => {
        most = Math.max(most, (inHand += 1));
        await clock.realSleep(5);
        inHand -= 1;
        total += batch.length;
      };
      await bus.subscribe({ group: 'reader', topics: [topic], handle });
      await bus.publish(messages(topic, 5 * BATCH_SIZE_MAX, 40));
      await eventually(() => total === 5 * BATCH_SIZE_MAX);
      expect(most).toBe(1);
    });

    it('gives all messages to each of two groups', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const [first, second] = [collector(), collector()];
      await bus.subscribe({ group: 'first', topics: [topic], handle: first.handle });
      await bus.subscribe({ group: 'second', topics: [topic], handle: second.handle });
      const sent = messages(topic, 50, 7);
      await bus.publish(sent);
      await eventually(() => distinct(first.ids()).length === 50 && distinct(second.ids()).length === 50);
      expect(distinct(first.ids())).toEqual(idsOf(sent));
      expect(distinct(second.ids())).toEqual(idsOf(sent));
    });

    it('hands a batch over again until its handler has resolved, and nothing behind it of the same key before', async () => {
      const topic = await adapter.topic(1);
      const bus = opened(adapter.bus());
      const seen = collector();
      let failures = 7;
      const handle: BatchHandler = async (batch) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('the store is away');
        }
        await seen.handle(batch);
      };
      await bus.subscribe({ group: 'reader', topics: [topic], handle });
      const sent = messages(topic, 30, 1);
      await Promise.all([bus.publish(sent.slice(0, 10)), bus.publish(sent.slice(10))]);
      await eventually(() => distinct(seen.ids()).length === sent.length);
      expect(seen.ids()).toEqual(sent.map(({ id }) => id));
      expect(failures).toBe(0);
    });

    it('goes on with one topic while the handler of another fails', async () => {
      const [bad, good] = adapter.name === 'Kafka' ? [await adapter.topic(), await adapter.topic()] : ['bad.v1', 'good.v1'];
      const bus = opened(adapter.bus());
      const seen = collector();
      let healthy = false;
      await bus.subscribe({
        group: 'reader',
        topics: [bad, good],
        handle: (batch) => (!healthy && batch.some(({ topic }) => topic === bad) ? Promise.reject(new Error('no')) : seen.handle(batch)),
      });
      const stuck = bus.publish([message(bad, 'a')]);
      await bus.publish(messages(good, 20, 3));
      await eventually(() => seen.ids().length >= 20);
      healthy = true;
      await stuck;
      await eventually(() => distinct(seen.ids()).length === 21);
    });

    it('keeps twenty concurrent publishes apart: twenty distinct messages', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const seen = collector();
      await bus.subscribe({ group: 'reader', topics: [topic], handle: seen.handle });
      const sent = messages(topic, 20, 20);
      await Promise.all(sent.map((each) => bus.publish([each])));
      await eventually(() => seen.ids().length >= 20);
      expect(seen.ids().sort()).toEqual(idsOf(sent));
    });

    it('carries messages of the largest size, many in one publish', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const seen = collector();
      await bus.subscribe({ group: 'reader', topics: [topic], handle: seen.handle });
      const sent = Array.from({ length: 12 }, (_, i) => message(topic, `key-${i}`, randomBytes(MESSAGE_BYTES_MAX)));
      await bus.publish(sent);
      await eventually(() => distinct(seen.ids()).length === sent.length);
      const bodies = new Map(seen.batches.flat().map(({ id, body }) => [id, body]));
      for (const { id, body } of sent) expect(bodies.get(id)?.equals(body)).toBe(true);
    });

    it('says clearly that a topic is unknown, and goes on with the others', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      const seen = collector();
      await bus.subscribe({ group: 'reader', topics: [topic], handle: seen.handle });
      await expect(bus.publish([message('nowhere.v1', 'a')])).rejects.toMatchObject({
        code: expect.stringMatching(/^bus-(no-reader|unknown-topic)$/),
        message: expect.stringContaining('nowhere.v1'),
        retryable: true,
      });
      await bus.publish([message(topic, 'a')]);
      await eventually(() => seen.ids().length === 1);
    });

    it('counts what has not taken effect as lag', async () => {
      const topic = await adapter.topic();
      const bus = opened(adapter.bus());
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await bus.subscribe({ group: 'reader', topics: [topic], handle: () => held });
      const sent = bus.publish(messages(topic, 25, 4));
      await eventually(async () => (await bus.lag()).get(`reader/${topic}`) === 25);
      release();
      await sent;
      await eventually(async () => (await bus.lag()).get(`reader/${topic}`) === 0);
    });

    it('ends the batch in hand when it is closed, and refuses what comes later', async () => {
      const topic = await adapter.topic(1);
      const bus = adapter.bus();
      let ended = 0;
      let started = false;
      await bus.subscribe({
        group: 'reader',
        topics: [topic],
        handle: async () => {
          started = true;
          await clock.realSleep(300);
          ended += 1;
        },
      });
      const sent = bus.publish([message(topic, 'a')]).catch(() => undefined);
      await eventually(() => started);
      await bus.close();
      expect(ended).toBe(1);
      await sent;
      await expect(bus.publish([message(topic, 'a')])).rejects.toMatchObject({ code: expect.stringMatching(/^bus-/), retryable: true });
    });
  });
}
