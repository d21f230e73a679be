import type { OrderWithdrawalAsked } from '#contracts';
import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { seeOrder, type SeenRow } from '../../adapters/store/order-rows.js';
import type { KnownOrder, OpenOrder } from '../../adapters/store/order-vault.js';
import { endOrder } from '../end-order/end-order.js';

/** Why an order never left: a gate's code, or one of ours. `reason` is Chinese and shown to the officer. */
export interface WithdrawalReason {
  readonly code: string;
  readonly reason: string;
}

/** The gateway's text is cut to what the event can carry. */
const REASON_MAX = 900;

/** Whether an order can still be withdrawn: nothing of it has left. */
export function isUnsent(row: Pick<SeenRow, 'delivery' | 'standing'>): boolean {
  return row.delivery === 'READY' && (row.standing === 'waiting' || row.standing === 'open');
}

/** Ends an order that has not left, inside the caller's transaction. */
export async function withdraw(context: BankContext, tx: Tx, known: KnownOrder, why: WithdrawalReason): Promise<void> {
  const { row } = known;
  if (!(await endOrder(context, tx, row, 'withdrawn', { code: why.code }))) return;
  await tx.run(`UPDATE desk_orders SET status = 'withdrawn', version = version + 1 WHERE order_number = ?`, [row.order_number]);
  const reason = why.reason.slice(0, REASON_MAX);
  context.announce.progress(tx, { orderNumber: row.order_number, event: 'withdrawn', code: why.code, reason });
  context.announce.note(tx, { about: known, type: 'order.withdrawn', content: { code: why.code, reason: why.reason } });
}

/** `order.withdrawal-asked.v1`: the officer takes an order back. Once it has left this changes nothing; the gateway knows from `sent`. */
export class WithdrawOrder {
  constructor(private readonly context: BankContext) {}

  /** The row is read here; only what it takes to open the order was fetched before. */
  async execute(tx: Tx, asked: OrderWithdrawalAsked, known: OpenOrder | undefined): Promise<void> {
    const { log, clock, bank } = this.context;
    const row = await seeOrder(tx, asked.orderNumber);
    if (!row) {
      // The order itself is still on its way, behind a message that failed: it will find this word when it comes.
      await tx.insertOnce('early_withdrawals', { order_number: asked.orderNumber, reason: asked.reason, at: clock.now() });
      return;
    }
    if (!known || !isUnsent(row)) return log.write('info', 'withdrawal-too-late', { bank, orderNumber: row.order_number });
    await withdraw(this.context, tx, { ...known, row }, { code: 'withdrawn-by-officer', reason: asked.reason });
  }
}
