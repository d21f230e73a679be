import { sha256Hex, type Instant } from '#kernel';
import { compareAndSet, type Reader, type Row, type Tx } from '#persistence';

/** The newest checkpoint of one log that this witness has cosigned. */
export interface WitnessHead {
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

interface HeadRow extends Row {
  readonly size: number;
  readonly root: string;
}

export interface SignedHead extends WitnessHead {
  readonly origin: string;
  /** The log's signed note, byte for byte: evidence, should the log ever contradict it. */
  readonly checkpoint: Buffer;
}

export class WitnessHeadRows {
  constructor(private readonly reader: Reader) {}

  /** The newest cosigned head of a log, or undefined when there is none. */
  of(origin: string): Promise<WitnessHead | undefined> {
    return this.reader.one<HeadRow>('SELECT size, root FROM witness_heads WHERE origin_digest = ?', [sha256Hex(origin)]);
  }

  /** Moves a log's head from exactly the one that the check was made against. False when another request was first. */
  advance(tx: Tx, from: WitnessHead | undefined, to: SignedHead, at: Instant): Promise<boolean> {
    const { origin, size, root, checkpoint } = to;
    const key = sha256Hex(origin);
    if (!from) return tx.insertOnce('witness_heads', { origin_digest: key, origin, size, root, checkpoint, cosigned_at: at });
    const change = { size, root, checkpoint, cosigned_at: at };
    return compareAndSet(tx, 'witness_heads', change, { origin_digest: key, size: from.size, root: from.root });
  }
}
