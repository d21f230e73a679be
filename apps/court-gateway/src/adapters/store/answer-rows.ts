import type { OrderAnswered, ReceiptRef } from '#contracts';
import type { Instant } from '#kernel';
import { insertLater, insertMany, type Reader, type Row, type Tx } from '#persistence';

/** A row of `answers`: the exact sealed body of the message that brought the bank's word (I11). */
export interface AnswerRow extends Row {
  readonly message_id: string;
  readonly order_number: string;
  readonly at: Instant;
  readonly body_sealed: Buffer;
  readonly original_digest: string;
  readonly signature: 'valid' | 'invalid' | 'absent';
}

/** Where the body of an answer is sealed to: the message that it came by. */
export function messageAad(type: string, messageId: string): string {
  return `message|${type}|${messageId}`;
}

export function insertAnswer(tx: Tx, messageId: string, sealed: Buffer, answer: OrderAnswered, at: Instant): void {
  const { digest, signature } = answer.original;
  insertLater(tx, 'answers', [
    { message_id: messageId, order_number: answer.orderNumber, at, body_sealed: sealed, original_digest: digest, signature },
  ]);
}

/** The answers to an order, oldest first. */
export function answersOf(reader: Reader, orderNumber: string): Promise<AnswerRow[]> {
  return reader.all<AnswerRow>('SELECT * FROM answers WHERE order_number = ? ORDER BY at, message_id', [orderNumber]);
}

/** Whether the very same bytes were answered to the order before, by another message. */
export async function wasAnsweredBefore(reader: Reader, orderNumber: string, digest: string, messageId: string): Promise<boolean> {
  const row = await reader.one(
    'SELECT 1 AS found FROM answers WHERE order_number = ? AND original_digest = ? AND message_id <> ? LIMIT 1',
    [orderNumber, digest, messageId],
  );
  return row !== undefined;
}

/** A row of `receipts`: a sealed document in an answer; its bytes lie in the blob store. */
export interface ReceiptRow extends Row {
  readonly id: string;
  readonly order_number: string;
  readonly case_id: string;
  readonly digest: string;
  readonly sha256: string;
  readonly size: number;
  readonly name: string;
  readonly at: Instant;
}

const NAME_CHARS_MAX = 255;

export async function insertReceipts(
  tx: Tx,
  of: { readonly orderNumber: string; readonly caseId: string; readonly at: Instant },
  receipts: readonly (ReceiptRef & { readonly id: string })[],
): Promise<void> {
  await insertMany(
    tx,
    'receipts',
    receipts.map(({ id, digest, sha256, size, name }) => ({
      id,
      order_number: of.orderNumber,
      case_id: of.caseId,
      digest,
      sha256,
      size,
      name: name.slice(0, NAME_CHARS_MAX),
      at: of.at,
    })),
  );
}

export function receiptsOf(reader: Reader, orderNumber: string): Promise<ReceiptRow[]> {
  return reader.all<ReceiptRow>('SELECT * FROM receipts WHERE order_number = ? ORDER BY at, id', [orderNumber]);
}

export function findReceipt(reader: Reader, orderNumber: string, receiptId: string): Promise<ReceiptRow | undefined> {
  return reader.one<ReceiptRow>('SELECT * FROM receipts WHERE id = ? AND order_number = ?', [receiptId, orderNumber]);
}
