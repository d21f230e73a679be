import { AppError } from '#kernel';
import { placeholders, type Row, type Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';

/** Orders that one turn offers. */
const OFFERED_MAX = 200;
const IS_OFFERABLE = "standing = 'open' AND delivery = 'READY' AND available_at IS NULL";

interface NumberRow extends Row {
  readonly order_number: string;
}

/** A bank that polls can fetch these from now on: its time to take them begins to run. */
export class OfferOrders {
  constructor(private readonly context: BankContext) {}

  /** @returns how many were offered; the maximum means that there may be more */
  async execute(): Promise<number> {
    const { database } = this.context;
    const rows = await database.reader.all<NumberRow>(
      `SELECT order_number FROM orders WHERE ${IS_OFFERABLE} ORDER BY seq LIMIT ${OFFERED_MAX}`,
    );
    const numbers = rows.map(({ order_number }) => order_number);
    if (numbers.length > 0) await database.run((tx) => this.offer(tx, numbers));
    return numbers.length;
  }

  static readonly atOnceMax = OFFERED_MAX;

  /** Those that can still be offered, all at once (I13). */
  private async offer(tx: Tx, numbers: readonly string[]): Promise<void> {
    const { announce, clock } = this.context;
    const which = `WHERE order_number IN (${placeholders(numbers.length)}) AND ${IS_OFFERABLE}`;
    const rows = await tx.all<NumberRow>(`SELECT order_number FROM orders ${which} ORDER BY seq`, numbers);
    const changed = await tx.run(`UPDATE orders SET available_at = ? ${which}`, [clock.now(), ...numbers]);
    if (changed !== rows.length) throw new AppError('write-conflict', 'an order changed meanwhile', { retryable: true });
    announce.progress(tx, ...rows.map(({ order_number }) => ({ orderNumber: order_number, event: 'available' as const })));
  }
}
