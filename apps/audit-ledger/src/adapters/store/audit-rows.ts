import type { Reader, Row } from '#persistence';

/** A leaf at its place, as the database has it. */
export interface PlacedLeaf extends Row {
  readonly log_index: number;
  readonly leaf: Buffer;
  readonly leaf_hash: string;
}

/** The committed head as the row has it; its note carries the log's signature alone. */
export interface CommittedHead extends Row {
  readonly size: number;
  readonly root: string;
  readonly checkpoint: Buffer;
}

/** What the database says that the log must say too. */
export class AuditRows {
  constructor(private readonly reader: Reader) {}

  headOf(year: number): Promise<CommittedHead | undefined> {
    return this.reader.one<CommittedHead>('SELECT size, root, checkpoint FROM ledger_heads WHERE log_year = ?', [year]);
  }

  /** The lowest place of a row that lies beyond the committed head, which no row may have. */
  async beyondHead(year: number): Promise<number | undefined> {
    // One statement, so that a batch that is committed meanwhile does not count.
    const row = await this.reader.one<{ place: number }>(
      `SELECT f.log_index AS place FROM ledger_facts f JOIN ledger_heads h ON h.log_year = f.log_year
       WHERE f.log_year = ? AND f.log_index >= h.size ORDER BY f.log_index LIMIT 1`,
      [year],
    );
    return row?.place;
  }

  /** The rows at the places from `first` up to `end`. */
  placed(year: number, first: number, end: number): Promise<PlacedLeaf[]> {
    return this.reader.all<PlacedLeaf>(
      `SELECT log_index, leaf, leaf_hash FROM ledger_facts WHERE log_year = ? AND log_index >= ? AND log_index < ?`,
      [year, first, end],
    );
  }
}
