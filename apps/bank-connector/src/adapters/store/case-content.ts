import { ERASURE_MESSAGES } from '#contracts';
import { eraseMessages } from '#messaging';
import { deleteWhereIn, updateWalking, updateWhereIn, type Database, type Reader, type Row, type SqlChange } from '#persistence';

/** The columns of a table that hold content of a case's orders, or that could confirm a guess at it, each with the SQL that is left. */
interface Emptied {
  readonly table: string;
  /** The column with the order's number. */
  readonly by: string;
  readonly columns: SqlChange;
}

const NO_BYTES = "x''";
const NO_TEXT = "''";

/** An order that was withdrawn before its turn is still looked for by its lane, which another case's order holds up; its lane stays. */
const PASSED_LANE = `CASE WHEN lane_number <= (SELECT done_through FROM lanes WHERE lanes.lane_id = orders.lane_id) THEN NULL ELSE lane_id END`;

/** Everything in one bank's database that an erasure empties. `case-content.spec.ts` holds this against the schema. */
export const EMPTIED: readonly Emptied[] = [
  { table: 'orders', by: 'order_number', columns: { lane_id: PASSED_LANE } },
  { table: 'order_papers', by: 'paper_of', columns: { order_sealed: NO_BYTES, wire_sealed: NO_BYTES, wire_signature: NO_TEXT } },
  { table: 'order_lines', by: 'order_number', columns: { substance: NO_TEXT } },
  // The digests are part of a key, so another name takes their place that is as much the row's own.
  { table: 'answers', by: 'order_number', columns: { digest: 'leaf_hash' } },
  { table: 'notices', by: 'order_number', columns: { digest: NO_TEXT } },
  { table: 'early_withdrawals', by: 'order_number', columns: { reason: NO_TEXT } },
  { table: 'desk_orders', by: 'order_number', columns: { draft_sealed: 'NULL', rejected_sealed: 'NULL' } },
  { table: 'desk_receipts', by: 'order_number', columns: { digest: 'id', sha256: NO_TEXT, name_sealed: NO_BYTES } },
];

/** Rows that are nothing but a digest and a signature. */
export const REMOVED = 'pull_parts';

/** The sealed answers of the desk's writes: a long table that has no index by case. */
export const ANSWERS_EMPTIED = { table: 'idempotency_keys', columns: { answer_sealed: NO_BYTES, body_sha256: NO_TEXT } };

const ORDERS_OF_CASE = 'SELECT order_number FROM orders WHERE case_id = ?';

/** Digests of the case's stored bytes that this bank's rows name. Done again after a cut, it may name some that are nothing any more. */
export async function blobsOfCase(reader: Reader, caseId: string): Promise<readonly string[]> {
  const tables = ['answers', 'notices', 'desk_receipts', 'pull_parts'];
  const named = await reader.all<Row & { digest: string }>(
    tables.map((table) => `SELECT digest FROM ${table} WHERE order_number IN (${ORDERS_OF_CASE})`).join(' UNION '),
    tables.map(() => caseId),
  );
  return named.map(({ digest }) => digest).filter((digest) => digest !== '');
}

/** Empties what this bank's database holds of a case. Done in several commits; each leaves a state from which the whole may be done again. */
export async function emptyCase(database: Database, caseId: string): Promise<void> {
  const orders = await database.reader.all<Row & { order_number: string }>(ORDERS_OF_CASE, [caseId]);
  const numbers = orders.map(({ order_number }) => order_number);
  for (const { table, by, columns } of EMPTIED) await updateWhereIn(database, table, columns, by, numbers);
  await deleteWhereIn(database, REMOVED, 'order_number', numbers);
  const { table, columns } = ANSWERS_EMPTIED;
  await updateWalking(database, { table, key: 'scope', column: 'case_id' }, caseId, columns);
  await eraseMessages(database, { caseId, orderNumbers: numbers, kept: ERASURE_MESSAGES });
}
