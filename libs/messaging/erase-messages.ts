import { updateWalking, updateWhereIn, type Database, type Row } from '#persistence';
import { letterSubject } from './dead-letters.js';

/** What a message may be about: a case, by its id, or one of its orders, by its number. */
export interface ErasedCase {
  readonly caseId: string;
  readonly orderNumbers: readonly string[];
  /** Types of messages that hold nothing but ids and bring the erasure itself about: such a letter must stay one that can be driven. */
  readonly kept: readonly string[];
}

interface LetterRow extends Row {
  readonly message_id: string;
  readonly type: string;
  readonly headers: string;
  readonly body: Buffer;
}

/** Dead letters read at once; each may be as large as a message may be. */
const LETTERS_PER_LOOK = 50;

/**
 * Takes the content of a case out of the tables that this library keeps: the openings of its facts, salts included; and of its dead letters the
 * bodies, the errors, and what persons wrote and facts tell about them. Leaves, heads and letters stay. The outbox needs none of it: its rows go
 * once they are published. Whoever is cut off does it again.
 */
export async function eraseMessages(database: Database, of: ErasedCase): Promise<void> {
  await emptyOpenings(database, 'case_id', of.caseId);
  const letters = await lettersOf(database, of);
  await updateWhereIn(database, 'redrives', { reason: "''", error: 'NULL' }, 'message_id', letters);
  // These openings are sealed under a key of the system, which outlives the case.
  for (const messageId of letters) await emptyOpenings(database, 'subject', letterSubject(messageId));
  // Last, because the letters are found by their bodies.
  await updateWhereIn(database, 'dead_letters', { body: "x''", error: "''" }, 'message_id', letters);
}

function emptyOpenings(database: Database, column: 'case_id' | 'subject', value: string): Promise<void> {
  return updateWalking(database, { table: 'facts', key: 'seq', column }, value, { opening: "x''" });
}

/** The messages of the case among the dead letters. They are few, since each one is an alarm, so no index is kept for this. */
async function lettersOf(database: Database, { caseId, orderNumbers, kept }: ErasedCase): Promise<readonly string[]> {
  const names = [caseId, ...orderNumbers].map((name) => Buffer.from(JSON.stringify(name)));
  const found = new Set<string>();
  for (let after = ''; ;) {
    const rows = await database.reader.all<LetterRow>(
      `SELECT message_id, type, headers, body FROM dead_letters WHERE message_id > ? ORDER BY message_id, reader LIMIT ${LETTERS_PER_LOOK}`,
      [after],
    );
    for (const { message_id, type, headers, body } of rows) {
      if (kept.includes(type)) continue;
      const isSealed = (JSON.parse(headers) as { readonly caseId?: string }).caseId === caseId;
      // A body in clear is JSON and names its order or case as a text of its own.
      if (isSealed || names.some((name) => body.includes(name))) found.add(message_id);
    }
    if (rows.length < LETTERS_PER_LOOK) return [...found];
    after = rows.at(-1)?.message_id ?? '';
  }
}
