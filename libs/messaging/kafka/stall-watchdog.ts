import { Recurring, errorText, type Clock, type Log, type RealTime } from '#kernel';
import type { AdminClient } from './admin-client.js';
import { standingOf } from './offsets.js';

/** How often the readers are looked at. */
export const WATCH_EVERY_MS = 5_000;
/** A reader that is behind and has been handed nothing for this long is made anew. */
export const STALL_MS_MAX = 15_000;
/** A reader that has not joined its group for this long is made anew, whatever there is to read. */
export const JOIN_MS_MAX = 60_000;

/** What the watchdog sees of a reader. */
export interface Watched {
  readonly groupId: string;
  readonly topic: string;
  /** Real milliseconds since something was handed over; 0 while a batch is being handled. */
  idleMs(): number;
  /** Partitions given to this member, or undefined while it has not joined. */
  assignment(): readonly number[] | undefined;
  rebuild(reason: string): void;
}

/**
 * Finds the consumer that has silently stopped (tulios/kafkajs issues 659, 1527, 1720): it holds partitions in which messages wait, and has
 * handed over nothing for a while. An idle reader costs nothing; the broker is asked only about one that has been quiet that long.
 */
export class StallWatchdog {
  private readonly loop: Recurring;

  constructor(
    private readonly readers: () => readonly Watched[],
    private readonly admin: Pick<AdminClient, 'use'>,
    time: RealTime,
    private readonly log: Log,
  ) {
    const failed = (error: unknown): void => this.log.write('info', 'kafka-watch-failed', { reason: errorText(error) });
    this.loop = new Recurring(realClock(time), WATCH_EVERY_MS, () => this.look(), failed);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  async look(): Promise<void> {
    for (const reader of this.readers()) {
      const idle = reader.idleMs();
      if (idle < STALL_MS_MAX) continue;
      const assigned = reader.assignment();
      if (!assigned) {
        if (idle >= JOIN_MS_MAX) reader.rebuild(`has not joined its group for ${Math.round(idle)} ms`);
        continue;
      }
      const standings = await this.admin.use((admin) => standingOf(admin, reader.groupId, reader.topic));
      const behind = standings.filter(({ partition }) => assigned.includes(partition)).reduce((sum, each) => sum + each.behind, 0);
      if (behind > 0 && reader.idleMs() >= STALL_MS_MAX) reader.rebuild(`${behind} messages wait and none came for ${Math.round(idle)} ms`);
    }
  }
}

/** The broker knows nothing of business time: a jump of it must not look like a stall. */
function realClock(time: RealTime): Clock {
  return {
    now: () => time.realNow(),
    setTimer: (delayMs, work) => time.setRealTimer(delayMs, work),
    sleep: (delayMs) => time.realSleep(delayMs),
  };
}
