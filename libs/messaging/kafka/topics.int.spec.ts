import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import kafkajs from 'kafkajs';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, ordersTopic } from '#contracts';
import { silentLog, SystemClock } from '#kernel';
import { freePort, repository, testKafka, TestClock } from '#testing';
import { kafkaClient } from './client.js';
import { ensureTopics, parseTopics } from './topics.js';

const clock = new SystemClock();
const brokers = testKafka();
const options = { brokers: brokers ?? [], clientId: 'topics', time: clock, log: silentLog };
const DAY_MS = 86_400_000;

describe('the topics file', () => {
  it('of this repository has every topic of the contracts, one per bank where it says so', async () => {
    const file: unknown = parse(await readFile(path.join(repository, 'deploy', 'topics.yaml'), 'utf8'));
    const names = parseTopics(file, ['hubeibank', 'hbrcu']).map(({ name }) => name);
    const wanted = Object.values(contracts).map(({ topic }) => topic);
    for (const topic of wanted.filter((each) => !each.includes('<bank>'))) expect(names).toContain(topic);
    expect(names).toEqual(expect.arrayContaining([ordersTopic('hubeibank'), ordersTopic('hbrcu'), 'receipts.v1']));
    expect(names.join()).not.toContain('<');
  });

  const topic = (change: object) => ({ version: 1, topics: [{ name: 'a.v1', partitions: 1, retentionDays: 1, ...change }] });

  it.each([
    ['nothing', null, '/'],
    ['another version', { ...topic({}), version: 2 }, '/version'],
    ['no partitions', topic({ partitions: 0 }), '/topics/0/partitions'],
    ['half a day', topic({ retentionDays: 0.5 }), '/topics/0/retentionDays'],
    ['a word it does not know', topic({ replicas: 3 }), '/topics/0'],
    ['a name without a version', topic({ name: 'answers' }), '/topics/0/name'],
    ['a place for something else', topic({ name: 'orders.<court>.v1' }), '/topics/0/name'],
    ['a topic twice', { version: 1, topics: [topic({}).topics[0], topic({}).topics[0]] }, 'twice'],
  ])('is refused with %s', (_, value, place) => {
    expect(() => parseTopics(value, ['hubeibank'])).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => parseTopics(value, ['hubeibank'])).toThrow(place);
  });
});

describe('waiting for a broker', () => {
  it('ends with a message that names the address', async () => {
    // The clock of the wait jumps; the refused connections are real.
    const time = new TestClock();
    const address = `127.0.0.1:${await freePort()}`;
    const hurried = Object.assign(Object.create(time) as TestClock, { realSleep: () => time.advance(30_000) });
    await expect(ensureTopics({ ...options, time: hurried, brokers: [address] }, [])).rejects.toMatchObject({
      code: 'bus-unavailable',
      message: expect.stringContaining(address),
    });
  });
});

(brokers ? describe : describe.skip)('topics on a broker', () => {
  const admin = kafkaClient(options).admin();
  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());

  const newName = (): string => `topics-${randomBytes(6).toString('hex')}.v1`;

  async function found(name: string): Promise<{ partitions: number; replicas: number; retentionMs: string | undefined }> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms'] };
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
    const [first] = topics[0]?.partitions ?? [];
    return {
      partitions: topics[0]?.partitions.length ?? 0,
      replicas: first?.replicas.length ?? 0,
      retentionMs: resources[0]?.configEntries[0]?.configValue,
    };
  }

  it('are made once by many that start together, widened, given another retention, and never narrowed', async () => {
    const name = newName();
    const { brokers: nodes } = await admin.describeCluster();
    const spec = { name, partitions: 2, retentionMs: DAY_MS };
    await Promise.all(Array.from({ length: 5 }, () => ensureTopics(options, [spec])));
    const replicas = nodes.length >= 3 ? 3 : 1;
    expect(await found(name)).toEqual({ partitions: 2, replicas, retentionMs: String(DAY_MS) });
    await ensureTopics(options, [{ ...spec, partitions: 4, retentionMs: 2 * DAY_MS }]);
    expect(await found(name)).toEqual({ partitions: 4, replicas, retentionMs: String(2 * DAY_MS) });
    await ensureTopics(options, [spec]);
    expect(await found(name)).toEqual({ partitions: 4, replicas, retentionMs: String(DAY_MS) });
  });
});

describe('the installed client', () => {
  it('is the version that the guards were made for', () => {
    const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
    expect(version).toBe('2.2.4');
  });
});
