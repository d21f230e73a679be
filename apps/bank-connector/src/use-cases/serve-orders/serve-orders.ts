import type { OrderDispatched } from '#contracts';
import type { DocumentContents, PulledDocument, WireOrder } from '#connector-sdk';
import { AppError, errorText, failPoint } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import type { DocumentShelf } from '../../adapters/store/document-shelf.js';
import { dueOrders, findOrder, type OrderList, type OrderRow } from '../../adapters/store/order-rows.js';
import type { SendableOrder } from '../../adapters/store/order-vault.js';
import { StartSending } from '../start-sending/start-sending.js';

/** Orders on one page. */
export const PAGE_MAX = 500;

/**
 * What a bank that polls gets: the oldest orders that it has neither acknowledged nor answered, always with the same bytes. SENDING
 * is committed before the page leaves; a page that was lost is simply served again, because the bank knows the numbers (I5).
 */
export class ServeOrders {
  private readonly startSending: StartSending;

  constructor(
    private readonly context: BankContext,
    private readonly documents: DocumentShelf,
  ) {
    this.startSending = new StartSending(context);
  }

  /** Inquiries and control orders have a list each, as in the interface of the courts. */
  async page(list: OrderList, limit: number): Promise<readonly WireOrder[]> {
    const { database, clock } = this.context;
    if (!this.context.isOpen()) return [];
    const rows = await dueOrders(database.reader, ['READY', 'SENDING', 'UNKNOWN'], clock.now(), Math.min(limit, PAGE_MAX), list);
    const known = (await Promise.all(rows.map((row) => this.open(row)))).filter((one) => one !== undefined);
    const again = known.filter(({ row }) => row.delivery === 'SENDING');
    const fresh = known.filter(({ row }) => row.delivery !== 'SENDING');
    const started = await this.startSending.execute(fresh, { event: 'sent' });
    if (started.length > 0) failPoint('connector.sending-after-commit');
    const orders = [...again.map((one) => ({ known: one, bytes: this.context.vault.wireBytes(one) })), ...started];
    return orders
      .sort((a, b) => a.known.row.seq - b.known.row.seq)
      .map(({ known: { row }, bytes }) => ({
        orderNumber: row.order_number,
        legalPerson: row.legal_person,
        bytes,
        signature: row.wire_signature,
      }));
  }

  /** @throws AppError `not-found` for an order that was not served */
  async documentsOf(orderNumber: string): Promise<{ readonly order: OrderDispatched; readonly documents: readonly PulledDocument[] }> {
    const { row, order } = await this.served(orderNumber);
    const documents = await Promise.all(
      order.documents.map(async ({ type, number, title, sha256, seal, digest }) => {
        const content = await this.documents.get(row.case_id, digest);
        return { type, number, title, sha256, seal, content };
      }),
    );
    return { order, documents };
  }

  /** The scans of the officer's credentials by digest. @throws AppError `not-found` for an order that was not served */
  async credentialsOf(orderNumber: string): Promise<{ readonly order: OrderDispatched; readonly images: DocumentContents }> {
    const { row, order } = await this.served(orderNumber);
    const digests = order.officer.credentials.flatMap(({ imageDigest }) => imageDigest ?? []);
    const images = digests.map(async (digest) => [digest, await this.documents.get(row.case_id, digest)] as const);
    return { order, images: new Map(await Promise.all(images)) };
  }

  private async served(orderNumber: string): Promise<SendableOrder> {
    const row = await findOrder(this.context.database.reader, orderNumber);
    if (!row || row.delivery === 'READY') throw new AppError('not-found', '没有该请求单');
    return this.context.vault.know(row);
  }

  /** An order whose case was erased must not hold up the page. */
  private async open(row: OrderRow): Promise<SendableOrder | undefined> {
    const { vault, log, bank } = this.context;
    try {
      return await vault.know(row);
    } catch (error) {
      log.write('error', 'order-not-opened', { bank, orderNumber: row.order_number, reason: errorText(error) });
      return undefined;
    }
  }
}
