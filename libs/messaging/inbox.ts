import { AppError, failPoint, type Clock, type Log, type RealTime } from '#kernel';
import { insert, insertMany, placeholders, type Database, type Tx } from '#persistence';
import type { Message, MessageBus } from './bus.js';
import { letterError } from './letter-errors.js';
import { inTraceOf } from './trace.js';

/** Attempts before a message is laid aside as a dead letter. */
export const ATTEMPTS_MAX = 5;
const RETRY_MS_FIRST = 50;
/** Messages of one closure: many enough to share statements well, few enough to end long before the runner cuts a closure off. */
const TOGETHER_MAX = 50;
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
  /** As `SubscribeOptions` has it. */
  readonly patienceMs?: number;
  /** Runs before the transactions of a batch, to fetch what a closure may not wait for, such as data keys. */
  readonly prepare?: (batch: readonly Message[]) => Promise<void>;
  /** Reads in the transaction, all at once, what the effects of several messages will need; not called for a message that is alone. */
  readonly load?: (tx: Tx, messages: readonly Message[]) => Promise<void>;
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
    const { bus, reader, topics, patienceMs } = this.options;
    const patience = patienceMs === undefined ? {} : { patienceMs };
    return bus.subscribe({ group: reader, topics, handle: (batch) => this.inTurn(batch), ...patience });
  }

  /** One batch at a time, also where a bus hands over several: what is prepared for a batch belongs to it alone. */
  private inTurn(batch: readonly Message[]): Promise<void> {
    return this.after(() => this.handle(batch));
  }

  private after(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** The name under which its marks and dead letters stand. */
  get name(): string {
    return this.options.reader;
  }

  /**
   * Puts one message through its handler again, in one transaction with `within`, past the mark that it was read. For dead letters,
   * which carry that mark; `DeadLetters.redrive` sees to it that it happens once.
   * @throws what the handler throws; nothing has changed then
   */
  again(message: Message, within: (tx: Tx) => Promise<void>): Promise<void> {
    return this.after(() => this.driveAgain(message, within));
  }

  private async driveAgain(message: Message, within: (tx: Tx) => Promise<void>): Promise<void> {
    const { database, prepare, afterBatch } = this.options;
    await prepare?.([message]);
    await database.run(async (tx) => {
      await within(tx);
      await this.handlerOf(message)(tx, message);
    });
    afterBatch?.();
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
    const failed: Failing = (message, error) => {
      failures.set(message, error);
      this.options.log.write('warn', 'message-failed', { type: message.type, id: message.id, attempt, reason: letterError(error) });
    };
    for (let from = 0; from < messages.length; from += TOGETHER_MAX) {
      const heldUp = new Set([...failures.keys()].map(({ key }) => key));
      const part = messages.slice(from, from + TOGETHER_MAX);
      for (const message of part) if (heldUp.has(message.key)) failed(message, behindFailed().error);
      const free = part.filter(({ key }) => !heldUp.has(key));
      if (free.length > 0) await this.manyInOrder(free, failed);
    }
    return failures;
  }

  /**
   * One closure for many keys, so that their marks are one statement and what their effects leave to be gathered is written once. When it fails, each key has a
   * closure of its own, so that a message holds up its own key and no other.
   */
  private async manyInOrder(messages: readonly Message[], failed: Failing): Promise<void> {
    const keys = byKey(messages);
    if (keys.size > 1 && !(await this.tryTogether(messages))) return;
    await Promise.all([...keys.values()].map((ofKey) => this.inOrder(ofKey, failed)));
  }

  /**
   * Messages of one key take effect one after another, also where the store runs closures side by side: all in one closure, or, when
   * that fails, those before the one that failed by themselves. What stands behind a failure waits.
   */
  private async inOrder(messages: readonly Message[], failed: Failing): Promise<void> {
    const stuck = await this.tryTogether(messages);
    if (!stuck) return;
    let isHeldUp = false;
    for (const [index, message] of messages.entries()) {
      const failure = isHeldUp ? behindFailed() : index === stuck.at ? stuck : await this.tryTogether([message]);
      if (!failure) continue;
      isHeldUp = true;
      failed(message, failure.error);
    }
  }

  /** @returns where it failed, and then nothing has changed; undefined when all have taken effect */
  private async tryTogether(messages: readonly Message[]): Promise<Failure | undefined> {
    let at = 0;
    try {
      await this.options.database.run(async (tx) => {
        const fresh = await this.mark(tx, messages);
        if (fresh.size > 1)
          await this.options.load?.(
            tx,
            messages.filter(({ id }) => fresh.has(id)),
          );
        // Set from the beginning by every run, so a closure that is run again leaves nothing of its first run here.
        for (const [index, message] of messages.entries()) {
          at = index;
          // A message may stand twice in a batch.
          if (fresh.delete(message.id)) await inTraceOf(message, () => this.takeEffect(tx, message));
        }
      });
      return undefined;
    } catch (error) {
      return { at, error };
    }
  }

  /**
   * Marks those that were not read before, and says which they are. A mark that another process sets at the same moment fails the closure, which is then run
   * again and sees it.
   */
  private async mark(tx: Tx, messages: readonly Message[]): Promise<Set<string>> {
    const { reader, clock } = this.options;
    const ids = [...new Set(messages.map(({ id }) => id))];
    const [only] = ids;
    if (only !== undefined && ids.length === 1)
      return new Set((await tx.insertOnce('inbox', markOf(reader, only, clock.now()))) ? [only] : []);
    const read = await tx.all<{ message_id: string }>(
      `SELECT message_id FROM inbox WHERE reader = ? AND message_id IN (${placeholders(ids.length)})`,
      [reader, ...ids],
    );
    const fresh = new Set(ids);
    for (const { message_id } of read) fresh.delete(message_id);
    const marks = [...fresh].map((id) => markOf(reader, id, clock.now()));
    await insertMany(tx, 'inbox', marks);
    return fresh;
  }

  private async takeEffect(tx: Tx, message: Message): Promise<void> {
    failPoint('inbox.marked-before-effect');
    await this.handlerOf(message)(tx, message);
    failPoint('inbox.effect-before-commit');
    tx.afterCommit(() => failPoint('inbox.effect-after-commit'));
  }

  private handlerOf(message: Message): MessageHandler {
    const handler = this.options.handlers[message.type];
    if (!handler) throw new AppError('unknown-message', `no handler for ${message.type}`, { level: 'error' });
    return handler;
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
        error: letterError(error),
        died_at: clock.now(),
        redriven_at: null,
      });
    });
    log.write('error', 'dead-letter', { reader, type: message.type, id: message.id, reason: letterError(error) });
  }
}

type Failing = (message: Message, error: unknown) => void;

function markOf(reader: string, messageId: string, at: number) {
  return { reader, message_id: messageId, at };
}

interface Failure {
  readonly at: number;
  readonly error: unknown;
}

function behindFailed(): Failure {
  return { at: 0, error: new AppError('behind-failed', 'an earlier message of the key has failed', { retryable: true }) };
}

/** In the order in which they came. */
function byKey(messages: readonly Message[]): ReadonlyMap<string, readonly Message[]> {
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const group = groups.get(message.key);
    if (group) group.push(message);
    else groups.set(message.key, [message]);
  }
  return groups;
}
