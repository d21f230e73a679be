import { Broken } from './broken.js';
import { NO_RUNS, StretchChains, type Runs } from './chains.js';
import { HASH_BYTES, perfectRoot, putLeafHash, TILE_WIDTH } from './hashing.js';
import { parseLeaf, type Leaf } from './leaf.js';
import { fileName, type TileFiles } from './tile-files.js';

/** Pairs of tile and bundle that are read ahead of the check. */
const READ_AHEAD = 8;

/** A stretch of adjacent tiles of level 0 with their entries, which one thread checks by itself. */
export interface Stretch {
  readonly first: number;
  readonly tiles: number;
  /** Entries of the whole log. */
  readonly size: number;
  readonly anyEntries: boolean;
  /** Entries before this one have been put to their chains by an earlier verification. */
  readonly chainsFrom: number;
  /** Tiles whose leaf hashes are wanted, for roots at sizes inside them. */
  readonly keep: readonly number[];
  /** The facts about orders are wanted too. */
  readonly orders: boolean;
}

/** A fact about an order, as far as an export of orders is compared with it. */
export interface OrderFact {
  readonly index: number;
  readonly leafHash: string;
  readonly source: string;
  readonly subject: string;
  readonly type: string;
  /** Pseudonym. */
  readonly order: string;
}

export interface StretchFindings {
  /** Root of each complete tile, 32 bytes each. */
  readonly roots: Uint8Array;
  readonly kept: readonly (readonly [tile: number, hashes: Uint8Array])[];
  readonly runs: Runs;
  readonly orders: readonly OrderFact[];
  /** Set when the stretch is broken; everything else describes what comes before that place. */
  readonly broken: { readonly place: string; readonly reason: string } | undefined;
}

/** Hashes and reads every entry of a stretch. Never rejects for what is wrong with the log. */
export async function checkStretch(stretch: Stretch, files: TileFiles): Promise<StretchFindings> {
  const check = new StretchCheck(stretch, files);
  let broken: StretchFindings['broken'];
  try {
    await check.run();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    broken = { place: error.place, reason: error.reason };
  }
  return { ...check.findings(), broken };
}

interface Pair {
  readonly tile: Buffer;
  readonly bundle: Buffer;
}

class StretchCheck {
  private readonly computed = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
  private readonly roots: Buffer;
  private complete = 0;
  private readonly kept: [number, Uint8Array][] = [];
  private readonly chains = new StretchChains();
  private readonly orders: OrderFact[] = [];

  constructor(
    private readonly stretch: Stretch,
    private readonly files: TileFiles,
  ) {
    this.roots = Buffer.alloc(stretch.tiles * HASH_BYTES);
  }

  async run(): Promise<void> {
    const { first, tiles } = this.stretch;
    const ahead: Promise<Pair>[] = [];
    for (let n = first, next = first; n < first + tiles; n++) {
      while (next < first + tiles && next < n + READ_AHEAD) ahead.push(this.readPair(next++));
      const pair = await ahead.shift();
      if (pair) this.takePair(n, pair);
    }
  }

  findings(): Omit<StretchFindings, 'broken'> {
    const runs = this.stretch.anyEntries ? NO_RUNS : this.chains.encode();
    return { roots: this.roots.subarray(0, this.complete * HASH_BYTES), kept: this.kept, runs, orders: this.orders };
  }

  /** Errors wait until it is this pair's turn, so that the first broken place is the one that is named. */
  private readPair(n: number): Promise<Pair> {
    const width = Math.min(TILE_WIDTH, this.stretch.size - n * TILE_WIDTH);
    const pair = Promise.all([this.files.tile(0, n, width), this.files.bundle(n, width)]).then(([tile, bundle]) => ({ tile, bundle }));
    pair.catch(() => undefined);
    return pair;
  }

  private takePair(n: number, { tile, bundle }: Pair): void {
    const width = tile.length / HASH_BYTES;
    this.takeEntries(n, width, tile, bundle);
    if (this.stretch.keep.includes(n)) this.kept.push([n, Uint8Array.from(this.computed.subarray(0, tile.length))]);
    if (width < TILE_WIDTH) return;
    perfectRoot(this.computed, 0, TILE_WIDTH).copy(this.roots, this.complete * HASH_BYTES);
    this.complete += 1;
  }

  private takeEntries(n: number, width: number, tile: Buffer, bundle: Buffer): void {
    let at = 0;
    for (let i = 0; i < width; i++) {
      const index = n * TILE_WIDTH + i;
      const start = at + 2;
      const end = start <= bundle.length ? start + bundle.readUInt16BE(at) : Infinity;
      if (end > bundle.length) throw new Broken(fileName('entries', n, width), `ends inside entry ${index}`);
      const hash = putLeafHash(bundle, start, end, this.computed, i * HASH_BYTES);
      if (this.computed.compare(tile, i * HASH_BYTES, (i + 1) * HASH_BYTES, i * HASH_BYTES, (i + 1) * HASH_BYTES) !== 0) {
        throw new Broken(`entry ${index}`, `${fileName('entries', n, width)} does not hash to what stands in ${fileName(0, n, width)}`);
      }
      if (!this.stretch.anyEntries) this.takeLeaf(index, bundle.toString('latin1', start, end), hash);
      at = end;
    }
    if (at !== bundle.length) throw new Broken(fileName('entries', n, width), `${bundle.length - at} bytes follow its last entry`);
  }

  private takeLeaf(index: number, text: string, hash: string): void {
    const leaf = parseLeaf(text);
    if (!leaf) throw new Broken(`entry ${index}`, 'is not a leaf of version 1 in canonical JSON');
    if (index >= this.stretch.chainsFrom) this.chains.take(index, leaf, hash);
    if (this.stretch.orders && leaf.order !== undefined) this.orders.push(orderFact(index, hash, leaf, leaf.order));
  }
}

function orderFact(index: number, leafHash: string, { source, subject, type }: Leaf, order: string): OrderFact {
  return { index, leafHash, source, subject, type, order };
}
