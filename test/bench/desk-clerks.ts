import { setTimeout as pause } from 'node:timers/promises';
import { errorText } from '#kernel';
import type { TestSystem } from '#testing';
import { say } from './say.js';

export const DESK_BANK = 'wrcb';
const CLERK = `clerk.${DESK_BANK}`;
const REVIEWER = `reviewer.${DESK_BANK}`;
const LIST_MAX = 200;
/** Pairs of clerks who work at once. */
const PAIRS = 8;
const LOOK_EVERY_MS = 50;
/** What every clerk types: one account, as the banks with a core answer for one. */
const ANSWER = {
  result: 'found',
  lines: [{ account: '6000000000009', kind: 'current', currency: 'CNY', state: 'normal', balance: '1000.00', available: '1000.00' }],
};

interface Listed {
  readonly items: readonly { readonly orderNumber: string }[];
}

/** Clerks who type without a pause for thought, and reviewers who approve at once: what is left is the cost of the desk itself. */
export class DeskClerks {
  private stopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly system: TestSystem) {}

  start(): void {
    this.running = this.work();
  }

  /** May be called again. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      try {
        const { items } = await this.system.as(CLERK).read<Listed>(`/api/v1/desk/orders?status=received&limit=${LIST_MAX}`);
        await this.answerAll(items.map(({ orderNumber }) => orderNumber));
        if (items.length === 0) await pause(LOOK_EVERY_MS);
      } catch (error) {
        say(`the desk: ${errorText(error)}`);
        await pause(LOOK_EVERY_MS);
      }
    }
  }

  private async answerAll(orderNumbers: readonly string[]): Promise<void> {
    const left = [...orderNumbers];
    const pair = async (): Promise<void> => {
      for (let number = left.pop(); number !== undefined; number = left.pop()) {
        await this.system.as(CLERK).write('POST', `/api/v1/desk/orders/${number}/answer`, ANSWER);
        await this.system.as(REVIEWER).write('POST', `/api/v1/desk/orders/${number}/review`, { decision: 'approve' });
      }
    };
    await Promise.all(Array.from({ length: PAIRS }, pair));
  }
}
