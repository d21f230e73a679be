import { compareAndSet, insertLater, placeholders, type Reader, type Row, type Tx } from '#persistence';
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

/** An order as it stands, the digests of what is known of it, and what is settled. */
export interface SeenWithUnits {
  readonly row: SeenRow;
  readonly digests: ReadonlySet<string>;
  readonly units: readonly SettledUnit[];
}

/** Orders with their answers, several in one look. */
export async function seeAnswered(reader: Reader, orderNumbers: readonly string[]): Promise<ReadonlyMap<string, SeenWithUnits>> {
  const among = `WHERE order_number IN (${placeholders(orderNumbers.length)})`;
  const rows = await reader.all<SeenRow>(`SELECT ${SEEN} FROM orders ${among}`, orderNumbers);
  const answers = await reader.all<DigestRow>(`SELECT order_number, digest FROM answers ${among}`, orderNumbers);
  const units = await reader.all<UnitRow>(
    `SELECT order_number, seq, status, substance FROM order_lines ${among} ORDER BY order_number, seq`,
    orderNumbers,
  );
  return new Map(
    rows.map((row) => {
      const isOfOrder = ({ order_number }: { readonly order_number: string }): boolean => order_number === row.order_number;
      return [
        row.order_number,
        { row, digests: new Set(answers.filter(isOfOrder).map(({ digest }) => digest)), units: units.filter(isOfOrder) },
      ];
    }),
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

interface DigestRow extends Row {
  readonly order_number: string;
  readonly digest: string;
}

interface UnitRow extends Row {
  readonly order_number: string;
  readonly seq: number;
  readonly status: SettledUnit['status'];
  readonly substance: string;
}

export function settledUnits(reader: Reader, orderNumber: string): Promise<readonly SettledUnit[]> {
  return reader.all<UnitRow>('SELECT order_number, seq, status, substance FROM order_lines WHERE order_number = ? ORDER BY seq', [
    orderNumber,
  ]);
}

/** Writes units over those of the same numbers that this transaction has read. */
export async function keepUnits(
  tx: Tx,
  orderNumber: string,
  units: readonly SettledUnit[],
  known: readonly SettledUnit[],
  at: number,
): Promise<void> {
  for (const { seq, status, substance } of units) {
    const key = { order_number: orderNumber, seq };
    if (known.some((one) => one.seq === seq)) await compareAndSet(tx, 'order_lines', { status, substance, at }, key);
    else insertLater(tx, 'order_lines', [{ ...key, status, substance, at }]);
  }
}
