import type { OrderDispatched } from '#contracts';
import { FieldCipher, fieldAad, type BlobStore, type CaseKeys, type DataKey, type SystemKeys } from '#privacy';
import type { ConnectorParts } from '../../connector-parts.js';
import type { OrderRow, SeenRow } from './order-rows.js';

/** An order's clear body and the key of its case, fetched before a transaction. */
export interface OpenOrder {
  readonly order: OrderDispatched;
  readonly key: DataKey;
}

/** An order that can be worked on: with its row as it was read. */
export interface KnownOrder<R extends SeenRow = SeenRow> extends OpenOrder {
  readonly row: R;
}

/** With the sealed bytes for the bank, so that it can be sent. */
export type SendableOrder = KnownOrder<OrderRow>;

/** Sealing and opening for one bank's database. A sealed value is bound to its table, column and row. */
export class OrderVault {
  readonly keys: CaseKeys;
  readonly blobs: BlobStore;
  readonly systemKeys: SystemKeys;
  readonly cipher: FieldCipher;

  constructor(parts: Pick<ConnectorParts, 'keys' | 'blobs' | 'systemKeys' | 'entropy'>) {
    this.keys = parts.keys;
    this.blobs = parts.blobs;
    this.systemKeys = parts.systemKeys;
    this.cipher = new FieldCipher(parts.entropy);
  }

  /** @throws AppError `content-erased` when the case's key was destroyed */
  async know(row: OrderRow): Promise<SendableOrder> {
    const key = await this.keys.get(row.case_id);
    const order = this.openJson<OrderDispatched>(key, 'order_papers', 'order_sealed', row.order_number, row.order_sealed);
    return { row, order, key };
  }

  /** The exact bytes for the bank. */
  wireBytes({ row, key }: SendableOrder): Buffer {
    return this.cipher.openBytes(key, fieldAad('order_papers', 'wire_sealed', row.order_number), row.wire_sealed);
  }

  sealOrder(key: DataKey, order: OrderDispatched): Buffer {
    return this.sealJson(key, 'order_papers', 'order_sealed', order.orderNumber, order);
  }

  sealWire(key: DataKey, orderNumber: string, bytes: Buffer): Buffer {
    return this.cipher.sealBytes(key, fieldAad('order_papers', 'wire_sealed', orderNumber), bytes);
  }

  sealJson(key: DataKey, table: string, column: string, rowId: string, clear: unknown): Buffer {
    return this.cipher.sealJson(key, fieldAad(table, column, rowId), clear);
  }

  openJson<T>(key: DataKey, table: string, column: string, rowId: string, sealed: Uint8Array): T {
    return this.cipher.openJson<T>(key, fieldAad(table, column, rowId), sealed);
  }
}
