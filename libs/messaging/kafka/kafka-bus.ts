import type { Kafka } from 'kafkajs';
import { AppError } from '#kernel';
import type { BatchHandler, Message, MessageBus, SubscribeOptions } from '../bus.js';
import { AdminClient } from './admin-client.js';
import { kafkaClient, type KafkaOptions } from './client.js';
import { KafkaTransport } from './kafka-transport.js';
import { standingOf } from './offsets.js';
import { ReceiptSender } from './receipt-sender.js';
import { StallWatchdog } from './stall-watchdog.js';
import type { TopicReader } from './topic-reader.js';
import { TopicWriter } from './topic-writer.js';
import { isUnknownTopic } from './unknown-topic.js';

/** What has happened since the start, for metrics. */
export interface KafkaCounters {
  /** Messages acknowledged by all replicas in sync. */
  readonly published: number;
  /** Messages whose batch was handled and committed. */
  readonly consumed: number;
  /** Batches that a handler rejected and that were, or will be, handed over again. */
  readonly redeliveries: number;
  /** Consumers that were made anew after a crash or a stall. */
  readonly rebuilds: number;
  /** Receipts that could not be sent; their messages come again. */
  readonly receiptsLost: number;
}

/** Topics that one process writes; one connection each. */
const WRITERS_MAX = 500;

/**
 * The backbone of the distributed profile: Apache Kafka through kafkajs. `publish` resolves when every message is acknowledged by all replicas in
 * sync; an acknowledged message may still vanish (a topic emptied, an offset reset), which receipts and the Sweeper make good.
 */
export class KafkaBus implements MessageBus {
  private readonly kafka: Kafka;
  private readonly writers = new Map<string, TopicWriter>();
  private readonly transports: KafkaTransport[] = [];
  private readonly watchdog: StallWatchdog;
  private readonly counts = { published: 0, consumed: 0, redeliveries: 0, rebuilds: 0, receiptsLost: 0 };
  private readonly receipts: ReceiptSender;
  private readonly admin: AdminClient;
  private readonly prefix: string;
  private closed = false;

  constructor(private readonly options: KafkaOptions) {
    this.prefix = options.topicPrefix ?? '';
    this.kafka = kafkaClient(options);
    const onLost = (count: number): void => void (this.counts.receiptsLost += count);
    this.receipts = new ReceiptSender({ publish: (receipts) => this.publish(receipts), time: options.time, log: options.log, onLost });
    this.admin = new AdminClient(this.kafka, options.log);
    this.watchdog = new StallWatchdog(() => this.readers(), this.admin, options.time, options.log);
  }

  get counters(): KafkaCounters {
    return this.counts;
  }

  async publish(batch: readonly Message[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const message of batch) {
      const topic = this.prefix + message.topic;
      const messages = byTopic.get(topic);
      if (messages) messages.push(message);
      else byTopic.set(topic, [message]);
    }
    await Promise.all([...byTopic].map(([topic, messages]) => this.writer(topic).take(messages)));
  }

  async subscribe({ group, topics, handle, patienceMs }: SubscribeOptions): Promise<void> {
    if (this.closed) throw new AppError('bus-closed', 'the bus is closed', { retryable: true });
    const plain = (message: Message): Message => ({ ...message, topic: message.topic.slice(this.prefix.length) });
    const transport = new KafkaTransport({
      kafka: this.kafka,
      group: this.prefix + group,
      ...(this.options.isSoleClient ? { soleClientId: this.options.clientId } : {}),
      time: this.options.time,
      log: this.options.log,
      ...(patienceMs === undefined ? {} : { patienceMs }),
      events: {
        onConsumed: (messages) => this.consumed(messages.map(plain)),
        onRedelivery: () => (this.counts.redeliveries += 1),
        onRebuild: () => (this.counts.rebuilds += 1),
      },
    });
    const handlePlain: BatchHandler = (batch) => handle(batch.map(plain));
    for (const topic of topics) transport.addHandler(this.prefix + topic, handlePlain as Parameters<KafkaTransport['addHandler']>[1], true);
    if (this.transports.length === 0) this.watchdog.start();
    this.transports.push(transport);
    await new Promise<void>((resolve, reject) => {
      const heard = (error?: Error): void => (error ? reject(error) : resolve());
      transport.listen(heard).catch(reject);
    });
  }

  /** A topic that is gone is left out; so is everything while no broker answers, which is then thrown. */
  async lag(): Promise<ReadonlyMap<string, number>> {
    const lag = new Map<string, number>();
    for (const { group, groupId, topic } of this.readers()) {
      try {
        const standings = await this.admin.use((admin) => standingOf(admin, groupId, topic));
        lag.set(
          `${group.slice(this.prefix.length)}/${topic.slice(this.prefix.length)}`,
          standings.reduce((sum, { behind }) => sum + behind, 0),
        );
      } catch (error) {
        if (!isUnknownTopic(error)) throw error;
      }
    }
    return lag;
  }

  /** Readers first: what they are handling may still publish. */
  async close(): Promise<void> {
    this.closed = true;
    await this.watchdog.stop();
    await Promise.all(this.transports.map((transport) => transport.close()));
    await this.receipts.close();
    await Promise.all([...this.writers.values()].map((writer) => writer.close()));
    await this.admin.close();
  }

  private consumed(batch: readonly Message[]): Promise<void> {
    this.counts.consumed += batch.length;
    this.receipts.taken(batch);
    return Promise.resolve();
  }

  private writer(topic: string): TopicWriter {
    const known = this.writers.get(topic);
    if (known) return known;
    if (this.writers.size >= WRITERS_MAX) throw new AppError('bus-full', `more than ${WRITERS_MAX} topics are written`, { level: 'error' });
    const { time, log } = this.options;
    const onPublished = (count: number): void => void (this.counts.published += count);
    const writer = new TopicWriter(topic, { kafka: this.kafka, time, log, onPublished });
    this.writers.set(topic, writer);
    return writer;
  }

  private readers(): readonly TopicReader[] {
    return this.transports.flatMap((transport) => transport.readers());
  }
}
