import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, silentLog, SystemClock, systemEntropy } from '#kernel';
import { eventually, TestAuthority, testKafkaJars, TestKafkaCluster } from '#testing';
import type { Message } from '../bus.js';
import { kafkaClient, type KafkaOptions } from './client.js';
import { KafkaBus } from './kafka-bus.js';
import { ensureTopics } from './topics.js';

const clock = new SystemClock();
const jars = testKafkaJars();
const START_MS_MAX = 90_000;
const TOPIC = 'answers.v1';

const authority = await TestAuthority.create('court authority');
const stranger = await TestAuthority.create('another authority');
const node = await authority.issue('broker', { hosts: ['127.0.0.1'] });
const client = await authority.issue('court-gateway');
const foreign = await stranger.issue('court-gateway');

(jars ? describe : describe.skip)('a broker that speaks TLS and asks for certificates', () => {
  let cluster: TestKafkaCluster;

  const options = (tls?: KafkaOptions['tls']): KafkaOptions => ({
    brokers: cluster.brokers(),
    clientId: 'tls',
    time: clock,
    log: silentLog,
    ...(tls ? { tls } : {}),
  });
  const trusted = { ca: authority.cert, cert: client.cert, key: client.key };

  beforeAll(async () => {
    cluster = await TestKafkaCluster.start(jars ?? '', 1, { ca: authority.cert, cert: node.cert, key: node.key });
    await eventually(async () => {
      const admin = kafkaClient(options(trusted)).admin();
      await admin.connect();
      await admin.disconnect();
      return true;
    }, START_MS_MAX);
  }, START_MS_MAX);

  afterAll(() => cluster.stop());

  it('is written and read with a certificate of the authority', async () => {
    await ensureTopics(options(trusted), [{ name: TOPIC, partitions: 1, retentionMs: 3_600_000 }]);
    const bus = new KafkaBus(options(trusted));
    const seen: Message[] = [];
    await bus.subscribe({ group: 'reader', topics: [TOPIC], handle: async (batch) => void seen.push(...batch) });
    const id = newId(clock, systemEntropy);
    await bus.publish([{ id, topic: TOPIC, key: 'k', type: 'test.v1', at: 7, headers: {}, body: Buffer.from('x') }]);
    await eventually(() => seen.length === 1);
    await bus.close();
    expect(seen[0]?.id).toBe(id);
  });

  it.each([
    ['without TLS', undefined],
    ['that trusts another authority', { ...trusted, ca: stranger.cert }],
    ['without a certificate', { ca: authority.cert }],
    ['with a certificate of another authority', { ...trusted, ...foreign }],
  ])('refuses a client %s', async (_, tls) => {
    const admin = kafkaClient(options(tls), { retries: 0 }).admin();
    await expect(admin.connect().then(() => admin.listTopics())).rejects.toThrow();
    await admin.disconnect();
  });
});
