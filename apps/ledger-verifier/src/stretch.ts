import { Broken } from './broken.js';
import { NO_RUNS, StretchChains, type Runs } from './chains.js';
import { HASH_BYTES, leafHashInPlace, perfectRoot, TILE_WIDTH } from './hashing.js';
import { LeafReader, type Leaf } from './leaf.js';
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
  /** Hash and place of each entry of the tile in hand. */
  private readonly hashes: string[] = Array.from({ length: TILE_WIDTH }, () => '');
  private readonly starts = new Uint32Array(TILE_WIDTH);
  private readonly ends = new Uint32Array(TILE_WIDTH);
  private readonly reader = new LeafReader();
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
    if (this.stretch.keep.includes(n)) this.kept.push([n, Uint8Array.from(tile)]);
    if (width < TILE_WIDTH) return;
    perfectRoot(tile, 0, TILE_WIDTH).copy(this.roots, this.complete * HASH_BYTES);
    this.complete += 1;
  }

  private takeEntries(n: number, width: number, tile: Buffer, bundle: Buffer): void {
    const { good, broken } = this.hashEntries(n, width, tile, bundle);
    if (!this.stretch.anyEntries) for (let i = 0; i < good; i++) this.takeLeaf(n * TILE_WIDTH + i, bundle, i);
    if (broken) throw broken;
  }

  /** Hashes the entries of a bundle and holds them against their tile. Says how many are good, and what is wrong with the next. */
  private hashEntries(n: number, width: number, tile: Buffer, bundle: Buffer): { good: number; broken?: Broken } {
    const name = fileName('entries', n, width);
    let at = 0;
    let whole = 0;
    for (; whole < width; whole++) {
      const start = at + 2;
      const end = start <= bundle.length ? start + bundle.readUInt16BE(at) : Infinity;
      if (end > bundle.length) break;
      const hash = leafHashInPlace(bundle, start, end);
      this.computed.write(hash, whole * HASH_BYTES, HASH_BYTES, 'hex');
      this.hashes[whole] = hash;
      this.starts[whole] = start;
      this.ends[whole] = at = end;
    }
    const good = this.equalHashes(tile, whole);
    const place = `entry ${n * TILE_WIDTH + good}`;
    if (good < whole) return { good, broken: new Broken(place, `${name} does not hash to what stands in ${fileName(0, n, width)}`) };
    if (whole < width) return { good, broken: new Broken(name, `ends inside ${place}`) };
    return at === bundle.length ? { good } : { good, broken: new Broken(name, `${bundle.length - at} bytes follow its last entry`) };
  }

  /** How many of the first hashes are those of the tile. */
  private equalHashes(tile: Buffer, count: number): number {
    const areEqual = (from: number, to: number): boolean =>
      this.computed.compare(tile, from * HASH_BYTES, to * HASH_BYTES, from * HASH_BYTES, to * HASH_BYTES) === 0;
    if (areEqual(0, count)) return count;
    let good = 0;
    while (areEqual(good, good + 1)) good++;
    return good;
  }

  private takeLeaf(index: number, bundle: Buffer, i: number): void {
    const { reader } = this;
    if (!reader.read(bundle, this.starts[i] ?? 0, this.ends[i] ?? 0))
      throw new Broken(`entry ${index}`, 'is not a leaf of version 1 in canonical JSON');
    const hash = this.hashes[i] ?? '';
    if (index >= this.stretch.chainsFrom) this.chains.take(index, reader, hash);
    if (this.stretch.orders && reader.order !== undefined) this.orders.push(orderFact(index, hash, reader.leaf(), reader.order));
  }
}

function orderFact(index: number, leafHash: string, { source, subject, type }: Leaf, order: string): OrderFact {
  return { index, leafHash, source, subject, type, order };
}
