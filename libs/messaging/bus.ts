import type { Instant } from '#kernel';

/** What crosses a process border. `id` is for ever the same for the same event, so that readers can drop repetitions (I4). */
export interface Message {
  readonly id: string;
  readonly topic: string;
  /** Messages of one key keep their order as far as the backbone can; nothing may rely on it (lanes carry numbers). */
  readonly key: string;
  /** Literal, versioned type name of libs/contracts. */
  readonly type: string;
  readonly at: Instant;
  readonly headers: Readonly<Record<string, string>>;
  /** Canonical JSON of the contract; sealed under the case's data key when `headers.caseId` is set. */
  readonly body: Buffer;
}

/** docs/design.md "Life of one order": larger bytes travel as blobs, referenced by digest. */
export const MESSAGE_BYTES_MAX = 256 * 1024;
/** How many messages a reader is handed at once. */
export const BATCH_SIZE_MAX = 200;

/**
 * Resolves after the effects of every message are committed; a rejection makes the bus deliver the whole batch again.
 * The bus calls it for one batch of a topic at a time.
 */
export type BatchHandler = (batch: readonly Message[]) => Promise<void>;

export interface SubscribeOptions {
  /** Readers of one group share the messages; every group gets all of them. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly handle: BatchHandler;
  /** Real milliseconds for which messages may wait for others, so that fewer and larger batches are handed over. Where nobody waits for the effect. */
  readonly patienceMs?: number;
}

/** The backbone. In one process or Kafka: the same promises, proven by one conformance suite. */
export interface MessageBus {
  /** Resolves when the messages can no longer be lost by the backbone. Rejects when none, or not surely all, are safe. */
  publish(batch: readonly Message[]): Promise<void>;
  /** Must be called before anything is published to the topics. */
  subscribe(options: SubscribeOptions): Promise<void>;
  /** Messages handed over and not yet taken into effect, by `group/topic`. */
  lag(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}
