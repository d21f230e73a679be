import { Broken } from './broken.js';
import { ChainTable, KEY_BYTES } from './chain-table.js';
import { HASH_BYTES, putTextHash } from './hashing.js';
import { chainName, type LeafReader } from './leaf.js';

/** The leaves of one chain that stand in one stretch of the log: where it is entered and where it is left. */
interface Run {
  readonly index: number;
  readonly firstSeq: number;
  readonly prev: string | undefined;
  seq: number;
  hash: string;
}

const NUMBERS = 3;
const RUN_BYTES = KEY_BYTES + 2 * HASH_BYTES;

/** The runs of a stretch, in the order in which they begin, flat so that they cross a thread's border without being copied. */
export interface Runs {
  /** Chain names, each ended by a newline. */
  readonly names: string;
  /** Index of the first leaf, its number, number of the last leaf. */
  readonly numbers: Float64Array;
  /** Key of the chain, prev of the first leaf (zeros for none), hash of the last leaf. */
  readonly bytes: Uint8Array;
}

export const NO_RUNS: Runs = { names: '', numbers: new Float64Array(0), bytes: new Uint8Array(0) };

/** A chain whose first leaf in this log is not number 1: it must go on from the log of an earlier year. */
export interface Opening {
  readonly index: number;
  readonly chain: string;
  readonly seq: number;
  /** Key of the chain and prev of the leaf. */
  readonly bytes: Buffer;
}

/** Chains that may go on from an earlier year; a log with more of them than this is not one of ours. */
const OPENINGS_MAX = 5_000_000;

/** Follows the chains within one stretch of the log, so that only their ends must be put together afterwards. */
export class StretchChains {
  /** By the chain's raw name. */
  private readonly runs = new Map<string, Run>();

  /**
   * @param leaf the reader that has just read it
   * @param hash the leaf's own hash, hex
   * @throws Broken when the leaf does not follow the one before it in this stretch
   */
  take(index: number, leaf: LeafReader, hash: string): void {
    const chain = leaf.rawChain();
    const { subjectSeq: seq } = leaf;
    const run = this.runs.get(chain);
    if (!run) {
      this.runs.set(chain, { index, firstSeq: seq, prev: leaf.prev, seq, hash });
      return;
    }
    if (seq !== run.seq + 1) throw gap(index, seq, chainName(chain), run.seq);
    if (!leaf.namesPrev(run.hash)) throw otherPrev(index, chainName(chain), run.seq);
    run.seq = seq;
    run.hash = hash;
  }

  encode(): Runs {
    const numbers = new Float64Array(this.runs.size * NUMBERS);
    const bytes = Buffer.alloc(this.runs.size * RUN_BYTES);
    const chains = [...this.runs.keys()].map(chainName);
    let i = 0;
    for (const run of this.runs.values()) {
      const at = i * RUN_BYTES;
      numbers.set([run.index, run.firstSeq, run.seq], i * NUMBERS);
      putTextHash(chains[i] ?? '', bytes, at, KEY_BYTES);
      if (run.prev !== undefined) bytes.write(run.prev, at + KEY_BYTES, HASH_BYTES, 'hex');
      bytes.write(run.hash, at + KEY_BYTES + HASH_BYTES, HASH_BYTES, 'hex');
      i += 1;
    }
    return { names: [...chains, ''].join('\n'), numbers, bytes };
  }
}

/**
 * Follows `(subject, subjectSeq, prev)` of every source over the whole log: each leaf names its number and the leaf before it, so a fact
 * that was left out, doubled or put elsewhere shows as a gap. Holds the newest leaf of each chain in memory.
 */
export class Chains {
  readonly openings: Opening[] = [];
  readonly table = new ChainTable();

  /** Takes the runs of the next stretch. @throws Broken at the first run that does not follow */
  take({ names, numbers, bytes: raw }: Runs): void {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const nameOf = (i: number): string => names.split('\n', i + 1)[i] ?? '';
    for (let i = 0; i * NUMBERS < numbers.length; i++) {
      const [index = 0, first = 0, last = 0] = numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
      const at = i * RUN_BYTES;
      const before = this.table.seqOf(bytes, at);
      if (before > 0) this.follow(index, first, before, bytes, at, () => nameOf(i));
      else if (first > 1)
        this.open({ index, chain: nameOf(i), seq: first, bytes: Buffer.from(bytes.subarray(at, at + KEY_BYTES + HASH_BYTES)) });
      this.table.put(bytes, at, last, bytes, at + KEY_BYTES + HASH_BYTES);
    }
  }

  /** Checks that the chains of the later log go on from where this one ends, as far as this one knows them; returns the rest. */
  continueInto(openings: readonly Opening[]): Opening[] {
    return openings.filter(({ index, chain, seq, bytes }) => {
      const before = this.table.seqOf(bytes, 0);
      if (before > 0) this.follow(index, seq, before, bytes, 0, () => chain);
      return before === 0;
    });
  }

  private follow(index: number, seq: number, before: number, bytes: Buffer, at: number, chain: () => string): void {
    if (seq !== before + 1) throw gap(index, seq, chain(), before);
    if (!this.table.isNewest(bytes, at, bytes, at + KEY_BYTES)) throw otherPrev(index, chain(), before);
  }

  private open(opening: Opening): void {
    if (this.openings.length >= OPENINGS_MAX) throw new Broken(`entry ${opening.index}`, 'too many chains begin in an earlier log');
    this.openings.push(opening);
  }
}

function gap(index: number, seq: number, chain: string, before: number): Broken {
  return new Broken(`entry ${index}`, `number ${seq} of (${chain}) comes after number ${before}`);
}

function otherPrev(index: number, chain: string, before: number): Broken {
  return new Broken(`entry ${index}`, `prev does not name number ${before} of (${chain})`);
}
