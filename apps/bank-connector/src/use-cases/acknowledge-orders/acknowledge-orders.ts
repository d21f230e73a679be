import { failPoint } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import { findOrders } from '../../adapters/store/order-rows.js';
import { RecordAnswer } from '../record-answer/record-answer.js';
import { SettleDelivery } from '../settle-delivery/settle-delivery.js';

export interface Acknowledged {
  readonly orderNumber: string;
  readonly result: 'ok' | 'unknown';
}

/** The bank says that it has these orders; they are served no more. A number that was never served is `unknown`. */
export class AcknowledgeOrders {
  private readonly settle: SettleDelivery;

  constructor(private readonly context: BankContext) {
    this.settle = new SettleDelivery(context, new RecordAnswer(context));
  }

  async execute(orderNumbers: readonly string[], receivedAt: string | undefined): Promise<readonly Acknowledged[]> {
    const rows = await findOrders(this.context.database.reader, [...new Set(orderNumbers)]);
    const served = new Map(rows.filter(({ delivery }) => delivery !== 'READY').map((row) => [row.order_number, row]));
    const pending = [...served.values()].filter(({ delivery }) => delivery === 'SENDING' || delivery === 'UNKNOWN');
    await this.settle.acceptedTogether(pending, receivedAt);
    if (pending.length > 0) failPoint('connector.acknowledged-before-reply');
    return orderNumbers.map((orderNumber) => ({ orderNumber, result: served.has(orderNumber) ? 'ok' : 'unknown' }));
  }
}
