import type { EachBatchPayload } from 'kafkajs';
import { AppError, errorText, failPoint, type Log, type RealTime, type Timer } from '#kernel';
import { BATCH_SIZE_MAX, type BatchHandler, type Message } from '../bus.js';
import { REDELIVERY_MS_FIRST, REDELIVERY_MS_MAX } from '../in-process-bus.js';
import { messageOfRecord } from './wire.js';

/** A failed batch is tried again at once this often; then its partition rests, so that the others of the topic go on. */
export const IN_PLACE_TRIES_MAX = 6;
/** Pause between two looks at whether a heartbeat is due, while a handler runs. */
const HEARTBEAT_LOOK_MS = 500;

export interface DeliveryParts {
  readonly group: string;
  readonly handle: BatchHandler;
  readonly time: RealTime;
  readonly log: Log;
  readonly onDelivered: (batch: readonly Message[]) => Promise<void>;
  readonly onRedelivery: () => void;
}

/**
 * Hands a fetched batch to the handler in parts of at most BATCH_SIZE_MAX. The offset is committed after the handler's promise
 * has resolved (I4); a rejection brings the same messages again, and nothing behind them is touched before.
 */
export class BatchDelivery {
  private readonly resting = new Set<Timer>();

  constructor(private readonly parts: DeliveryParts) {}

  /** What kafkajs calls. Returning without resolving offsets makes it fetch from the same place again. */
  async take(payload: EachBatchPayload, isCurrent: () => boolean): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const usable = (): boolean => payload.isRunning() && !payload.isStale() && isCurrent();
    for (let from = 0; from < messages.length; from += BATCH_SIZE_MAX) {
      if (!usable()) return;
      const records = messages.slice(from, from + BATCH_SIZE_MAX);
      const batch = records.map((record) => messageOfRecord(topic, partition, record));
      const beat = new Heartbeat(payload, this.parts.time);
      failPoint('kafka.fetched-before-handling');
      if (!(await this.deliver(batch, beat, usable))) {
        beat.rethrow();
        if (usable()) this.rest(payload);
        return;
      }
      const last = records[records.length - 1]?.offset ?? payload.batch.lastOffset();
      failPoint('kafka.handled-before-offset');
      payload.resolveOffset(last);
      // Also when the group is being rebalanced: the coordinator takes commits of the old members until the new ones are settled.
      const committed = payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: following(last) }] }] });
      failPoint('kafka.offset-on-its-way');
      await Promise.all([committed, this.parts.onDelivered(batch)]);
      failPoint('kafka.offset-committed');
      beat.rethrow();
      await payload.heartbeat();
    }
  }

  /** Forgets the partitions that rest; for the time when their consumer goes. */
  stop(): void {
    for (const timer of this.resting) timer.cancel();
    this.resting.clear();
  }

  private async deliver(batch: readonly Message[], beat: Heartbeat, usable: () => boolean): Promise<boolean> {
    let delay = REDELIVERY_MS_FIRST;
    for (let tries = 1; tries <= IN_PLACE_TRIES_MAX; tries += 1) {
      try {
        await beat.during(this.parts.handle(batch));
        return true;
      } catch (error) {
        this.parts.onRedelivery();
        const { group, log } = this.parts;
        log.write('warn', 'bus-redelivers', { group, topic: batch[0]?.topic, tries, reason: errorText(error) });
      }
      await beat.during(this.parts.time.realSleep(delay));
      if (beat.failed || !usable()) return false;
      delay = Math.min(delay * 2, REDELIVERY_MS_MAX);
    }
    return false;
  }

  /** Lets the partition alone for a while; the offset stays, so the same messages come again. */
  private rest(payload: EachBatchPayload): void {
    const resume = payload.pause();
    const timer = this.parts.time.setRealTimer(REDELIVERY_MS_MAX, () => {
      this.resting.delete(timer);
      resume();
    });
    this.resting.add(timer);
  }
}

/** Keeps the member in its group while work runs. A failed beat is kept for later: the work is never abandoned half way. */
class Heartbeat {
  private failure: unknown;
  failed = false;

  constructor(
    private readonly payload: EachBatchPayload,
    private readonly time: RealTime,
  ) {}

  async during(work: Promise<void>): Promise<void> {
    let running = true;
    const done = work.finally(() => (running = false));
    const beating = this.beatWhile(() => running, done);
    await Promise.all([done, beating]);
  }

  rethrow(): void {
    if (this.failed) throw this.failure instanceof Error ? this.failure : new AppError('bus-unavailable', errorText(this.failure));
  }

  private async beatWhile(running: () => boolean, done: Promise<void>): Promise<void> {
    while (running()) {
      const pause = this.pause();
      await Promise.race([pause.over, done.then(ignore, ignore)]);
      pause.cancel();
      if (!running() || this.failed) return;
      try {
        await this.payload.heartbeat();
      } catch (error) {
        this.failed = true;
        this.failure = error;
      }
    }
  }

  private pause(): { readonly over: Promise<void>; cancel(): void } {
    let timer: Timer | undefined;
    const over = new Promise<void>((resolve) => (timer = this.time.setRealTimer(HEARTBEAT_LOOK_MS, resolve)));
    return { over, cancel: () => timer?.cancel() };
  }
}

/** What the work came to is its caller's business; the heart only needs to know that it is over. */
function ignore(): void {
  return undefined;
}

/** The offset to commit: the next one to read. Offsets go beyond 2^53 on the wire, so no number is made of them. */
function following(offset: string): string {
  return String(BigInt(offset) + 1n);
}
