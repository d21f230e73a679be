import { updateWalking, type Database, type Row } from '#persistence';

interface LetterRow extends Row {
  readonly reader: string;
  readonly message_id: string;
  readonly headers: string;
}

/**
 * Takes the content of a case out of the tables that this library keeps: the openings of its facts, salts included, and the bodies of its dead
 * letters. Leaves, heads and letters stay. The outbox needs none of it: its rows go once they are published. Whoever is cut off does it again.
 */
export async function eraseMessages(database: Database, caseId: string): Promise<void> {
  await updateWalking(database, { table: 'facts', key: 'seq', column: 'case_id' }, caseId, { opening: "x''" });
  // They are few: each one is an alarm.
  const letters = await database.reader.all<LetterRow>('SELECT reader, message_id, headers FROM dead_letters');
  for (const { reader, message_id, headers } of letters) {
    if ((JSON.parse(headers) as { readonly caseId?: string }).caseId !== caseId) continue;
    await database.run((tx) => tx.run("UPDATE dead_letters SET body = x'' WHERE reader = ? AND message_id = ?", [reader, message_id]));
  }
}
