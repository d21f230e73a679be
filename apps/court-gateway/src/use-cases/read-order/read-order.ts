import { Inject, Injectable } from '@nestjs/common';
import { assertMay, assertMayEnter, type Principal } from '#access';
import { decodeBody } from '#contracts';
import { instantText } from '#kernel';
import type { Fact } from '#messaging';
import type { DataKey } from '#privacy';
import { answersOf, findReceipt, messageAad, receiptsOf } from '../../adapters/store/answer-rows.js';
import { loadCase, notFound, pathId, type CaseRow } from '../../adapters/store/case-rows.js';
import { findOrder, originalOf, type OrderRow } from '../../adapters/store/order-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { dispatchAad } from '../dispatch-orders/dispatch-orders.js';
import { CaseReadings } from '../tell-conduct/case-readings.js';

type View = Readonly<Record<string, unknown>>;

interface FoundOrder {
  readonly order: OrderRow;
  readonly row: CaseRow;
  readonly key: DataKey;
}

/** The documents and exact bytes of an order. Whoever reads them reads personal data, which is a fact (I11, I12). */
@Injectable()
export class ReadOrder {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CaseReadings) private readonly readings: CaseReadings,
  ) {}

  /** @throws AppError `not-found` */
  async receipts(principal: Principal, orderNumber: string): Promise<View> {
    const { order } = await this.find(orderNumber, (row) => assertMay(principal, 'order.receipts.read', { courtCode: row.court_code }));
    const rows = await receiptsOf(this.parts.database.reader, order.order_number);
    return { items: rows.map(({ id, name, sha256, size, at }) => ({ id, name, sha256, size, at: instantText(at) })) };
  }

  async receiptContent(principal: Principal, orderNumber: string, receiptId: string): Promise<{ bytes: Buffer; name: string }> {
    const found = await this.find(orderNumber, (row) => assertMay(principal, 'order.receipt.content.read', { courtCode: row.court_code }));
    const receipt = await findReceipt(this.parts.database.reader, orderNumber, pathId(receiptId));
    if (!receipt) throw notFound();
    const bytes = await this.vault.blobs.get(receipt.case_id, receipt.digest);
    await this.tell(found, principal, 'receipt.read', { orderNumber, receiptId, sha256: receipt.sha256 });
    return { bytes, name: receipt.name };
  }

  /** The exact bytes of an order as it left, and of every answer as it came: for auditors. */
  async original(principal: Principal, orderNumber: string): Promise<View> {
    const found = await this.find(orderNumber, () => assertMayEnter(principal, 'order.original.read'));
    const { order, key } = found;
    const sealed = await originalOf(this.parts.database.reader, orderNumber);
    const dispatched = sealed && this.vault.cipher.openBytes(key, dispatchAad(orderNumber), sealed);
    const answers: View[] = [];
    for (const row of await answersOf(this.parts.database.reader, orderNumber)) {
      const clear = this.vault.cipher.openBytes(key, messageAad('order.answered.v1', row.message_id), row.body_sealed);
      const { original } = decodeBody('order.answered.v1', clear);
      const bytes = await this.vault.blobs.get(order.case_id, original.digest);
      answers.push({
        at: instantText(row.at),
        signature: original.signature,
        ...(original.keyId === undefined ? {} : { keyId: original.keyId }),
        contentType: original.contentType,
        sha256: original.digest,
        bytes: bytes.toString('base64'),
        translated: clear.toString('base64'),
      });
    }
    await this.tell(found, principal, 'order.original-read', { orderNumber, answers: answers.length });
    return { orderNumber, ...(dispatched ? { dispatched: dispatched.toString('base64') } : {}), answers };
  }

  private async find(orderNumber: string, mayRead: (row: CaseRow) => void): Promise<FoundOrder> {
    const { reader } = this.parts.database;
    const order = await findOrder(reader, orderNumber);
    if (!order) throw notFound();
    const row = await loadCase(reader, order.case_id);
    mayRead(row);
    return { order, row, key: await this.vault.keyOf(row.id) };
  }

  private async tell({ row, key }: FoundOrder, by: Principal, type: string, content: Fact['content']): Promise<void> {
    const reading = {
      type,
      subject: `case:${row.id}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey: key,
      content,
    };
    await this.readings.tell(reading, by);
  }
}
