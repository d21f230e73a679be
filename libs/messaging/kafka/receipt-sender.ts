import { errorText, type Log, type RealTime, type Timer } from '#kernel';
import type { Message } from '../bus.js';
import { receiptsFor } from '../receipts.js';

/** Real milliseconds for which receipts are gathered: nobody waits for them, the sender's sweeper for a minute. */
const GATHER_MS = 250;
/** Messages that may wait for their receipts; more are sent at once. */
const WAITING_MAX = 2_000;
/** Messages that one call of `receiptsFor` is given, so that no receipt names more than its contract allows. */
const PART_MAX = 200;

export interface ReceiptParts {
  readonly publish: (receipts: readonly Message[]) => Promise<void>;
  readonly time: RealTime;
  readonly log: Log;
  /** Called with the number of receipts that could not be sent. */
  readonly onLost: (count: number) => void;
}

/**
 * Sends receipts of what many batches have brought together: every source reads all receipts, so one message for each batch would be handed over
 * many times. What a process that dies has not sent is published again by its sender and dropped as known.
 */
export class ReceiptSender {
  private waiting: Message[] = [];
  private timer: Timer | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ReceiptParts) {}

  /** Messages whose effects are committed. */
  taken(batch: readonly Message[]): void {
    // The bodies are of no more use and may be large.
    for (const message of batch) this.waiting.push({ ...message, body: NO_BYTES });
    if (this.waiting.length >= WAITING_MAX) return this.send();
    this.timer ??= this.parts.time.setRealTimer(GATHER_MS, () => this.send());
  }

  /** Sends what waits, and ends when it is safe or lost. */
  async close(): Promise<void> {
    this.send();
    await this.sending;
  }

  private send(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const taken = this.waiting;
    this.waiting = [];
    if (taken.length > 0) this.sending = Promise.all([this.sending, this.publish(taken)]).then(() => undefined);
  }

  private async publish(taken: readonly Message[]): Promise<void> {
    const { publish, time, log, onLost } = this.parts;
    const receipts: Message[] = [];
    for (let from = 0; from < taken.length; from += PART_MAX)
      receipts.push(...receiptsFor(taken.slice(from, from + PART_MAX), time.realNow()));
    if (receipts.length === 0) return;
    try {
      await publish(receipts);
    } catch (error) {
      // The effects stand. The sender publishes again after a while, and the next receipt tells it.
      onLost(receipts.length);
      log.write('warn', 'receipts-not-sent', { reason: errorText(error) });
    }
  }
}

const NO_BYTES = Buffer.alloc(0);
