import { afterEach, describe, expect, it } from '@jest/globals';
import { errorText, newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { eventually, testKafkaJars, TestKafkaCluster } from '#testing';
import type { Message } from '../bus.js';
import { kafkaClient, type KafkaOptions } from './client.js';
import { KafkaBus } from './kafka-bus.js';
import { ensureTopics } from './topics.js';

const clock = new SystemClock();
const jars = testKafkaJars();
const TOPIC = 'answers.v1';
const CASE_MS_MAX = 180_000;
const START_MS_MAX = 90_000;
const RECOVERY_MS_MAX = 60_000;
/** What the reader and the writer are tuned for is three seconds; a busy test machine gets more. */
const BACK_IN_USE_MS_MAX = 15_000;
const DOWN_MS = 5_000;

interface Traffic {
  readonly acknowledged: Set<string>;
  readonly received: Set<string>;
  readonly refusals: readonly string[];
  readonly lastAcknowledgedAt: () => number;
  readonly lastReceivedAt: () => number;
  stop(): Promise<void>;
}

/** Publishes small batches without a pause and keeps what was acknowledged, as a relay would: what is refused is sent again. */
function traffic(sender: KafkaBus): { readonly run: Traffic; readonly take: (batch: readonly Message[]) => Promise<void> } {
  const acknowledged = new Set<string>();
  const received = new Set<string>();
  const refusals: string[] = [];
  let [acknowledgedAt, receivedAt, going] = [0, 0, true];
  const loop = async (): Promise<void> => {
    while (going) {
      const batch = Array.from({ length: 20 }, (_, i) => message(`key-${i}`));
      let safe = false;
      while (!safe) {
        safe = await sender.publish(batch).then(
          () => true,
          (error: unknown) => {
            refusals.push(errorText(error));
            return false;
          },
        );
      }
      for (const { id } of batch) acknowledged.add(id);
      acknowledgedAt = clock.monotonicMs();
      await clock.realSleep(10);
    }
  };
  const running = loop();
  const stop = async (): Promise<void> => {
    going = false;
    await running;
  };
  return {
    run: { acknowledged, received, refusals, lastAcknowledgedAt: () => acknowledgedAt, lastReceivedAt: () => receivedAt, stop },
    take: async (batch) => {
      for (const { id } of batch) received.add(id);
      receivedAt = clock.monotonicMs();
    },
  };
}

function message(key: string): Message {
  const id = newId(clock, systemEntropy);
  return { id, topic: TOPIC, key, type: 'test.v1', at: clock.now(), headers: {}, body: Buffer.from('x'.repeat(300)) };
}

/** When a client can ask the broker for its metadata again. */
async function answersAgain(options: KafkaOptions): Promise<number> {
  await eventually(async () => {
    const admin = kafkaClient(options, { retries: 0 }).admin();
    try {
      await admin.connect();
      await admin.fetchTopicMetadata({ topics: [TOPIC] });
      return true;
    } finally {
      await admin.disconnect();
    }
  }, START_MS_MAX);
  return clock.monotonicMs();
}

const allReceived = (run: Traffic): boolean => [...run.acknowledged].every((id) => run.received.has(id));

(jars ? describe : describe.skip)('brokers that are killed', () => {
  let cluster: TestKafkaCluster | undefined;
  const closes: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
    await cluster?.stop();
    cluster = undefined;
  });

  async function start(count: number): Promise<{ options: KafkaOptions; nodes: TestKafkaCluster }> {
    cluster = await TestKafkaCluster.start(jars ?? '', count);
    const options = { brokers: cluster.brokers(), clientId: 'broker-kill', time: clock, log: silentLog };
    await eventually(async () => {
      const admin = kafkaClient(options).admin();
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      await admin.disconnect();
      return brokers.length === count;
    }, START_MS_MAX);
    await ensureTopics(options, [{ name: TOPIC, partitions: 3, retentionMs: 3_600_000 }]);
    return { options, nodes: cluster };
  }

  function openBus(options: KafkaOptions): KafkaBus {
    const bus = new KafkaBus(options);
    closes.push(() => bus.close());
    return bus;
  }

  it(
    'the only broker dies by kill -9 and comes back: used again at once, nothing acknowledged is lost',
    async () => {
      const { options, nodes } = await start(1);
      const [sender, reader] = [openBus(options), openBus(options)];
      const { run, take } = traffic(sender);
      closes.push(() => run.stop());
      await reader.subscribe({ group: 'reader', topics: [TOPIC], handle: take });
      await eventually(() => run.received.size > 200, RECOVERY_MS_MAX);
      await nodes.kill();
      await clock.realSleep(DOWN_MS);
      const [before, seen] = [run.acknowledged.size, run.received.size];
      nodes.run();
      const back = await answersAgain(options);
      await eventually(() => run.acknowledged.size > before, RECOVERY_MS_MAX);
      const written = run.lastAcknowledgedAt() - back;
      await eventually(() => run.received.size > seen, RECOVERY_MS_MAX);
      const read = run.lastReceivedAt() - back;
      await run.stop();
      await eventually(() => allReceived(run), RECOVERY_MS_MAX);
      process.stdout.write(`broker back: written after ${Math.round(written)} ms, read after ${Math.round(read)} ms\n`);
      expect(run.refusals.every((reason) => reason.includes(TOPIC))).toBe(true);
      expect(written).toBeLessThan(BACK_IN_USE_MS_MAX);
      expect(read).toBeLessThan(BACK_IN_USE_MS_MAX);
    },
    CASE_MS_MAX,
  );

  it(
    'each of three brokers dies in turn: leaders and coordinators move, nothing acknowledged is lost',
    async () => {
      const { options, nodes } = await start(3);
      const [sender, reader] = [openBus(options), openBus(options)];
      const { run, take } = traffic(sender);
      closes.push(() => run.stop());
      await reader.subscribe({ group: 'reader', topics: [TOPIC], handle: take });
      for (const id of [1, 2, 3]) {
        const [sent, seen] = [run.acknowledged.size, run.received.size];
        await eventually(() => run.acknowledged.size > sent + 100 && run.received.size > seen + 100, RECOVERY_MS_MAX);
        await nodes.kill(id);
        const [after, read] = [run.acknowledged.size, run.received.size];
        await eventually(() => run.acknowledged.size > after + 100 && run.received.size > read + 100, RECOVERY_MS_MAX);
        nodes.run(id);
        await eventually(async () => {
          const admin = kafkaClient(options).admin();
          await admin.connect();
          const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
          await admin.disconnect();
          return topics[0]?.partitions.every(({ isr }) => isr.length === 3);
        }, START_MS_MAX);
      }
      await run.stop();
      await eventually(() => allReceived(run), RECOVERY_MS_MAX);
      expect(run.acknowledged.size).toBeGreaterThan(600);
    },
    CASE_MS_MAX,
  );
});
