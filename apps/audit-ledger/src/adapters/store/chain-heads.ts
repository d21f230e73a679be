import { AppError } from '#kernel';
import { compareAndSetMany, insertMany, placeholders, type GuardedChange, type Reader, type Tx } from '#persistence';

/** The newest sequenced leaf of one chain. */
export interface ChainHead {
  readonly seq: number;
  readonly leafHash: string;
}

export type ChainHeads = ReadonlyMap<string, ChainHead>;

/** Chains asked for in one statement. */
const CHAINS_PER_QUERY = 200;

export class ChainHeadRows {
  constructor(private readonly reader: Reader) {}

  async of(chains: readonly string[]): Promise<Map<string, ChainHead>> {
    const heads = new Map<string, ChainHead>();
    for (let at = 0; at < chains.length; at += CHAINS_PER_QUERY) {
      const some = chains.slice(at, at + CHAINS_PER_QUERY);
      // Always the same number of places, so that the statement is prepared once; the last name fills the rest.
      const filled = [...some, ...new Array<string>(CHAINS_PER_QUERY - some.length).fill(some.at(-1) ?? '')];
      const rows = await this.reader.all<{ chain: string; chain_seq: number; leaf_hash: string }>(
        `SELECT chain, chain_seq, leaf_hash FROM ledger_chains WHERE chain IN (${placeholders(CHAINS_PER_QUERY)})`,
        filled,
      );
      for (const row of rows) heads.set(row.chain, { seq: row.chain_seq, leafHash: row.leaf_hash });
    }
    return heads;
  }

  /** Moves the heads from what was read to what was sequenced. @throws AppError `second-sequencer` when one has moved meanwhile */
  async advance(tx: Tx, before: ChainHeads, after: ChainHeads): Promise<void> {
    const fresh: { chain: string; chain_seq: number; leaf_hash: string }[] = [];
    const moved: GuardedChange[] = [];
    for (const [chain, { seq, leafHash }] of after) {
      const old = before.get(chain);
      if (old) moved.push({ key: chain, expected: old.seq, change: { chain_seq: seq, leaf_hash: leafHash } });
      else fresh.push({ chain, chain_seq: seq, leaf_hash: leafHash });
    }
    await insertMany(tx, 'ledger_chains', fresh);
    if (await compareAndSetMany(tx, 'ledger_chains', { key: 'chain', guard: 'chain_seq' }, moved)) return;
    throw new AppError('second-sequencer', 'a chain has moved under the sequencer', { level: 'fatal' });
  }
}
