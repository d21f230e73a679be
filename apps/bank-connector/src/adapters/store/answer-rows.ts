import { compareAndSet, type Reader, type Row, type Tx } from '#persistence';
import { SEEN, type SeenRow } from './order-rows.js';
import type { SettledUnit } from '../../use-cases/record-answer/settle-lines.js';

/** What became of something that was heard. */
export type AnswerFate = 'published' | 'repeated' | 'contradictory' | 'in-doubt' | 'disregarded';

export interface KeptAnswer {
  readonly orderNumber: string;
  readonly digest: string;
  readonly at: number;
  readonly signature: string;
  readonly what: AnswerFate;
  readonly leafHash: string;
}

export async function hasAnswer(reader: Reader, orderNumber: string, digest: string): Promise<boolean> {
  return (await reader.one('SELECT 1 AS found FROM answers WHERE order_number = ? AND digest = ?', [orderNumber, digest])) !== undefined;
}

/** An order as it stands, and whether these bytes are known of it, in one look. */
export function seeOrderAndAnswer(
  reader: Reader,
  orderNumber: string,
  digest: string,
): Promise<(SeenRow & { readonly is_answered: number }) | undefined> {
  return reader.one<SeenRow & { readonly is_answered: number }>(
    `SELECT ${SEEN}, EXISTS(SELECT 1 FROM answers WHERE answers.order_number = orders.order_number AND digest = ?) AS is_answered
     FROM orders WHERE order_number = ?`,
    [digest, orderNumber],
  );
}

/** The same bytes twice in one commit undo it; the second time one of them finds the other. */
export function keepAnswer(tx: Tx, { orderNumber, digest, at, signature, what, leafHash }: KeptAnswer): void {
  tx.append('answers', [{ order_number: orderNumber, digest, at, signature, what, leaf_hash: leafHash }]);
}

/** How many answers to an order could not be trusted or read. */
export async function doubtfulAnswers(reader: Reader, orderNumber: string): Promise<number> {
  const sql = `SELECT COUNT(*) AS n FROM answers WHERE order_number = ? AND what IN ('in-doubt', 'disregarded')`;
  return (await reader.one<{ n: number }>(sql, [orderNumber]))?.n ?? 0;
}

interface UnitRow extends Row {
  readonly seq: number;
  readonly status: SettledUnit['status'];
  readonly substance: string;
}

export function settledUnits(reader: Reader, orderNumber: string): Promise<readonly SettledUnit[]> {
  return reader.all<UnitRow>('SELECT seq, status, substance FROM order_lines WHERE order_number = ? ORDER BY seq', [orderNumber]);
}

export async function keepUnits(tx: Tx, orderNumber: string, units: readonly SettledUnit[], at: number): Promise<void> {
  for (const { seq, status, substance } of units) {
    const key = { order_number: orderNumber, seq };
    if (await tx.insertOnce('order_lines', { ...key, status, substance, at })) continue;
    await compareAndSet(tx, 'order_lines', { status, substance, at }, key);
  }
}
