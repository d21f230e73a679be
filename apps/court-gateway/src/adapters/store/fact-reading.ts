import type { Reader, Row } from '#persistence';

/** One of our own facts as it is kept beside the outbox: the leaf in clear, its opening sealed. */
export interface FactRow extends Row {
  readonly leaf_hash: string;
  readonly case_id: string | null;
  readonly opening: Buffer;
}

export function factsOfRequest(reader: Reader, requestId: string): Promise<FactRow[]> {
  return reader.all<FactRow>('SELECT leaf_hash, case_id, opening FROM facts WHERE request_id = ? ORDER BY seq', [requestId]);
}

/** Leaf hashes of the connectors' own facts about the answers to a request: the gateway cannot hide one. */
export async function answerLeaves(reader: Reader, requestId: string): Promise<readonly string[]> {
  const rows = await reader.all<{ answer_leaf: string }>(
    'SELECT answer_leaf FROM orders WHERE request_id = ? AND answer_leaf IS NOT NULL',
    [requestId],
  );
  return rows.map(({ answer_leaf }) => answer_leaf);
}
