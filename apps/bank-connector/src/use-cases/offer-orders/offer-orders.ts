import type { BankContext } from '../../bank-context.js';
import { changeOrder, SEEN, type SeenRow } from '../../adapters/store/order-rows.js';

/** Orders that one turn offers. */
const OFFERED_MAX = 200;

/** A bank that polls can fetch these from now on: its time to take them begins to run. */
export class OfferOrders {
  constructor(private readonly context: BankContext) {}

  /** @returns how many were offered; the maximum means that there may be more */
  async execute(): Promise<number> {
    const { database, clock, announce } = this.context;
    const rows = await database.reader.all<SeenRow>(
      `SELECT ${SEEN} FROM orders WHERE standing = 'open' AND delivery = 'READY' AND available_at IS NULL ORDER BY seq LIMIT ${OFFERED_MAX}`,
    );
    await Promise.all(
      rows.map((row) =>
        database.run(async (tx) => {
          if (await changeOrder(tx, row, { available_at: clock.now() })) {
            announce.progress(tx, { orderNumber: row.order_number, event: 'available' });
          }
        }),
      ),
    );
    return rows.length;
  }

  static readonly atOnceMax = OFFERED_MAX;
}
