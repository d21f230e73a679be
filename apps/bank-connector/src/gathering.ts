import type { RealTime } from '#kernel';

/**
 * Lets things that happen within a few milliseconds happen together, so that their transactions share a commit: a disk that takes
 * long to be sure is asked less often. Real time.
 */
export class Gathering {
  private next: Promise<void> | undefined;

  constructor(
    private readonly time: RealTime,
    private readonly windowMs: number,
  ) {}

  /** Resolves at the end of the window that is open now; the first caller opens it. */
  turn(): Promise<void> {
    this.next ??= this.open();
    return this.next;
  }

  private async open(): Promise<void> {
    await this.time.realSleep(this.windowMs);
    this.next = undefined;
  }
}

/** Calls `work` once for any number of calls within a window. Real time. */
export class Debounced {
  private isWaiting = false;

  constructor(
    private readonly time: RealTime,
    private readonly windowMs: number,
    private readonly work: () => void,
  ) {}

  readonly call = (): void => {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.time.setRealTimer(this.windowMs, () => {
      this.isWaiting = false;
      this.work();
    });
  };
}
