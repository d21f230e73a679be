import { BATCH_SIZE_MAX, type BatchHandler, type Message } from '../bus.js';

interface Part {
  readonly messages: readonly Message[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Calls a reader's handler once at a time, as the in-process bus does, although partitions arrive side by side: parts that
 * wait at the same moment share a call, and so a commit of the reader's store, up to the batch limit. When a shared call fails each part is tried by itself,
 * so that a bad message fails only its own partition.
 */
export class GatheredHandler {
  private readonly waiting: Part[] = [];
  private draining: Promise<void> | undefined;

  constructor(private readonly handle: BatchHandler) {}

  /** @param messages at most BATCH_SIZE_MAX, of one partition, in their order */
  take(messages: readonly Message[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  private async drain(): Promise<void> {
    // One turn of the event loop gathers what one fetch has brought.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.waiting.length > 0) {
      const parts = this.next();
      if (parts.length > 1 && (await this.together(parts))) continue;
      for (const part of parts) await this.alone(part);
    }
    this.draining = undefined;
  }

  private next(): readonly Part[] {
    let size = 0;
    let count = 0;
    for (const { messages } of this.waiting) {
      size += messages.length;
      if (count > 0 && size > BATCH_SIZE_MAX) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async together(parts: readonly Part[]): Promise<boolean> {
    try {
      await this.handle(parts.flatMap(({ messages }) => messages));
    } catch {
      // Whose message it was shows when each part is tried alone; that failure is then reported.
      return false;
    }
    for (const part of parts) part.resolve();
    return true;
  }

  private async alone(part: Part): Promise<void> {
    try {
      await this.handle(part.messages);
      part.resolve();
    } catch (error) {
      part.reject(error);
    }
  }
}
