import { errorText, Recurring } from '#kernel';
import type { BankContext } from '../bank-context.js';
import { ShowAtDesk } from '../use-cases/show-at-desk/show-at-desk.js';
import type { Driver } from './driver.js';

/** Business milliseconds between two looks when nobody wakes the driver. */
const LOOK_EVERY_MS = 1_000;

/** Brings orders to the clerks' screen; the clerks do the rest. */
export class DeskDriver implements Driver {
  private readonly turns: Recurring;

  constructor(context: BankContext) {
    const show = new ShowAtDesk(context);
    const turn = async (): Promise<void> => {
      if (context.isOpen() && (await show.execute()) === ShowAtDesk.atOnceMax) this.wake();
    };
    const failed = (error: unknown): void =>
      context.log.write('warn', 'desk-turn-failed', { bank: context.bank, reason: errorText(error) });
    this.turns = new Recurring(context.clock, LOOK_EVERY_MS, turn, failed);
  }

  start(): Promise<void> {
    this.turns.start();
    return Promise.resolve();
  }

  wake(): void {
    this.turns.wake();
  }

  stop(): Promise<void> {
    return this.turns.stop();
  }
}
