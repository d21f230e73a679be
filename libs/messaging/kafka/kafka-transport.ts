import type { Kafka } from 'kafkajs';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { AppError, errorText, type Log, type RealTime } from '#kernel';
import type { BatchHandler, Message } from '../bus.js';
import { BatchDelivery } from './batch-delivery.js';
import { GatheredHandler } from './gathered-handler.js';
import { Membership } from './membership.js';
import { TopicReader } from './topic-reader.js';
import { isUnknownTopic, unknownTopic } from './unknown-topic.js';

/** As Nest keeps it; what it returns is not looked at. */
type TopicHandler = (batch: readonly Message[]) => Promise<unknown>;

/** What the transport reports about itself; the counters only grow. */
export interface TransportEvents {
  readonly onConsumed: (batch: readonly Message[]) => Promise<void>;
  readonly onRedelivery: () => void;
  readonly onRebuild: () => void;
}

export interface TransportParts {
  readonly kafka: Kafka;
  /** Readers of one group share the messages; every group gets all of them. */
  readonly group: string;
  /** See `Membership`. */
  readonly soleClientId?: string;
  readonly time: RealTime;
  readonly log: Log;
  readonly events: TransportEvents;
  /** As `SubscribeOptions` has it. */
  readonly patienceMs?: number;
}

/**
 * A NestJS transport whose patterns are topics and whose handlers get whole batches: `Message[]` with raw bodies. Nest's own Kafka transport knows
 * single messages only, parses their values as JSON, and commits what nobody handles. A handler resolves when its effects are committed
 * (I4); `KafkaBus` adds its handlers by `addHandler` as Nest adds those of `@EventPattern`.
 */
export class KafkaTransport extends Server implements CustomTransportStrategy {
  private readonly started: TopicReader[] = [];
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly parts: TransportParts) {
    super();
  }

  /** Joins the group on every topic that has a handler, then calls back; with the error, when one of them cannot be read. */
  async listen(callback: (error?: Error) => void): Promise<void> {
    try {
      const handlers = this.messageHandlers as ReadonlyMap<string, TopicHandler>;
      for (const [topic, handler] of handlers) {
        const reader = this.readerOf(topic, async (batch) => void (await handler(batch)));
        this.started.push(reader);
        await reader.start();
      }
    } catch (error) {
      await this.close();
      return callback(this.cannotRead(error));
    }
    callback();
  }

  /** Ends when the batches in hand have ended and their offsets are committed. */
  async close(): Promise<void> {
    await Promise.all(this.started.map((reader) => reader.close()));
  }

  readers(): readonly TopicReader[] {
    return this.started;
  }

  on(event: string): never {
    throw new AppError('invariant-broken', `the transport has no event ${event}`, { level: 'fatal' });
  }

  unwrap<T>(): T {
    return this.started as T;
  }

  private cannotRead(error: unknown): Error {
    const topics = [...this.messageHandlers.keys()].join(', ');
    if (isUnknownTopic(error)) return unknownTopic(topics, error);
    return new AppError('bus-unavailable', `${topics} cannot be read: ${errorText(error)}`, {
      retryable: true,
      level: 'error',
      cause: error,
    });
  }

  private readerOf(topic: string, handle: BatchHandler): TopicReader {
    const { kafka, group, soleClientId, time, log, events, patienceMs } = this.parts;
    const gathered = new GatheredHandler(handle);
    const take = (batch: readonly Message[]): Promise<void> => gathered.take(batch);
    const delivery = new BatchDelivery({
      group,
      handle: take,
      time,
      log,
      onDelivered: events.onConsumed,
      onRedelivery: events.onRedelivery,
    });
    const membership = new Membership(`${group}.${topic}`, log, soleClientId);
    const patience = patienceMs === undefined ? {} : { patienceMs };
    return new TopicReader(group, topic, { kafka, membership, time, log, delivery, onRebuild: events.onRebuild, ...patience });
  }
}
