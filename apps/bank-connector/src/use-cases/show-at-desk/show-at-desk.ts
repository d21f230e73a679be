import { errorText } from '#kernel';
import { checkBeforeSending } from '#orders';
import { insert, type Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { factsBeforeSending, gatesOf } from '../../adapters/store/gate-rows.js';
import { changeOrder, dueOrders, moveDelivery } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import { withdraw } from '../withdraw-order/withdraw-order.js';

/** Orders that one turn brings to the desk. */
const SHOWN_MAX = 100;
/** R11: a bank answers within 24 hours of receipt. Business time. */
const ANSWER_WITHIN_MS = 24 * 3_600_000;

/**
 * Brings orders whose turn it is onto the clerks' screen. There is no wire in between: what is on the screen has been received by the
 * bank, so the order is READY, SENDING and ACCEPTED in one transaction and is never in doubt.
 */
export class ShowAtDesk {
  constructor(private readonly context: BankContext) {}

  /** @returns how many there were; the maximum means that there may be more */
  async execute(): Promise<number> {
    const { database, clock, vault, log, bank } = this.context;
    const rows = await dueOrders(database.reader, ['READY'], clock.now(), SHOWN_MAX);
    for (const row of rows) {
      try {
        const known = await vault.know(row);
        await database.run((tx) => this.show(tx, known));
      } catch (error) {
        log.write('error', 'order-not-shown', { bank, orderNumber: row.order_number, reason: errorText(error) });
        await database.run((tx) => changeOrder(tx, row, { next_try_at: clock.now() + 60_000 }));
      }
    }
    return rows.length;
  }

  static readonly atOnceMax = SHOWN_MAX;

  private async show(tx: Tx, known: KnownOrder): Promise<void> {
    const { announce, clock } = this.context;
    const { row } = known;
    const orderNumber = row.order_number;
    const now = clock.now();
    const refusal = checkBeforeSending(factsBeforeSending(await gatesOf(tx, [known]), known, now));
    if (refusal) return withdraw(this.context, tx, known, { code: refusal.code, reason: refusal.detail });
    const times = { available_at: now, received_at: now, sent_at: now, attempts: 1 };
    if (!(await moveDelivery(tx, row, 'SENDING', times))) return;
    await moveDelivery(tx, { ...row, delivery: 'SENDING' }, 'ACCEPTED');
    await insert(tx, 'desk_orders', {
      order_number: orderNumber,
      case_id: row.case_id,
      action: row.action,
      status: 'received',
      version: 1,
      received_at: now,
      due_at: now + ANSWER_WITHIN_MS,
    });
    announce.progress(tx, { orderNumber, event: 'available' }, { orderNumber, event: 'received' });
    await announce.fact(tx, known, 'order.sent', { attempt: 1, way: 'desk' });
  }
}
