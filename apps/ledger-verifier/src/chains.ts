import { Broken } from './broken.js';
import type { Leaf } from './leaf.js';

/** The newest leaf of one source and subject. The hash is kept as one character a byte to save memory. */
interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** A chain whose first leaf in this log is not number 1: it must go on from the log of an earlier year. */
export interface Opening {
  readonly index: number;
  readonly chain: string;
  readonly leaf: Leaf;
}

/** Chains that may go on from an earlier year; a log with more of them than this is not one of ours. */
const OPENINGS_MAX = 5_000_000;

/**
 * Follows `(subject, subjectSeq, prev)` of every source: each leaf names its number and the leaf before it, so a fact that was
 * left out, doubled or put elsewhere shows as a gap. Holds one head per source and subject in memory.
 */
export class Chains {
  readonly openings: Opening[] = [];
  private readonly heads = new Map<string, Head>();

  /** @param hash the leaf's own hash, one character a byte */
  take(index: number, leaf: Leaf, hash: string): void {
    const chain = `${leaf.source} ${leaf.subject}`;
    const head = this.heads.get(chain);
    if (head) follow(head, leaf, index, chain);
    else if (leaf.subjectSeq > 1) this.open({ index, chain, leaf });
    this.heads.set(chain, { seq: leaf.subjectSeq, hash });
  }

  /** Checks that the chains of the later log go on from where this one ends, as far as this one knows them; returns the rest. */
  continueInto(openings: readonly Opening[]): Opening[] {
    return openings.filter(({ index, chain, leaf }) => {
      const head = this.heads.get(chain);
      if (head) follow(head, leaf, index, chain);
      return head === undefined;
    });
  }

  private open(opening: Opening): void {
    if (this.openings.length >= OPENINGS_MAX) throw new Broken(`entry ${opening.index}`, 'too many chains begin in an earlier log');
    this.openings.push(opening);
  }
}

function follow(head: Head, leaf: Leaf, index: number, chain: string): void {
  if (leaf.subjectSeq !== head.seq + 1) {
    throw new Broken(`entry ${index}`, `number ${leaf.subjectSeq} of (${chain}) comes after number ${head.seq}`);
  }
  if (leaf.prev !== Buffer.from(head.hash, 'binary').toString('hex')) {
    throw new Broken(`entry ${index}`, `prev does not name number ${head.seq} of (${chain})`);
  }
}
