import { errorText, Recurring } from '#kernel';
import type { BankContext } from '../bank-context.js';
import { OfferOrders } from '../use-cases/offer-orders/offer-orders.js';
import type { Driver } from './driver.js';

/** Business milliseconds between two looks when nobody wakes the driver. */
const LOOK_EVERY_MS = 1_000;

/** A bank that polls drives itself; here its orders are only made available. */
export class PullDriver implements Driver {
  private readonly turns: Recurring;

  constructor(context: BankContext) {
    const offer = new OfferOrders(context);
    const turn = async (): Promise<void> => {
      if (context.speaker.held && context.isOpen() && (await offer.execute()) === OfferOrders.atOnceMax) this.wake();
    };
    const failed = (error: unknown): void =>
      context.log.write('warn', 'pull-turn-failed', { bank: context.bank, reason: errorText(error) });
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
