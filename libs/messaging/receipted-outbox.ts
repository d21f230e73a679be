import type { Clock, Log } from '#kernel';
import type { Database } from '#persistence';
import type { MessageBus } from './bus.js';
import { OutboxReceipts } from './receipts.js';
import type { Leader, Relay } from './relay.js';
import { Sweeper } from './sweeper.js';

/** What an outbox needs of its app. */
export interface OutboxSurroundings {
  readonly database: Database;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly leader?: Leader;
}

/** Receipts and sweeper of one outbox, started and stopped with its relay, where the bus acknowledges before the effect. */
export class ReceiptedOutbox {
  private sweeper: Sweeper | undefined;

  async start({ database, bus, clock, log, leader }: OutboxSurroundings, relay: Relay, source: string): Promise<void> {
    await new OutboxReceipts({ database, bus, source, log }).start();
    this.sweeper = new Sweeper({ database, relay, clock, log, ...(leader ? { leader } : {}) });
    this.sweeper.start();
  }

  async stop(): Promise<void> {
    await this.sweeper?.stop();
  }
}
