import type { Instant } from '#kernel';
import type { Reader, Row } from '#persistence';

/** One of our own facts as the export of orders names it. */
export interface OrderFactRow extends Row {
  readonly seq: number;
  readonly leaf_hash: string;
  readonly subject: string;
  readonly type: string;
  readonly at: Instant;
  readonly request_id: string | null;
  readonly case_id: string | null;
  readonly leaf: Buffer;
}

/** Facts read at once; an export of any length holds no more of them. */
export const FACTS_PER_READ = 1_000;

/** Our own facts of a stretch of time in the order in which they were recorded, after one of them. */
export function factsAfter(reader: Reader, seq: number, from: Instant, until: Instant): Promise<OrderFactRow[]> {
  return reader.all<OrderFactRow>(
    `SELECT seq, leaf_hash, subject, type, at, request_id, case_id, leaf FROM facts
     WHERE seq > ? AND at >= ? AND at < ? ORDER BY seq LIMIT ${FACTS_PER_READ}`,
    [seq, from, until],
  );
}

/** Numbers of the orders of a request, or, where a fact names none, of a case. */
export async function orderNumbersOf(reader: Reader, { request_id, case_id }: OrderFactRow): Promise<readonly string[]> {
  const [column, id] = request_id === null ? (['case_id', case_id] as const) : (['request_id', request_id] as const);
  const rows = await reader.all<{ order_number: string }>(`SELECT order_number FROM orders WHERE ${column} = ?`, [id]);
  return rows.map(({ order_number }) => order_number);
}
