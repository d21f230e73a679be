import { ERASURE_MESSAGES } from '#contracts';
import { eraseMessages } from '#messaging';
import { updateWalking, updateWhereIn, type Database, type Reader, type Row, type SqlChange } from '#persistence';

/** By what a table's rows belong to a case. */
type Belonging = 'case_id' | 'request_id' | 'order_number' | 'holding_id';

/** The columns of a table that hold content of a case, or that tell whom it is about, each with the SQL that is left in its place. */
interface Emptied {
  readonly table: string;
  readonly by: Belonging;
  readonly columns: SqlChange;
}

const NO_BYTES = "x''";
const NO_TEXT = "''";

/**
 * Everything in the gateway's database that an erasure empties, beside the long tables below. Sealed columns no longer open once the case's key
 * is destroyed; blind indexes and digests could still confirm a guess, so they go as well. What stays: number, state, kinds, times and sums.
 * `case-content.spec.ts` holds this against the schema.
 */
export const EMPTIED: readonly Emptied[] = [
  { table: 'parties', by: 'case_id', columns: { sealed: NO_BYTES, id_index: NO_TEXT, name_index: NO_TEXT } },
  { table: 'case_changes', by: 'case_id', columns: { body_sealed: NO_BYTES } },
  { table: 'satisfactions', by: 'case_id', columns: { evidence_sealed: NO_BYTES } },
  { table: 'instruments', by: 'case_id', columns: { sealed: NO_BYTES, sha256: NO_TEXT, seal: 'NULL' } },
  { table: 'requests', by: 'case_id', columns: { body_sealed: NO_BYTES } },
  { table: 'approvals', by: 'request_id', columns: { reason_sealed: 'NULL' } },
  { table: 'orders', by: 'case_id', columns: { outcome_sealed: 'NULL', lane_id: 'NULL', lane_number: 'NULL' } },
  { table: 'order_originals', by: 'order_number', columns: { body_sealed: NO_BYTES } },
  { table: 'order_lines', by: 'case_id', columns: { account_index: 'NULL', account_sealed: 'NULL', reason_sealed: 'NULL' } },
  { table: 'answers', by: 'order_number', columns: { body_sealed: NO_BYTES, original_digest: NO_TEXT } },
  { table: 'receipts', by: 'case_id', columns: { digest: NO_TEXT, sha256: NO_TEXT, name: NO_TEXT } },
  // The index is part of a unique key.
  { table: 'holdings', by: 'case_id', columns: { account_index: 'id', sealed: NO_BYTES } },
  { table: 'holding_transactions', by: 'holding_id', columns: { sealed: NO_BYTES } },
  { table: 'plans', by: 'case_id', columns: { sealed: NO_BYTES } },
  { table: 'measures', by: 'case_id', columns: { account_index: NO_TEXT, account_sealed: NO_BYTES } },
  { table: 'payments', by: 'case_id', columns: { bank_serial: NO_TEXT } },
  { table: 'tasks', by: 'case_id', columns: { detail_sealed: 'NULL' } },
  { table: 'resolutions', by: 'order_number', columns: { sealed: NO_BYTES } },
  { table: 'notices', by: 'order_number', columns: { body_sealed: NO_BYTES } },
];

/** The sealed answers of writes: a long table that has no index by case. */
export const ANSWERS_EMPTIED = { table: 'idempotency_keys', columns: { answer_sealed: NO_BYTES, body_sha256: NO_TEXT } };

/** Digests of the case's stored bytes that the gateway's rows name. */
export async function blobsOfCase(reader: Reader, caseId: string): Promise<readonly string[]> {
  const named = await reader.all<Row & { digest: string }>(
    `SELECT sha256 AS digest FROM instruments WHERE case_id = ? UNION SELECT digest FROM receipts WHERE case_id = ?
     UNION SELECT a.original_digest FROM answers a JOIN orders o ON o.order_number = a.order_number WHERE o.case_id = ?`,
    [caseId, caseId, caseId],
  );
  return named.map(({ digest }) => digest).filter((digest) => digest !== '');
}

/** Empties the case's content. Done in several commits; each leaves a state from which the whole may be done again. */
export async function emptyCase(database: Database, caseId: string): Promise<void> {
  const { reader } = database;
  const ids = {
    case_id: [caseId],
    request_id: await idsOf(reader, 'SELECT id FROM requests WHERE case_id = ?', caseId),
    order_number: await idsOf(reader, 'SELECT order_number AS id FROM orders WHERE case_id = ?', caseId),
    holding_id: await idsOf(reader, 'SELECT id FROM holdings WHERE case_id = ?', caseId),
  };
  for (const { table, by, columns } of EMPTIED) await updateWhereIn(database, table, columns, by, ids[by]);
  const { table, columns } = ANSWERS_EMPTIED;
  await updateWalking(database, { table, key: 'scope', column: 'case_id' }, caseId, columns);
  await eraseMessages(database, { caseId, orderNumbers: ids.order_number, kept: ERASURE_MESSAGES });
  await database.run(async (tx) => {
    await tx.run(
      "UPDATE cases SET court_account_sealed = NULL, closed_reason_sealed = NULL, cause = NULL, tags = '[]', version = version + 1 WHERE id = ?",
      [caseId],
    );
    await tx.run('DELETE FROM case_tags WHERE case_id = ?', [caseId]);
  });
}

async function idsOf(reader: Reader, sql: string, caseId: string): Promise<readonly string[]> {
  return (await reader.all<Row & { id: string }>(sql, [caseId])).map(({ id }) => id);
}
