import { instantText, parseInstant } from '#kernel';
import type { Reader, Row } from '#persistence';
import type { Place, WatchedFact } from '../../misuse/rule.js';

/** Facts of one act are recorded in one commit. */
const ACT_MS_MAX = 60_000;

interface EntryRow extends Row {
  readonly log_index: number;
  readonly leaf: Buffer;
  readonly actor: string | null;
  readonly case_number: string | null;
  readonly request_id: string | null;
}

/** The members of a leaf that the rules go by; it was read and found to be one before it was taken. */
interface LeafMembers {
  readonly type: string;
  readonly at: string;
  readonly source: string;
  readonly subject: string;
  readonly prev?: string;
}

/**
 * Entries of the log as the rules see them. What happened, when and where is read from the leaf, which the log proves; who it was stands beside
 * the log, because the leaf has only a pseudonym that changes with the year.
 */
export class WatchedEntries {
  constructor(private readonly reader: Reader) {}

  /** The entries at the places from `first` up to `end` of one year's log, in their order. */
  async between(year: number, first: number, end: number): Promise<WatchedFact[]> {
    const rows = await this.reader.all<EntryRow>(
      `SELECT log_index, leaf, actor, case_number, request_id FROM ledger_facts
       WHERE log_year = ? AND log_index >= ? AND log_index < ? ORDER BY log_index`,
      [year, first, end],
    );
    return rows.map((row) => factOf(year, row));
  }

  /** Where the entry before it in its chain stands, if it happened in the same act. It is looked for by case, which has an index by time. */
  async before({ at, caseNumber, prev }: WatchedFact): Promise<Place | undefined> {
    if (prev === undefined || caseNumber === undefined) return undefined;
    const row = await this.reader.one<{ log_year: number; log_index: number }>(
      `SELECT log_year, log_index FROM ledger_facts
       WHERE case_number = ? AND happened_at BETWEEN ? AND ? AND leaf_hash = ? AND log_index IS NOT NULL`,
      [caseNumber, instantText(at - ACT_MS_MAX), instantText(at), prev],
    );
    return row && { year: row.log_year, index: row.log_index };
  }
}

function factOf(year: number, { log_index: index, leaf, actor, case_number, request_id }: EntryRow): WatchedFact {
  // SQLite keeps what was written as it was written, a text among blobs too.
  const { type, at, source, subject, prev } = JSON.parse(Buffer.from(leaf).toString('utf8')) as LeafMembers;
  return {
    place: { year, index },
    at: parseInstant(at),
    source,
    subject,
    type,
    actor: actor ?? undefined,
    caseNumber: case_number ?? undefined,
    requestId: request_id ?? undefined,
    prev,
  };
}
