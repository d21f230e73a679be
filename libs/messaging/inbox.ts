import { AppError, errorText, failPoint, type Clock, type Log, type RealTime } from '#kernel';
import { insert, type Database, type Tx } from '#persistence';
import type { Message, MessageBus } from './bus.js';

/** Attempts before a message is laid aside as a dead letter. */
export const ATTEMPTS_MAX = 5;
const RETRY_MS_FIRST = 50;
/** Failures of the store, or of a message before this one: no number of them makes this one a dead letter. */
const NOT_THE_MESSAGES_FAULT: ReadonlySet<string> = new Set(['store-unavailable', 'write-conflict', 'lease-lost', 'behind-failed']);

/** One effect of one message, inside the transaction that also marks the message as read. */
export type MessageHandler = (tx: Tx, message: Message) => Promise<void>;

export interface InboxReaderOptions {
  readonly database: Database;
  readonly bus: MessageBus;
  /** Name of the reader: the group on the bus and the scope of the marks. */
  readonly reader: string;
  readonly topics: readonly string[];
  /** By message type. A type without a handler is a dead letter at once: never passed over in silence. */
  readonly handlers: Readonly<Record<string, MessageHandler>>;
  readonly clock: Clock & RealTime;
  readonly log: Log;
  /** Runs before the transactions of a batch, to fetch what a closure may not wait for, such as data keys. */
  readonly prepare?: (batch: readonly Message[]) => Promise<void>;
  /** Called after a batch's commits. */
  readonly afterBatch?: () => void;
}

/**
 * Reads topics so that each message takes effect once, for ever: the mark and the effect commit together, and the bus hears of
 * success only afterwards (I3, I4). The messages of a batch share commits; a failing one is tried again and keeps back the
 * later messages of its key; after the last attempt it becomes a dead letter, which a person can drive again.
 */
export class InboxReader {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly options: InboxReaderOptions) {}

  start(): Promise<void> {
    const { bus, reader, topics } = this.options;
    return bus.subscribe({ group: reader, topics, handle: (batch) => this.inTurn(batch) });
  }

  /** One batch at a time, also where a bus hands over several: what is prepared for a batch belongs to it alone. */
  private inTurn(batch: readonly Message[]): Promise<void> {
    const done = this.last.then(() => this.handle(batch));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async handle(batch: readonly Message[]): Promise<void> {
    await this.options.prepare?.(batch);
    failPoint('inbox.batch-prepared');
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt++) {
      const failures = await this.attempt(left, attempt);
      left = left.filter((message) => failures.has(message));
      if (left.length > 0) await this.options.clock.realSleep(RETRY_MS_FIRST * 2 ** Math.min(attempt, 5));
      if (attempt % ATTEMPTS_MAX === 0) left = await this.buryHeads(left, failures, attempt);
    }
    this.options.afterBatch?.();
  }

  private async attempt(messages: readonly Message[], attempt: number): Promise<Map<Message, unknown>> {
    const failures = new Map<Message, unknown>();
    const failedKeys = new Set<string>();
    await Promise.all(
      messages.map((message) =>
        this.options.database
          .run(async (tx) => {
            if (failedKeys.has(message.key))
              throw new AppError('behind-failed', 'an earlier message of the key has failed', { retryable: true });
            try {
              await this.takeEffect(tx, message);
            } catch (error) {
              failedKeys.add(message.key);
              throw error;
            }
          })
          .catch((error: unknown) => {
            failures.set(message, error);
            this.options.log.write('warn', 'message-failed', { type: message.type, id: message.id, attempt, reason: errorText(error) });
          }),
      ),
    );
    return failures;
  }

  private async takeEffect(tx: Tx, message: Message): Promise<void> {
    const { reader, clock, handlers } = this.options;
    if (!(await tx.insertOnce('inbox', { reader, message_id: message.id, at: clock.now() }))) return;
    failPoint('inbox.marked-before-effect');
    const handler = handlers[message.type];
    if (!handler) throw new AppError('unknown-message', `no handler for ${message.type}`, { level: 'error' });
    await handler(tx, message);
    failPoint('inbox.effect-before-commit');
    tx.afterCommit(() => failPoint('inbox.effect-after-commit'));
  }

  /** Lays aside the first failed message of each key; store failures are never the message's fault and go on being tried. */
  private async buryHeads(left: readonly Message[], failures: Map<Message, unknown>, attempts: number): Promise<readonly Message[]> {
    const buried = new Set<Message>();
    for (const message of left) {
      const error = failures.get(message);
      if (error instanceof AppError && NOT_THE_MESSAGES_FAULT.has(error.code)) continue;
      await this.bury(message, error, attempts);
      buried.add(message);
    }
    return left.filter((message) => !buried.has(message));
  }

  private async bury(message: Message, error: unknown, attempts: number): Promise<void> {
    const { database, reader, clock, log } = this.options;
    await database.run(async (tx) => {
      if (!(await tx.insertOnce('inbox', { reader, message_id: message.id, at: clock.now() }))) return;
      await insert(tx, 'dead_letters', {
        reader,
        message_id: message.id,
        topic: message.topic,
        msg_key: message.key,
        type: message.type,
        at: message.at,
        headers: JSON.stringify(message.headers),
        body: message.body,
        attempts,
        error: errorText(error),
        died_at: clock.now(),
        redriven_at: null,
      });
    });
    log.write('error', 'dead-letter', { reader, type: message.type, id: message.id, reason: errorText(error) });
  }
}
