import { failPoint, instantText, parseInstant } from '#kernel';
import { afterCrash, DELIVERY_LIFE, move } from '#orders';
import { placeholders, type Tx } from '#persistence';
import type { RejectedOutcome } from '#connector-sdk';
import type { BankContext } from '../../bank-context.js';
import { changeOrder, findOrder, hasEnded, moveDelivery, seeOrder, type SeenRow } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import type { RecordAnswer } from '../record-answer/record-answer.js';
import { park } from '../park-order/park-order.js';

/** Business milliseconds to the next question about an order in doubt; the last one repeats. All below the 30 s of I5. */
const ASK_AGAIN_MS = [500, 1_000, 2_000, 4_000, 5_000] as const;
/** Questions about one order before a person must look; at the last pace this is more than a day. */
export const QUESTIONS_MAX = 20_000;
/** Business milliseconds to the next question about an order that the bank has but has not answered: its call-back may be lost. */
const ACCEPTED_ASK_MS = [5_000, 10_000, 20_000, 60_000, 300_000] as const;

/** Business milliseconds between questions about an answer that could not be trusted. */
const DOUBT_ASK_MS = [60_000, 300_000] as const;

function delayOf(delays: readonly number[], attempt: number): number {
  return delays[Math.min(attempt, delays.length - 1)] ?? 0;
}

/** One of several orders is no longer as it was seen. */
class MovedMeanwhile extends Error {}

/** What a bank's reply, or its silence, makes of an order that is SENDING or UNKNOWN. */
export class SettleDelivery {
  constructor(
    private readonly context: BankContext,
    private readonly recordAnswer: RecordAnswer,
  ) {}

  /** The bank has it and will answer later. */
  async accepted(orderNumber: string, statedAt: string | undefined): Promise<void> {
    const { database, clock, announce } = this.context;
    await database.run(async (tx) => {
      const row = await seeOrder(tx, orderNumber);
      if (!row || row.standing !== 'open') return;
      if (row.delivery === 'READY' || row.delivery === 'REJECTED') return;
      const now = clock.now();
      const attempts = row.delivery === 'ACCEPTED' ? row.attempts + 1 : 0;
      const change = { attempts, next_try_at: now + delayOf(ACCEPTED_ASK_MS, attempts) };
      if (row.delivery === 'ACCEPTED') return void (await changeOrder(tx, row, change));
      const at = statedAt ?? instantText(now);
      await moveDelivery(tx, row, 'ACCEPTED', { ...change, received_at: parseInstant(at) });
      announce.progress(tx, { orderNumber, event: 'received', at });
      failPoint('connector.received-before-commit');
      tx.afterCommit(() => failPoint('connector.received-after-commit'));
    });
  }

  /** As `accepted`, for the orders that a bank acknowledges together: one transaction, or, when one of them has moved meanwhile, one for each. */
  async acceptedTogether(rows: readonly SeenRow[], statedAt: string | undefined): Promise<void> {
    try {
      if (rows.length > 1) return await this.context.database.run((tx) => this.acceptAll(tx, rows, statedAt));
    } catch (error) {
      if (!(error instanceof MovedMeanwhile)) throw error;
    }
    await Promise.all(rows.map((row) => this.accepted(row.order_number, statedAt)));
  }

  private async acceptAll(tx: Tx, rows: readonly SeenRow[], statedAt: string | undefined): Promise<void> {
    const now = this.context.clock.now();
    const at = statedAt ?? instantText(now);
    for (const delivery of ['SENDING', 'UNKNOWN'] as const) {
      const numbers = rows.filter((row) => row.delivery === delivery).map(({ order_number }) => order_number);
      if (numbers.length === 0) continue;
      const changed = await tx.run(
        `UPDATE orders SET delivery = ?, attempts = 0, next_try_at = ?, received_at = ?
         WHERE order_number IN (${placeholders(numbers.length)}) AND delivery = ? AND standing = 'open'`,
        [move(DELIVERY_LIFE, delivery, 'ACCEPTED'), now + delayOf(ACCEPTED_ASK_MS, 0), parseInstant(at), ...numbers, delivery],
      );
      if (changed !== numbers.length) throw new MovedMeanwhile();
      this.context.announce.progress(tx, ...numbers.map((orderNumber) => ({ orderNumber, event: 'received' as const, at })));
    }
    failPoint('connector.received-before-commit');
    tx.afterCommit(() => failPoint('connector.received-after-commit'));
  }

  /** Nobody knows. A bank that can be asked is asked again and again; any other is a person's matter at once. */
  async unknown(orderNumber: string): Promise<void> {
    const { database, manifest, vault } = this.context;
    const seen = await findOrder(database.reader, orderNumber);
    const known = seen && (await vault.know(seen));
    await database.run(async (tx) => {
      const row = await seeOrder(tx, orderNumber);
      if (!row || !known || row.standing !== 'open') return;
      if (row.delivery === 'ACCEPTED') return void (await changeOrder(tx, row, this.nextQuestion(row, ACCEPTED_ASK_MS)));
      if (row.delivery !== 'SENDING' && row.delivery !== 'UNKNOWN') return;
      const change = this.nextQuestion(row, ASK_AGAIN_MS);
      if (row.delivery === 'SENDING') await moveDelivery(tx, row, afterCrash(row.delivery), { ...change, attempts: 0 });
      else await changeOrder(tx, row, change);
      if (manifest.statusQuery && row.attempts < QUESTIONS_MAX) return;
      const doubt = { code: 'no-status', reason: '请求已发出，银行未答复且无法查知是否办理' };
      await park(this.context, tx, { ...known, row: { ...row, delivery: 'UNKNOWN' } }, doubt);
    });
  }

  /** A question brought nothing new: the next one comes later, and changes nothing else. */
  async stillInDoubt(orderNumber: string): Promise<void> {
    await this.context.database.run(async (tx) => {
      const row = await seeOrder(tx, orderNumber);
      if (!row || hasEnded(row.standing)) return;
      await changeOrder(tx, row, this.nextQuestion(row, row.standing === 'parked' ? DOUBT_ASK_MS : ACCEPTED_ASK_MS));
    });
  }

  /** The bank took an order and now says that it has never seen it: nobody knows what it did. */
  async forgotten(known: KnownOrder): Promise<void> {
    const doubt = { code: 'forgotten-by-bank', reason: '银行曾确认收到，现又称没有该请求单' };
    await this.context.database.run((tx) => park(this.context, tx, known, doubt));
  }

  /** The bank did nothing and says why: for the court the same as a rollback, without a signature that vouches for it. */
  async rejected(known: KnownOrder, outcome: RejectedOutcome): Promise<void> {
    await this.recordAnswer.rejection(known, outcome);
  }

  private nextQuestion(row: SeenRow, delays: readonly number[]): { attempts: number; next_try_at: number } {
    return { attempts: row.attempts + 1, next_try_at: this.context.clock.now() + delayOf(delays, row.attempts) };
  }
}
