import type { OrderResolved } from '#contracts';
import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { changeOrder, hasEnded, seeOrder, type SeenRow } from '../../adapters/store/order-rows.js';
import type { OpenOrder } from '../../adapters/store/order-vault.js';
import { endOrder } from '../end-order/end-order.js';

/**
 * `order.resolved.v1`: two persons have found out what became of an order. `settled` ends it here and its lane goes on; `send-again`
 * lets the same bytes go out under the same number once more, because the bank has confirmed that it never had them.
 */
export class ResolveOrder {
  constructor(private readonly context: BankContext) {}

  async execute(tx: Tx, resolved: OrderResolved, known: OpenOrder | undefined): Promise<void> {
    const { log, bank, announce } = this.context;
    const row = await seeOrder(tx, resolved.orderNumber);
    if (!row || !known || hasEnded(row.standing)) {
      return log.write('warn', 'resolution-without-effect', { bank, orderNumber: resolved.orderNumber, outcome: resolved.outcome });
    }
    const isDone = resolved.outcome === 'settled' ? await this.settle(tx, row) : await this.sendAgain(tx, row);
    if (!isDone) return log.write('warn', 'resolution-without-effect', { bank, orderNumber: row.order_number, outcome: resolved.outcome });
    await announce.fact(tx, known, 'order.resolved', { outcome: resolved.outcome, evidence: resolved.evidence });
    tx.afterCommit(() => this.context.wake());
  }

  private async settle(tx: Tx, row: SeenRow): Promise<boolean> {
    await tx.run(`UPDATE desk_orders SET status = 'answered', draft_sealed = NULL, version = version + 1 WHERE order_number = ?`, [
      row.order_number,
    ]);
    return endOrder(this.context, tx, row, 'settled');
  }

  /** Only an order in doubt: what the bank has accepted or refused never goes out again. */
  private async sendAgain(tx: Tx, row: SeenRow): Promise<boolean> {
    if (row.delivery !== 'UNKNOWN') return false;
    return changeOrder(tx, row, { standing: 'open', code: 'send-again', next_try_at: this.context.clock.now() });
  }
}
