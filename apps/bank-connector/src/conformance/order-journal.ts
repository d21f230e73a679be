import type { WireSignatures } from '#connector-sdk';
import { invariant } from '#kernel';
import type { BankContext } from '../bank-context.js';
import { findOrder } from '../adapters/store/order-rows.js';

/** Tables of the journal that hold something of one order, with the column of its number. */
const OF_ORDER = [
  ['order_lines', 'order_number'],
  ['answers', 'order_number'],
  ['desk_receipts', 'order_number'],
  ['desk_orders', 'order_number'],
  ['order_papers', 'paper_of'],
  ['orders', 'order_number'],
] as const;

/**
 * The journal loses an order, as if it had been restored from an old copy: the only way to let the same number go out once more through
 * the connector's own doors, whatever the delivery. No installation does this; it stands here and nowhere else.
 */
export async function loseOrder({ database }: BankContext, orderNumber: string): Promise<void> {
  await database.run(async (tx) => {
    const row = await tx.one<{ file_name: string | null }>('SELECT file_name FROM orders WHERE order_number = ?', [orderNumber]);
    if (row && row.file_name !== null) await tx.run('DELETE FROM down_files WHERE name = ?', [row.file_name]);
    for (const [table, column] of OF_ORDER) await tx.run(`DELETE FROM ${table} WHERE ${column} = ?`, [orderNumber]);
  });
}

/** Whether the file that holds an order lies in the exchange; its signature is made when it is written. */
export async function isInFile({ database }: BankContext, orderNumber: string): Promise<boolean> {
  const sql = 'SELECT down_files.name AS name FROM orders JOIN down_files ON down_files.name = orders.file_name WHERE order_number = ?';
  return (await database.reader.one(sql, [orderNumber])) !== undefined;
}

/** Whether a call about an order has been begun and its outcome is not written down yet. */
export async function isUnderWay({ database }: BankContext, orderNumber: string): Promise<boolean> {
  const row = await database.reader.one<{ delivery: string }>('SELECT delivery FROM orders WHERE order_number = ?', [orderNumber]);
  return row?.delivery === 'READY' || row?.delivery === 'SENDING';
}

/** Spoils the exact bytes of an order that waits for its lane, signs them rightly, and lets it go. */
export async function spoilAndRelease(
  context: BankContext,
  signatures: Pick<WireSignatures, 'keepWith'>,
  orderNumber: string,
  spoil: (bytes: Buffer) => Buffer,
): Promise<void> {
  const { database, vault } = context;
  const row = await findOrder(database.reader, orderNumber);
  invariant(row, 'the order to be spoilt is not in the journal');
  const known = await vault.know(row);
  const bytes = spoil(vault.wireBytes(known));
  const sealed = vault.sealWire(known.key, orderNumber, bytes);
  const signature = await signatures.keepWith(bytes);
  await database.run(async (tx) => {
    await tx.run('UPDATE order_papers SET wire_sealed = ?, wire_signature = ? WHERE paper_of = ?', [sealed, signature, orderNumber]);
    await tx.run(`UPDATE orders SET standing = 'open' WHERE order_number = ? AND standing = 'waiting'`, [orderNumber]);
  });
  context.wake();
}
