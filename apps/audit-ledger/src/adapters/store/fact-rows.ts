import type { FactRecorded } from '#contracts';
import { AppError, invariant, type Instant } from '#kernel';
import { insertMany, placeholders, type Reader, type Row, type Tx } from '#persistence';
import type { ReadLeaf } from '../../use-cases/take-facts/read-leaf.js';

/**
 * `waiting` for the sequencer · `held` because the leaf before it has not come · `sequenced` at its place in a log ·
 * `refused` because its place in its chain is taken: it stays as evidence.
 */
export type FactState = 'waiting' | 'held' | 'sequenced' | 'refused';

export interface NewFact {
  readonly messageId: string;
  readonly chain: string;
  readonly leaf: ReadLeaf;
  readonly search: FactRecorded['search'];
  readonly takenAt: Instant;
}

/** A staged fact as the sequencer sees it. */
export interface WaitingFact extends Row {
  readonly seq: number;
  readonly chain: string;
  readonly chain_seq: number;
  readonly prev: string | null;
  readonly leaf_hash: string;
  readonly leaf: Buffer;
}

/** A fact of a request with its place, if it has one. */
export interface PlacedFact extends Row {
  readonly leaf: Buffer;
  readonly leaf_hash: string;
  readonly log_year: number | null;
  readonly log_index: number | null;
}

/** The largest answer to one question about a request. */
export const FACTS_OF_REQUEST_MAX = 20_000;

/** Message ids asked for in one statement. */
const IDS_PER_QUERY = 200;

function rowOf({ messageId, chain, leaf, search, takenAt }: NewFact) {
  return {
    message_id: messageId,
    chain,
    chain_seq: leaf.subjectSeq,
    prev: leaf.prev ?? null,
    leaf_hash: leaf.hash,
    leaf: leaf.bytes,
    type: search.type,
    actor: search.actor ?? null,
    order_number: search.orderNumber ?? null,
    case_number: search.caseNumber ?? null,
    request_id: search.requestId ?? null,
    taken_at: takenAt,
    happened_at: leaf.at,
    state: 'waiting',
  };
}

export class FactRows {
  constructor(private readonly reader: Reader) {}

  /**
   * Stages what has not come before, in its order. A fact costs a part of a statement, not one of its own: the log takes some ten of them
   * for each order. One that another process stages at the same moment makes the closure run again.
   */
  async stage(tx: Tx, facts: readonly NewFact[]): Promise<void> {
    const fresh = new Map(facts.map((fact) => [fact.messageId, fact]));
    for (const messageId of await this.staged(tx, [...fresh.keys()])) fresh.delete(messageId);
    await insertMany(tx, 'ledger_facts', [...fresh.values()].map(rowOf));
  }

  private async staged(tx: Tx, messageIds: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (let from = 0; from < messageIds.length; from += IDS_PER_QUERY) {
      const part = messageIds.slice(from, from + IDS_PER_QUERY);
      const rows = await tx.all<{ message_id: string }>(
        `SELECT message_id FROM ledger_facts WHERE message_id IN (${placeholders(part.length)})`,
        part,
      );
      found.push(...rows.map(({ message_id }) => message_id));
    }
    return found;
  }

  /** The oldest facts that wait, at most `limit`. */
  waiting(limit: number): Promise<WaitingFact[]> {
    return this.reader.all<WaitingFact>(
      `SELECT seq, chain, chain_seq, prev, leaf_hash, leaf FROM ledger_facts WHERE state = 'waiting' ORDER BY seq LIMIT ${limit}`,
    );
  }

  /** Gives the facts, in their order, the places from `firstIndex` on. */
  async place(tx: Tx, facts: readonly WaitingFact[], year: number, firstIndex: number): Promise<void> {
    for (let start = 0; start < facts.length;) {
      const end = endOfRun(facts, start);
      const [first, last] = [facts[start]?.seq ?? 0, facts[end - 1]?.seq ?? 0];
      const moved = await tx.run(
        "UPDATE ledger_facts SET state = 'sequenced', log_year = ?, log_index = seq + ? WHERE state = 'waiting' AND seq BETWEEN ? AND ?",
        [year, firstIndex + start - first, first, last],
      );
      invariant(moved === end - start, 'no other sequencer has taken a waiting fact');
      start = end;
    }
  }

  async setState(tx: Tx, seqs: readonly number[], state: FactState): Promise<void> {
    if (seqs.length === 0) return;
    await tx.run(`UPDATE ledger_facts SET state = ? WHERE state = 'waiting' AND seq IN (${placeholders(seqs.length)})`, [state, ...seqs]);
  }

  /** Lets the held facts of chains that have moved on be looked at again. */
  async release(tx: Tx, chains: readonly string[]): Promise<void> {
    for (const chain of chains) await tx.run("UPDATE ledger_facts SET state = 'waiting' WHERE state = 'held' AND chain = ?", [chain]);
  }

  async heldChains(): Promise<string[]> {
    const rows = await this.reader.all<{ chain: string }>("SELECT DISTINCT chain FROM ledger_facts WHERE state = 'held'");
    return rows.map((row) => row.chain);
  }

  /**
   * Fills in when facts happened where a release that did not know the column has staged them.
   * @returns how many rows were looked at; 0 when nothing is missing
   */
  async fillTimes(tx: Tx, limit: number): Promise<number> {
    const rows = await tx.all<{ seq: number }>(`SELECT seq FROM ledger_facts WHERE happened_at IS NULL ORDER BY seq LIMIT ${limit}`);
    const [first, last] = [rows[0]?.seq, rows.at(-1)?.seq];
    if (first === undefined || last === undefined) return 0;
    // The canonical form leaves one place for the member, and no text in a leaf can hold a quotation mark.
    await tx.run(
      `UPDATE ledger_facts SET happened_at = CAST(SUBSTR(leaf, INSTR(leaf, '"at":"') + 6, 24) AS CHAR)
       WHERE happened_at IS NULL AND seq BETWEEN ? AND ?`,
      [first, last],
    );
    return rows.length;
  }

  /** All facts of a request in the order in which they came. @throws AppError `too-large` beyond FACTS_OF_REQUEST_MAX */
  async ofRequest(requestId: string): Promise<PlacedFact[]> {
    const rows = await this.reader.all<PlacedFact>(
      `SELECT leaf, leaf_hash, log_year, log_index FROM ledger_facts
       WHERE request_id = ? AND state <> 'refused' ORDER BY seq LIMIT ${FACTS_OF_REQUEST_MAX + 1}`,
      [requestId],
    );
    if (rows.length > FACTS_OF_REQUEST_MAX) throw new AppError('too-large', `该请求的事实超过 ${FACTS_OF_REQUEST_MAX} 条`);
    return rows;
  }
}

/** Places follow row numbers as long as both count up by one, so one statement can give many. */
function endOfRun(facts: readonly WaitingFact[], start: number): number {
  let end = start + 1;
  while (end < facts.length && facts[end]?.seq === (facts[end - 1]?.seq ?? 0) + 1) end += 1;
  return end;
}
