import type { Message, MessageBus, SubscribeOptions } from './bus.js';

/**
 * A bus whose names of topics and groups begin with something, so that several installations can share a broker without hearing each
 * other. Those who use it see the plain names.
 */
export class PrefixedBus implements MessageBus {
  constructor(
    private readonly bus: MessageBus,
    private readonly prefix: string,
  ) {}

  publish(batch: readonly Message[]): Promise<void> {
    return this.bus.publish(batch.map((message) => ({ ...message, topic: this.prefix + message.topic })));
  }

  subscribe({ group, topics, handle }: SubscribeOptions): Promise<void> {
    const plain = (message: Message): Message => ({ ...message, topic: message.topic.slice(this.prefix.length) });
    return this.bus.subscribe({
      group: this.prefix + group,
      topics: topics.map((topic) => this.prefix + topic),
      handle: (batch) => handle(batch.map(plain)),
    });
  }

  async lag(): Promise<ReadonlyMap<string, number>> {
    const lag = await this.bus.lag();
    return new Map([...lag].map(([reader, waiting]) => [reader.replaceAll(this.prefix, ''), waiting]));
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}
