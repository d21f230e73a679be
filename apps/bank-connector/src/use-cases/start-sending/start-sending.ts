import { failPoint, sha256Hex } from '#kernel';
import { checkBeforeSending, DELIVERY_LIFE, move } from '#orders';
import { placeholders, type Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { factsBeforeSending, gatesOf } from '../../adapters/store/gate-rows.js';
import type { OrderRow } from '../../adapters/store/order-rows.js';
import type { SendableOrder } from '../../adapters/store/order-vault.js';
import { withdraw } from '../withdraw-order/withdraw-order.js';

export interface Sending {
  readonly known: SendableOrder;
  /** The exact bytes for the bank. */
  readonly bytes: Buffer;
}

export interface StartSendingOptions {
  /** `sent`: the bytes leave now. `available`: the bank can come and take them. */
  readonly event: 'sent' | 'available';
  /** The file that will hold them. */
  readonly fileName?: string;
}

/** Undoes a transaction when one of its orders is no longer as it was seen. */
class ChangedMeanwhile extends Error {}

/**
 * SENDING is committed before the bytes leave (I5), after the gates have been asked once more (I1). Orders that are started together
 * stand in one transaction; when one of them has changed meanwhile, each is tried alone.
 */
export class StartSending {
  constructor(private readonly context: BankContext) {}

  /** @returns what may leave now: those that were withdrawn, or that somebody else has changed meanwhile, are not in it */
  async execute(orders: readonly SendableOrder[], options: StartSendingOptions): Promise<readonly Sending[]> {
    if (orders.length === 0) return [];
    const sendings = orders.map((known) => ({ known, bytes: this.context.vault.wireBytes(known) }));
    const started = await this.together(sendings, options);
    if (started) return started;
    const alone: Sending[] = [];
    for (const sending of sendings) alone.push(...((await this.together([sending], options)) ?? []));
    return alone;
  }

  private async together(sendings: readonly Sending[], options: StartSendingOptions): Promise<readonly Sending[] | undefined> {
    const digests = new Map(sendings.map(({ known, bytes }) => [known.row.order_number, sha256Hex(bytes)]));
    try {
      return await this.context.database.run((tx) => this.commit(tx, sendings, digests, options));
    } catch (error) {
      if (error instanceof ChangedMeanwhile) return undefined;
      throw error;
    }
  }

  private async commit(
    tx: Tx,
    sendings: readonly Sending[],
    digests: ReadonlyMap<string, string>,
    options: StartSendingOptions,
  ): Promise<readonly Sending[]> {
    const { announce, clock, manifest, speaker } = this.context;
    await speaker.assertHeld(tx);
    const allowed = await this.passGates(tx, sendings, clock.now());
    if (allowed.length === 0) return [];
    await this.moveAll(tx, allowed, options);
    const column = options.event === 'available' ? 'available_at' : 'sent_at';
    const firsts = allowed.filter(({ known }) => known.row[column] === null);
    announce.progress(tx, ...firsts.map(({ known }) => ({ orderNumber: known.row.order_number, event: options.event })));
    announce.note(
      tx,
      ...allowed.map(({ known }) => {
        const content = { attempt: known.row.attempts + 1, way: manifest.delivery, sha256: digests.get(known.row.order_number) };
        return { about: known, type: 'order.sent', content };
      }),
    );
    failPoint('connector.sending-before-commit');
    return allowed.map(({ known, bytes }) => ({ known: { ...known, row: moved(known.row) }, bytes }));
  }

  /** Withdraws those whose gates have closed. */
  private async passGates(tx: Tx, sendings: readonly Sending[], now: number): Promise<readonly Sending[]> {
    const told = await gatesOf(
      tx,
      sendings.map(({ known }) => known),
    );
    const allowed: Sending[] = [];
    for (const sending of sendings) {
      const { known } = sending;
      const refusal = this.mayStillBeKept(known.row) ? checkBeforeSending(factsBeforeSending(told, known, now)) : undefined;
      if (refusal) await withdraw(this.context, tx, known, { code: refusal.code, reason: refusal.detail });
      else allowed.push(sending);
    }
    return allowed;
  }

  /** One statement for each state that they come from; all rows must still be as they were seen (I13). */
  private async moveAll(tx: Tx, sendings: readonly Sending[], { event, fileName }: StartSendingOptions): Promise<void> {
    const column = event === 'available' ? 'available_at' : 'sent_at';
    for (const delivery of ['READY', 'UNKNOWN', 'SENDING'] as const) {
      const numbers = sendings.filter(({ known }) => known.row.delivery === delivery).map(({ known }) => known.row.order_number);
      if (numbers.length === 0) continue;
      const changed = await tx.run(
        `UPDATE orders SET delivery = ?, code = NULL, attempts = attempts + 1, ${column} = COALESCE(${column}, ?), file_name = COALESCE(?, file_name)
         WHERE order_number IN (${placeholders(numbers.length)}) AND delivery = ? AND standing = 'open'`,
        [move(DELIVERY_LIFE, delivery, 'SENDING'), this.context.clock.now(), fileName ?? null, ...numbers, delivery],
      );
      if (changed !== numbers.length) throw new ChangedMeanwhile();
    }
  }

  /** Nothing has left: never sent, or the bank itself has said that it never saw it, which is the only way a called bank is sent it again. */
  private mayStillBeKept(row: OrderRow): boolean {
    return row.delivery === 'READY' || this.context.manifest.delivery === 'push';
  }
}

function moved(row: OrderRow): OrderRow {
  return { ...row, delivery: 'SENDING', code: null, attempts: row.attempts + 1 };
}
