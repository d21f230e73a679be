import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { Ajv } from 'ajv';
import { AppError, errorText } from '#kernel';
import { CLIENT_RETRY, kafkaClient, type KafkaOptions } from './client.js';

/** One topic as it has to be on the broker. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
}

/** Replicas of each partition, and how many of them must have a message before it is acknowledged. */
const REPLICAS = 3;
const REPLICAS_IN_SYNC_MIN = 2;
/** How long a start waits for the broker, and how often it asks. */
export const BROKER_WAIT_MS_MAX = 60_000;
const BROKER_ASK_EVERY_MS = 1_000;
const BANK_PLACE = '<bank>';
const DAY_MS = 86_400_000;

interface TopicsFile {
  readonly version: 1;
  readonly topics: readonly { readonly name: string; readonly partitions: number; readonly retentionDays: number }[];
}

const validate = new Ajv({ allErrors: false, strict: true }).compile<TopicsFile>({
  type: 'object',
  additionalProperties: false,
  required: ['version', 'topics'],
  properties: {
    version: { const: 1 },
    topics: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'partitions', 'retentionDays'],
        properties: {
          name: { type: 'string', pattern: '^[a-z][a-z0-9.-]*(<bank>)?[a-z0-9.-]*\\.v[0-9]+$', maxLength: 100 },
          partitions: { type: 'integer', minimum: 1, maximum: 100 },
          retentionDays: { type: 'integer', minimum: 1, maximum: 3650 },
        },
      },
    },
  },
});

/**
 * The topics of deploy/topics.yaml (already read as YAML); a name with `<bank>` stands for one topic per bank.
 * @throws AppError `invalid` that names the wrong place
 */
export function parseTopics(yamlValue: unknown, banks: readonly string[]): readonly TopicSpec[] {
  if (!validate(yamlValue)) {
    const [first] = validate.errors ?? [];
    throw new AppError('invalid', `topics file: ${first?.instancePath || '/'} ${first?.message ?? 'is wrong'}`, { level: 'fatal' });
  }
  const specs = yamlValue.topics.flatMap(({ name, partitions, retentionDays }) =>
    (name.includes(BANK_PLACE) ? banks.map((bank) => name.replace(BANK_PLACE, bank)) : [name]).map((each) => ({
      name: each,
      partitions,
      retentionMs: retentionDays * DAY_MS,
    })),
  );
  const names = new Set(specs.map(({ name }) => name));
  if (names.size < specs.length) throw new AppError('invalid', 'topics file: a topic stands there twice', { level: 'fatal' });
  return specs;
}

/**
 * Makes the topics as the file says, waiting for the broker when it is not up yet: what is missing is made, too few partitions become
 * more, another retention is set. Never fewer partitions, never a topic deleted. Safe to run from many processes at once.
 * @throws AppError `bus-unavailable` when no broker answers in time
 */
export async function ensureTopics(options: KafkaOptions, topics: readonly TopicSpec[]): Promise<void> {
  const admin = await connectPatiently(options);
  try {
    const { brokers } = await admin.describeCluster();
    await createMissing(admin, topics, brokers.length);
    await widen(admin, topics);
    await setRetention(admin, topics);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Takes all topics and groups of an installation away, whose names begin with `prefix`: for tests on a broker that outlives them.
 * @throws AppError `invalid` for a prefix that would fit those of others too
 */
export async function removeTopics(options: KafkaOptions, prefix: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{3,}\.$/.test(prefix)) throw new AppError('invalid', `"${prefix}" is no prefix of one installation`);
  const admin = await connectPatiently(options);
  try {
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(prefix));
    // A group that still remembers a member which was killed stays until its session is over, and then holds nothing that anybody reads.
    await admin.deleteGroups(own).catch((error: unknown) => options.log.write('info', 'kafka-groups-left', { reason: errorText(error) }));
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}

async function connectPatiently({ time, log, ...rest }: KafkaOptions): Promise<Admin> {
  const end = time.monotonicMs() + BROKER_WAIT_MS_MAX;
  const where = rest.brokers.join(', ');
  for (;;) {
    const options = { time, log, ...rest };
    const probe = kafkaClient(options, { ...CLIENT_RETRY, retries: 1 }).admin();
    try {
      await probe.connect();
      await probe.disconnect();
      const admin = kafkaClient(options).admin();
      await admin.connect();
      return admin;
    } catch (error) {
      await probe.disconnect();
      if (time.monotonicMs() >= end) {
        const detail = `no Kafka broker answered at ${where} within ${BROKER_WAIT_MS_MAX / 1000} s: ${errorText(error)}`;
        throw new AppError('bus-unavailable', detail, { retryable: true, level: 'fatal', cause: error });
      }
      log.write('warn', 'kafka-waits-for-broker', { brokers: where, reason: errorText(error) });
      await time.realSleep(BROKER_ASK_EVERY_MS);
    }
  }
}

async function createMissing(admin: Admin, topics: readonly TopicSpec[], brokers: number): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !existing.has(name));
  if (missing.length === 0) return;
  const replicated = brokers >= REPLICAS;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ name, partitions, retentionMs }): ITopicConfig => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: replicated ? REPLICAS : 1,
      configEntries: [
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'min.insync.replicas', value: String(replicated ? REPLICAS_IN_SYNC_MIN : 1) },
        { name: 'unclean.leader.election.enable', value: 'false' },
      ],
    })),
  });
}

async function widen(admin: Admin, topics: readonly TopicSpec[]): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  const counts = new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  const narrow = topics.filter(({ name, partitions }) => (counts.get(name) ?? partitions) < partitions);
  if (narrow.length === 0) return;
  await admin.createPartitions({ topicPartitions: narrow.map(({ name, partitions }) => ({ topic: name, count: partitions })) });
}

async function setRetention(admin: Admin, topics: readonly TopicSpec[]): Promise<void> {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const resources = topics.map(({ name }) => ({ type, name, configNames: ['retention.ms', 'min.insync.replicas'] }));
  const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: false });
  const wrong = topics.filter(({ name, retentionMs }) => {
    const entries = found.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    return entries.some(({ configName, configValue }) => configName === 'retention.ms' && configValue !== String(retentionMs));
  });
  if (wrong.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    // The request replaces all settings of a topic, so the others are said again.
    resources: wrong.map(({ name, retentionMs }) => ({
      type,
      name,
      configEntries: [
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'min.insync.replicas', value: valueOf(found, name, 'min.insync.replicas') },
        { name: 'unclean.leader.election.enable', value: 'false' },
      ],
    })),
  });
}

type Described = Awaited<ReturnType<Admin['describeConfigs']>>['resources'];

function valueOf(found: Described, topic: string, setting: string): string {
  const entries = found.find(({ resourceName }) => resourceName === topic)?.configEntries ?? [];
  return entries.find(({ configName }) => configName === setting)?.configValue ?? '1';
}
