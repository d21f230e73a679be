import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { BankCores } from '../banks/bank-cores.js';
import type { DayBook } from '../banks/day-book.js';
import type { NoticeBox } from '../banks/notices.js';
import type { BankOrders } from '../banks/orders.js';
import type { MessageSignatures } from './message-signatures.js';

/** The inside of a bank, as its front end sees it. */
export interface BankInside {
  readonly bank: string;
  readonly cores: BankCores;
  readonly orders: BankOrders;
  readonly notices: NoticeBox;
  readonly days: DayBook;
  readonly signatures: MessageSignatures;
}

/** What a front end has of the world outside. */
export interface Surroundings {
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
}

/** A front end that works by itself, without being called. */
export interface Worker {
  start(): Promise<void> | void;
  stop(): Promise<void>;
}
