import type { Instant } from '#kernel';
import { placeholders, type Reader, type Row } from '#persistence';

export type RedriveState = 'awaiting' | 'rejected' | 'approved' | 'redriven' | 'failed';

/** One proposal to drive a dead letter again. */
export interface RedriveRow extends Row {
  readonly id: string;
  readonly reader: string;
  readonly message_id: string;
  readonly state: RedriveState;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: Instant;
  readonly decided_by: string | null;
  readonly decided_at: Instant | null;
  readonly error: string | null;
}

/** The newest proposal for a letter. */
export function newestRedrive(
  reader: Reader,
  of: { readonly reader: string; readonly messageId: string },
): Promise<RedriveRow | undefined> {
  return reader.one<RedriveRow>('SELECT * FROM redrives WHERE message_id = ? AND reader = ? ORDER BY asked_at DESC, id DESC LIMIT 1', [
    of.messageId,
    of.reader,
  ]);
}

/** The newest proposal of each of some letters, by `reader/messageId`. */
export async function redrivesOf(reader: Reader, messageIds: readonly string[]): Promise<ReadonlyMap<string, RedriveRow>> {
  if (messageIds.length === 0) return new Map();
  const rows = await reader.all<RedriveRow>(
    `SELECT * FROM redrives WHERE message_id IN (${placeholders(messageIds.length)}) ORDER BY asked_at, id`,
    messageIds,
  );
  return new Map(rows.map((row) => [`${row.reader}/${row.message_id}`, row]));
}

/** Approved and not driven yet, oldest first. */
export function approvedRedrives(reader: Reader, limit: number): Promise<RedriveRow[]> {
  return reader.all<RedriveRow>(`SELECT * FROM redrives WHERE state = 'approved' ORDER BY asked_at LIMIT ${limit}`);
}
