import { AppError, invariant } from '#kernel';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot } from './hashing.js';
import { consistencyRanges, inclusionRanges, perfectNodes, type LeafRange, type PerfectNode } from './ranges.js';
import { TILE_HEIGHT, TILE_WIDTH, widthAt } from './tile-path.js';

/** Where tiles are read from: files, a staging area, another log over HTTP. */
export interface TileSource {
  /**
   * The hashes of one tile, at least the first `width` of them (a wider tile of the same index starts with the same hashes).
   * MUST throw when there are fewer; it never guesses.
   */
  readTile(level: number, index: number, width: number): Promise<Uint8Array>;
  /** The bytes of one entry bundle with at least `width` entries, under the same rule. */
  readBundle(index: number, width: number): Promise<Uint8Array>;
}

/** A proof reads at most two tiles a level and there are seven levels below 2^53, so this holds all that one proof needs. */
const TILES_KEPT_MAX = 16;

/** Reads hashes and makes proofs for one size of a tree. It holds no more than a few tiles and may be thrown away. */
export class TreeReader {
  private readonly tiles = new Map<string, Buffer>();

  constructor(
    private readonly source: TileSource,
    readonly size: number,
  ) {
    if (!Number.isSafeInteger(size) || size < 0) throw new AppError('invalid', 'a size is a whole number');
  }

  async root(): Promise<Buffer> {
    return this.size === 0 ? Buffer.from(EMPTY_ROOT) : this.rangeHash({ start: 0, end: this.size });
  }

  /** The leaf hash that stands in the tree at `index`. */
  async leafHash(index: number): Promise<Buffer> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size) throw new AppError('invalid', 'the index must be below the size');
    return this.nodeHash({ height: 0, index });
  }

  /** The audit path of a leaf, from its sibling up. @throws AppError `invalid` when the index is not below the size. */
  async inclusionProof(index: number): Promise<Buffer[]> {
    return this.rangeHashes(inclusionRanges(index, this.size));
  }

  /** The proof that the tree of `from` leaves is a prefix of this one. @throws AppError `invalid` unless 1 ≤ from ≤ size. */
  async consistencyProof(from: number): Promise<Buffer[]> {
    return this.rangeHashes(consistencyRanges(from, this.size));
  }

  private async rangeHashes(ranges: readonly LeafRange[]): Promise<Buffer[]> {
    const hashes: Buffer[] = [];
    for (const range of ranges) hashes.push(await this.rangeHash(range));
    return hashes;
  }

  private async rangeHash(range: LeafRange): Promise<Buffer> {
    const nodes = perfectNodes(range).reverse();
    let hash: Buffer | undefined;
    for (const node of nodes) {
      const left = await this.nodeHash(node);
      hash = hash === undefined ? left : nodeHash(left, hash);
    }
    invariant(hash, 'a range holds at least one leaf');
    return hash;
  }

  /** A perfect subtree lies inside one tile: its leaves are 2^(height mod 8) adjacent hashes of tile level height / 8. */
  private async nodeHash(node: PerfectNode): Promise<Buffer> {
    const level = Math.floor(node.height / TILE_HEIGHT);
    const count = 2 ** (node.height % TILE_HEIGHT);
    const first = node.index * count;
    const index = Math.floor(first / TILE_WIDTH);
    const tile = await this.tile(level, index);
    return perfectRoot(tile, first % TILE_WIDTH, count);
  }

  private async tile(level: number, index: number): Promise<Buffer> {
    const key = `${level}/${index}`;
    const kept = this.tiles.get(key);
    if (kept) return kept;
    const width = widthAt(level, index, this.size);
    const bytes = await this.source.readTile(level, index, width);
    invariant(bytes.length >= width * HASH_BYTES, 'a tile source returns at least the width that was asked for');
    const tile = Buffer.from(bytes.buffer, bytes.byteOffset, width * HASH_BYTES);
    if (this.tiles.size >= TILES_KEPT_MAX) this.tiles.clear();
    this.tiles.set(key, tile);
    return tile;
  }
}
