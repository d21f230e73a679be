import { Recurring, type Clock, type Timer } from '#kernel';

/** How often an idle watch looks, when nobody nudges it. */
export const RELAY_IDLE_MS = 250;
/** Pause after a turn that found something, doubled with every empty one up to RELAY_IDLE_MS. */
const QUICK_MS_FIRST = 5;

/**
 * Looks whether an outbox has something to publish. Where other processes write into it nobody nudges, so it looks again quickly
 * after it found something and slows down while it finds nothing.
 */
export class OutboxWatch {
  private readonly loop: Recurring;
  private quickMs = RELAY_IDLE_MS;
  private quick: Timer | undefined;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    /** Whether others write into the same outbox. */
    private readonly watchful: boolean,
    /** Says whether it found something. */
    look: () => Promise<boolean>,
    onError: (error: unknown) => void,
  ) {
    this.loop = new Recurring(clock, RELAY_IDLE_MS, async () => this.lookAgain(await look()), onError);
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.quick?.cancel();
    await this.loop.stop();
  }

  private lookAgain(found: boolean): void {
    this.quick?.cancel();
    if (!this.watchful || this.stopped) return;
    this.quickMs = found ? QUICK_MS_FIRST : this.quickMs * 2;
    if (this.quickMs >= RELAY_IDLE_MS) this.quickMs = RELAY_IDLE_MS;
    else this.quick = this.clock.setTimer(this.quickMs, () => this.loop.wake());
  }
}
