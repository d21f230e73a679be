import { sha256Hex } from '#kernel';
import { checkBeforeSending } from '#orders';
import type { SqlValue, Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { factsBeforeSending } from '../../adapters/store/gate-rows.js';
import { moveDelivery, type OrderRow } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import { withdraw } from '../withdraw-order/withdraw-order.js';

export interface Sending {
  readonly known: KnownOrder;
  /** The exact bytes for the bank. */
  readonly bytes: Buffer;
}

export interface StartSendingOptions {
  /** `sent`: the bytes leave now. `available`: the bank can come and take them. */
  readonly event: 'sent' | 'available';
  /** Further columns of each row. */
  readonly change?: Readonly<Record<string, SqlValue>>;
}

/**
 * SENDING is committed before the bytes leave (I5), after the gates have been asked once more (I1). Orders that are started together
 * share a commit; each stands in a transaction of its own, so that one that fails leaves the others whole.
 */
export class StartSending {
  constructor(private readonly context: BankContext) {}

  /** @returns what may leave now: those that were withdrawn, or that somebody else has changed meanwhile, are not in it */
  async execute(orders: readonly KnownOrder[], options: StartSendingOptions): Promise<readonly Sending[]> {
    const started = await Promise.all(orders.map((known) => this.start(known, options)));
    return started.filter((sending) => sending !== undefined);
  }

  private async start(known: KnownOrder, options: StartSendingOptions): Promise<Sending | undefined> {
    const bytes = this.context.vault.wireBytes(known);
    const digest = sha256Hex(bytes);
    const row = await this.context.database.run((tx) => this.commitOne(tx, known, digest, options));
    return row && { known: { ...known, row }, bytes };
  }

  private async commitOne(tx: Tx, known: KnownOrder, digest: string, options: StartSendingOptions): Promise<OrderRow | undefined> {
    const { announce, clock } = this.context;
    const { row, order } = known;
    const now = clock.now();
    if (this.mayStillBeKept(row)) {
      const refusal = checkBeforeSending(await factsBeforeSending(tx, order, row.dispatched_at, now));
      if (refusal) {
        await withdraw(this.context, tx, known, { code: refusal.code, reason: refusal.detail });
        return undefined;
      }
    }
    const attempts = row.attempts + 1;
    const column = options.event === 'available' ? 'available_at' : 'sent_at';
    const isFirst = row[column] === null;
    const change = { ...options.change, [column]: row[column] ?? now, attempts, code: null };
    if (!(await moveDelivery(tx, row, 'SENDING', change))) return undefined;
    if (isFirst) await announce.progress(tx, row.order_number, { event: options.event });
    await announce.fact(tx, known, 'order.sent', { attempt: attempts, way: this.context.manifest.delivery, sha256: digest });
    return { ...row, ...change, delivery: 'SENDING' };
  }

  /** Nothing has left: never sent, or the bank itself has said that it never saw it, which is the only way a called bank is sent it again. */
  private mayStillBeKept(row: OrderRow): boolean {
    return row.delivery === 'READY' || this.context.manifest.delivery === 'push';
  }
}
