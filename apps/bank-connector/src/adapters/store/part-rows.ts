import { insert, type Reader, type Row, type Tx } from '#persistence';

/** Bytes that belong to an answer that is still to come. */
export interface PartRow extends Row {
  readonly order_number: string;
  /** Key in the blob store, under the case's data key. */
  readonly digest: string;
  readonly size: number;
  readonly signature: string;
  readonly at: number;
}

/** Parts that one answer may have. */
export const PARTS_MAX = 20;

/** Oldest first. */
export function partsOf(reader: Reader, orderNumber: string): Promise<readonly PartRow[]> {
  return reader.all<PartRow>(`SELECT * FROM pull_parts WHERE order_number = ? ORDER BY at, digest LIMIT ${PARTS_MAX + 1}`, [orderNumber]);
}

export function keepPart(tx: Tx, part: PartRow): Promise<void> {
  return insert(tx, 'pull_parts', { ...part });
}
