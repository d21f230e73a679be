import kafkajs, { type Kafka, type Producer, type RecordMetadata } from 'kafkajs';
import { AppError, errorText, failPoint, type Log, type RealTime } from '#kernel';
import type { Message } from '../bus.js';
import { CLIENT_RETRY } from './client.js';
import { bytesOf, recordOf, type Outgoing } from './wire.js';
import { isUnknownTopic, unknownTopic } from './unknown-topic.js';
import { withinLimit } from './within-limit.js';

/** Messages of one request to the broker. */
export const SEND_MESSAGES_MAX = 500;
/** Bytes of one request: the records of one partition must stay below the broker's `max.message.bytes`, 1 MiB by default. */
export const SEND_BYTES_MAX = 768 * 1024;
/** Messages that may wait for one topic; a publisher beyond that is refused and tries again later. */
export const WRITER_WAITING_MAX = 20_000;
/** A request that has not ended after this is given up together with its producer. */
export const SEND_MS_MAX = 20_000;
/** How long the broker may wait for its replicas. */
const ACK_MS_MAX = 5_000;
/** How soon new partitions are seen. */
const METADATA_MS_MAX = 15_000;

/** One call of `publish`: it is over when all its messages are safe, or when the first send that held one of them has failed. */
interface Ticket {
  left: number;
  resolve(): void;
  reject(error: Error): void;
}

interface Waiting {
  readonly record: Outgoing;
  readonly bytes: number;
  readonly ticket: Ticket;
}

export interface WriterParts {
  readonly kafka: Kafka;
  readonly time: RealTime;
  readonly log: Log;
  /** Called with the number of messages that have become safe. */
  readonly onPublished: (count: number) => void;
}

/**
 * Writes one topic: calls that come at the same time share a request, one request at a time, so that retries never reorder a key.
 * Each topic has a producer of its own, because a client asks for the metadata of all its topics together: one topic that
 * is gone would stop the others (I15).
 */
export class TopicWriter {
  private readonly waiting: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private producer: Producer | undefined;
  private closed = false;

  constructor(
    private readonly topic: string,
    private readonly parts: WriterParts,
  ) {}

  take(messages: readonly Message[]): Promise<void> {
    if (this.closed) return Promise.reject(new AppError('bus-closed', 'the bus is closed', { retryable: true }));
    if (this.waiting.length + messages.length > WRITER_WAITING_MAX) {
      return Promise.reject(new AppError('bus-full', `${this.topic} has too many messages waiting`, { retryable: true, level: 'warn' }));
    }
    const records = messages.map((message) => ({ record: recordOf(message), bytes: bytesOf(message) }));
    return new Promise((resolve, reject) => {
      const ticket: Ticket = { left: records.length, resolve, reject };
      for (const each of records) this.waiting.push({ ...each, ticket });
      this.draining ??= this.drain();
    });
  }

  /** Refuses what comes now, and ends when what has come before is safe or refused. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
    await this.drop();
  }

  private async drain(): Promise<void> {
    // One turn of the event loop gathers the calls that came together.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      try {
        await this.send(batch.map(({ record }) => record));
        failPoint('kafka.published-before-told');
        this.parts.onPublished(batch.length);
        for (const { ticket } of batch) if (--ticket.left === 0) ticket.resolve();
      } catch (error) {
        const failure = asBusError(this.topic, error);
        for (const { ticket } of batch) ticket.reject(failure);
      }
    }
    this.draining = undefined;
  }

  private nextBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < SEND_MESSAGES_MAX) {
      const next = this.waiting[count];
      if (!next || (count > 0 && bytes + next.bytes > SEND_BYTES_MAX)) break;
      bytes += next.bytes;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async send(messages: Outgoing[]): Promise<void> {
    const producer = await this.connected();
    const sent = producer.send({ topic: this.topic, messages, acks: -1, timeout: ACK_MS_MAX });
    try {
      assertAllAcknowledged(
        this.topic,
        messages,
        await withinLimit(this.parts.time, SEND_MS_MAX, sent, `an acknowledgement of ${this.topic}`),
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'timed-out') await this.drop();
      throw error;
    }
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      const producer = this.parts.kafka.producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        createPartitioner: keepingPartitioner,
        maxInFlightRequests: 1,
        metadataMaxAge: METADATA_MS_MAX,
        retry: CLIENT_RETRY,
      });
      await producer.connect();
      this.producer = producer;
    }
    return this.producer;
  }

  private async drop(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    try {
      await producer?.disconnect();
    } catch (error) {
      this.parts.log.write('warn', 'kafka-disconnect-failed', { topic: this.topic, reason: errorText(error) });
    }
  }
}

/** The usual choice by key, made once per record: a topic that grows between two tries must not send a record to two partitions. */
function keepingPartitioner(): ReturnType<typeof kafkajs.Partitioners.DefaultPartitioner> {
  const byKey = kafkajs.Partitioners.DefaultPartitioner();
  return (args) => {
    const record = args.message as Outgoing;
    record.chosen ??= byKey(args);
    return record.chosen;
  };
}

/**
 * kafkajs 2.2.4 skips, at its second try, every broker that answered the first one. When a partition's leader has moved to such a broker
 * in between, its messages are never sent, and the call succeeds all the same. So each partition must have an answer of its own.
 * @throws AppError `bus-unavailable`
 */
export function assertAllAcknowledged(topic: string, messages: readonly Outgoing[], answers: readonly RecordMetadata[]): void {
  const answered = new Set(answers.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
  const missing = messages.find(({ chosen }) => chosen === undefined || !answered.has(chosen));
  if (!missing) return;
  throw new AppError('bus-unavailable', `partition ${missing.chosen ?? '?'} of ${topic} did not acknowledge`, {
    retryable: true,
    level: 'warn',
  });
}

function asBusError(topic: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isUnknownTopic(error)) return unknownTopic(topic, error);
  return new AppError('bus-unavailable', `${topic} could not be written: ${errorText(error)}`, {
    retryable: true,
    level: 'warn',
    cause: error,
  });
}
