import { AppError, type Log, type RealTime } from '#kernel';
import { BATCH_SIZE_MAX, type BatchHandler, type Message, type MessageBus, type SubscribeOptions } from './bus.js';
import { letterError } from './letter-errors.js';

/** Wait before a failed batch is delivered again: doubled each time up to the maximum. */
export const REDELIVERY_MS_FIRST = 20;
export const REDELIVERY_MS_MAX = 2_000;
/** Messages that may wait in one group; a publisher beyond that is refused and tries again later. */
export const QUEUE_MAX = 20_000;

/** Test knobs: make the bus as rude as a real broker may be. */
export interface Rudeness {
  /** Deliver every batch twice. */
  readonly redeliver?: boolean;
  /** Reorder messages of different keys inside a batch; one key keeps its order. */
  readonly reorderAcrossKeys?: (batch: readonly Message[]) => Message[];
}

interface Waiting {
  readonly message: Message;
  done(): void;
  fail(error: Error): void;
}

class Reader {
  readonly queue: Waiting[] = [];
  private draining: Promise<void> | undefined;
  private stopped = false;

  constructor(
    readonly group: string,
    readonly topic: string,
    private readonly handle: BatchHandler,
    private readonly time: RealTime,
    private readonly log: Log,
    private readonly rudeness: Rudeness,
  ) {}

  take(messages: readonly Message[]): Promise<void> {
    if (this.stopped) return Promise.reject(new AppError('bus-closed', 'the bus is closed', { retryable: true }));
    if (this.queue.length + messages.length > QUEUE_MAX) {
      return Promise.reject(new AppError('bus-full', `${this.group} has too many messages waiting`, { retryable: true, level: 'warn' }));
    }
    return new Promise((resolve, reject) => {
      let left = messages.length;
      const done = (): void => {
        left -= 1;
        if (left === 0) resolve();
      };
      for (const message of messages) this.queue.push({ message, done, fail: reject });
      this.draining ??= this.drain();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.draining;
    const error = new AppError('bus-closed', 'the bus is closed', { retryable: true });
    for (const waiting of this.queue.splice(0)) waiting.fail(error);
  }

  private async drain(): Promise<void> {
    let delay = REDELIVERY_MS_FIRST;
    while (this.queue.length > 0 && !this.stopped) {
      const batch = this.queue.slice(0, BATCH_SIZE_MAX);
      try {
        await this.deliver(batch.map(({ message }) => message));
        this.queue.splice(0, batch.length);
        for (const waiting of batch) waiting.done();
        delay = REDELIVERY_MS_FIRST;
      } catch (error) {
        this.log.write('warn', 'bus-redelivers', { group: this.group, topic: this.topic, reason: letterError(error) });
        await this.time.realSleep(delay);
        delay = Math.min(delay * 2, REDELIVERY_MS_MAX);
      }
    }
    this.draining = undefined;
  }

  private async deliver(batch: readonly Message[]): Promise<void> {
    const ordered = this.rudeness.reorderAcrossKeys?.(batch) ?? batch;
    await this.handle(ordered);
    if (this.rudeness.redeliver) await this.handle(ordered);
  }
}

/**
 * The backbone of the embedded profile. It keeps nothing on disk: `publish` resolves only after every group has taken its
 * messages into effect, so the publisher's outbox row stays unmarked, and is published again, when the process dies before.
 * One slow group holds up only the publishers of its own topics (I15).
 */
export class InProcessBus implements MessageBus {
  private readonly readers: Reader[] = [];

  constructor(
    private readonly time: RealTime,
    private readonly log: Log,
    private readonly rudeness: Rudeness = {},
  ) {}

  subscribe(options: SubscribeOptions): Promise<void> {
    for (const topic of options.topics) {
      if (this.readers.some((reader) => reader.group === options.group && reader.topic === topic)) {
        return Promise.reject(new AppError('invariant-broken', `${options.group} reads ${topic} twice`, { level: 'fatal' }));
      }
      this.readers.push(new Reader(options.group, topic, options.handle, this.time, this.log, this.rudeness));
    }
    return Promise.resolve();
  }

  async publish(batch: readonly Message[]): Promise<void> {
    const byTopic = groupByTopic(batch);
    const effects: Promise<void>[] = [];
    for (const [topic, messages] of byTopic) {
      const readers = this.readers.filter((reader) => reader.topic === topic);
      if (readers.length === 0) throw new AppError('bus-no-reader', `nobody reads ${topic}`, { retryable: true, level: 'warn' });
      for (const reader of readers) effects.push(reader.take(messages));
    }
    await Promise.all(effects);
  }

  lag(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map(this.readers.map((reader) => [`${reader.group}/${reader.topic}`, reader.queue.length])));
  }

  async close(): Promise<void> {
    for (const reader of this.readers) await reader.stop();
  }
}

function groupByTopic(batch: readonly Message[]): Map<string, Message[]> {
  const groups = new Map<string, Message[]>();
  for (const message of batch) {
    const group = groups.get(message.topic);
    if (group) group.push(message);
    else groups.set(message.topic, [message]);
  }
  return groups;
}
