import { decodeBody, ordersTopic, type OrderDispatched } from '#contracts';
import { failPoint, invariant } from '#kernel';
import { InboxReader, type Message, type MessageBus, type MessageHandler } from '#messaging';
import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { ChangeGates } from '../../use-cases/change-gates/change-gates.js';
import { ResolveOrder } from '../../use-cases/resolve-order/resolve-order.js';
import type { PreparedOrder, PrepareOrder } from '../../use-cases/take-order/prepare-order.js';
import { TakeOrder } from '../../use-cases/take-order/take-order.js';
import { WithdrawOrder } from '../../use-cases/withdraw-order/withdraw-order.js';
import { findOrder } from '../store/order-rows.js';
import type { OpenOrder } from '../store/order-vault.js';

/** Orders of one batch that are written and signed at the same time. */
const PREPARED_AT_ONCE_MAX = 16;

/** What a message needs that its transaction may not wait for. A failure is kept and thrown inside, so that it counts for this message alone. */
type Prepared = { readonly taken: PreparedOrder } | { readonly known: OpenOrder | undefined } | { readonly failed: unknown };

/** Reads `orders.<bank>.v1`: each message takes effect once. */
export class OrdersInbox {
  private readonly prepared = new Map<string, Prepared>();
  /** For its dead letters. */
  readonly reader: InboxReader;

  constructor(
    private readonly context: BankContext,
    bus: MessageBus,
    private readonly prepareOrder: PrepareOrder,
  ) {
    const take = new TakeOrder(context);
    const withdrawOrder = new WithdrawOrder(context);
    const resolve = new ResolveOrder(context);
    const gates = new ChangeGates();
    const handlers: Readonly<Record<string, MessageHandler>> = {
      'order.dispatched.v1': (tx, message) => this.taken(tx, message, take),
      'order.withdrawal-asked.v1': (tx, message) => {
        const asked = decodeBody('order.withdrawal-asked.v1', message.body);
        return withdrawOrder.execute(tx, asked, this.openOf(message, asked.orderNumber));
      },
      'order.resolved.v1': (tx, message) => {
        const resolved = decodeBody('order.resolved.v1', message.body);
        return resolve.execute(tx, resolved, this.openOf(message, resolved.orderNumber));
      },
      'gates.changed.v1': (tx, message) => gates.execute(tx, decodeBody('gates.changed.v1', message.body), message.at),
    };
    const { bank, database, clock, log } = context;
    this.reader = new InboxReader({
      database,
      bus,
      reader: `bank-connector/${bank}`,
      topics: [ordersTopic(bank)],
      handlers,
      clock,
      log,
      prepare: (batch) => this.prepare(batch),
      load: (tx, messages) => this.lookAhead(tx, messages, take),
      afterBatch: () => {
        failPoint('connector.taken-after-commit');
        this.prepared.clear();
      },
    });
  }

  start(): Promise<void> {
    return this.reader.start();
  }

  private async lookAhead(tx: Tx, messages: readonly Message[], take: TakeOrder): Promise<void> {
    const numbers: string[] = [];
    for (const { id } of messages) {
      const prepared = this.prepared.get(id);
      if (!prepared || !('taken' in prepared)) return;
      numbers.push(prepared.taken.order.orderNumber);
    }
    await take.lookAhead(tx, numbers);
  }

  private async prepare(batch: readonly Message[]): Promise<void> {
    this.prepared.clear();
    for (let from = 0; from < batch.length; from += PREPARED_AT_ONCE_MAX) {
      const slice = batch.slice(from, from + PREPARED_AT_ONCE_MAX);
      await Promise.all(slice.map(async (message) => this.prepared.set(message.id, await this.prepareOne(message))));
    }
  }

  private async prepareOne(message: Message): Promise<Prepared> {
    try {
      if (message.type === 'order.dispatched.v1') return { taken: await this.open(message) };
      if (message.type === 'gates.changed.v1') return { known: undefined };
      return { known: await this.know(message) };
    } catch (error) {
      return { failed: error };
    }
  }

  private async open(message: Message): Promise<PreparedOrder> {
    const { vault } = this.context;
    const key = await vault.keys.get(message.headers['caseId'] ?? '');
    const clear = vault.cipher.openBytes(key, `message|${message.type}|${message.id}`, message.body);
    const order: OrderDispatched = decodeBody('order.dispatched.v1', clear);
    return this.prepareOrder.execute(order, key);
  }

  private async know(message: Message): Promise<OpenOrder | undefined> {
    const type = message.type === 'order.resolved.v1' ? 'order.resolved.v1' : 'order.withdrawal-asked.v1';
    const { orderNumber } = decodeBody(type, message.body);
    const row = await findOrder(this.context.database.reader, orderNumber);
    return row && this.context.vault.know(row);
  }

  private async taken(tx: Tx, message: Message, take: TakeOrder): Promise<void> {
    const prepared = this.preparedOf(message);
    invariant('taken' in prepared, 'an order was not prepared');
    await take.execute(tx, prepared.taken);
  }

  /** The order that a message is about; it may have come with the same batch and not be committed yet. */
  private openOf(message: Message, orderNumber: string): OpenOrder | undefined {
    const prepared = this.preparedOf(message);
    if ('known' in prepared && prepared.known) return prepared.known;
    for (const other of this.prepared.values()) {
      if ('taken' in other && other.taken.order.orderNumber === orderNumber) return other.taken;
    }
    return undefined;
  }

  private preparedOf(message: Message): Exclude<Prepared, { readonly failed: unknown }> {
    const prepared = this.prepared.get(message.id);
    invariant(prepared, 'a message was not prepared');
    if ('failed' in prepared) throw prepared.failed;
    return prepared;
  }
}
