import type { Reader, Row, SqlValue } from '#persistence';

/** What an auditor asks for; what is left out does not narrow the search. */
export interface EntryQuestion {
  readonly orderNumber?: string | undefined;
  readonly caseNumber?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  /** `YYYY-MM-DDThh:mm:ss.sssZ`, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The log of one year alone. */
  readonly year?: number | undefined;
}

/** Everything below this place is published. */
export interface PublishedUpTo {
  readonly year: number;
  readonly size: number;
}

/** Where the last page ended. */
export interface EntryKey {
  readonly at: string;
  readonly seq: number;
}

/** A published entry with the attributes that stand beside the log. */
export interface FoundEntry extends Row {
  readonly seq: number;
  readonly happened_at: string;
  readonly leaf: Buffer;
  readonly leaf_hash: string;
  readonly actor: string | null;
  readonly order_number: string | null;
  readonly case_number: string | null;
  readonly request_id: string | null;
  readonly log_year: number;
  readonly log_index: number;
}

/** Finds entries by the private search attributes, which never enter the log. Each attribute has an index of its own, by time. */
export class FactSearch {
  constructor(private readonly reader: Reader) {}

  /** Newest first, at most `limit`. What no published checkpoint covers is not found: it is no entry yet. */
  page(question: EntryQuestion, upTo: PublishedUpTo, limit: number, after?: EntryKey): Promise<FoundEntry[]> {
    const where = new Conditions();
    where.add('(log_year < ? OR (log_year = ? AND log_index < ?))', upTo.year, upTo.year, upTo.size);
    // Not by the index on places: the whole year would be sorted for one page.
    where.present('log_year + 0 = ?', question.year);
    where.equal('order_number', question.orderNumber);
    where.equal('case_number', question.caseNumber);
    where.equal('actor', question.actor);
    where.equal('type', question.type);
    where.present('happened_at >= ?', question.from);
    where.present('happened_at <= ?', question.to);
    // The first half lets the index begin there; the second alone would be read from the newest on.
    if (after) where.add('happened_at <= ? AND (happened_at < ? OR seq < ?)', after.at, after.at, after.seq);
    return this.reader.all<FoundEntry>(
      `SELECT seq, happened_at, leaf, leaf_hash, actor, order_number, case_number, request_id, log_year, log_index FROM ledger_facts
       WHERE ${where.sql()} ORDER BY happened_at DESC, seq DESC LIMIT ${limit}`,
      where.params,
    );
  }
}

class Conditions {
  private readonly parts: string[] = [];
  readonly params: SqlValue[] = [];

  add(condition: string, ...params: readonly SqlValue[]): void {
    this.parts.push(condition);
    this.params.push(...params);
  }

  present(condition: string, value: SqlValue | undefined): void {
    if (value !== undefined) this.add(condition, value);
  }

  equal(column: string, value: SqlValue | undefined): void {
    this.present(`${column} = ?`, value);
  }

  sql(): string {
    return this.parts.join(' AND ');
  }
}
