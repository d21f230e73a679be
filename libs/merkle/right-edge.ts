import { AppError, invariant } from '#kernel';
import { decodeBundle, encodeEntry } from './bundle.js';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot, writeLeafHash } from './hashing.js';
import { edgeTiles, TILE_HEIGHT, TILE_WIDTH, tilePath } from './tile-path.js';
import type { TileSource } from './tree-reader.js';

/** One file of the log, with its path relative to the log's prefix. */
export interface TileFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What appending a batch of entries changes. Nothing is changed until the caller adopts `edge`. */
export interface Growth {
  readonly edge: RightEdge;
  readonly root: Buffer;
  /** Leaf hashes of the batch, in order. */
  readonly leafHashes: readonly Buffer[];
  /** Every tile and bundle that is new or wider than before. */
  readonly files: readonly TileFile[];
}

/** The partial tile of one level: room for a full one, and how many hashes it holds. */
interface Tail {
  readonly hashes: Buffer;
  width: number;
}

/**
 * The right edge of a tree: the partial tile of each level and the partial bundle of entries.
 * That is all that is needed to append and to know the root, so a log of any size grows at the same cost.
 * An edge never changes; `grow` returns the next one, so a batch that fails to commit leaves no trace.
 */
export class RightEdge {
  private constructor(
    readonly size: number,
    private readonly tails: readonly Tail[],
    private readonly bundle: readonly Buffer[],
  ) {}

  static empty(): RightEdge {
    return new RightEdge(0, [], []);
  }

  /**
   * Reads the edge of a tree of `size` back from its tiles.
   * @throws AppError `ledger-corrupt` when the entries do not hash to the level 0 tile. The caller compares the root.
   */
  static async load(size: number, source: TileSource): Promise<RightEdge> {
    const tails: Tail[] = [];
    for (const { level, index, width } of edgeTiles(size)) {
      while (tails.length <= level) tails.push(newTail());
      const tile = await source.readTile(level, index, width);
      invariant(tile.length >= width * HASH_BYTES, 'a tile source returns at least the width that was asked for');
      const tail = newTail();
      tail.hashes.set(tile.subarray(0, width * HASH_BYTES));
      tail.width = width;
      tails[level] = tail;
    }
    const width = size % TILE_WIDTH;
    const entries = width === 0 ? [] : decodeBundle(await source.readBundle(Math.floor(size / TILE_WIDTH), width), width);
    return new RightEdge(size, tails, checkedBundle(entries, tails[0]));
  }

  /** MTH of the whole tree (RFC 6962 section 2.1). */
  root(): Buffer {
    let root: Buffer | undefined;
    for (const tail of this.tails) {
      let end = tail.width;
      for (let bit = 0; bit < TILE_HEIGHT; bit++) {
        const count = 2 ** bit;
        if ((tail.width & count) === 0) continue;
        const subtree = perfectRoot(tail.hashes, end - count, count);
        root = root === undefined ? subtree : nodeHash(subtree, root);
        end -= count;
      }
    }
    return root ?? Buffer.from(EMPTY_ROOT);
  }

  /** Appends entries and says which files that writes. The caller bounds the batch. */
  grow(entries: readonly Uint8Array[]): Growth {
    const tails = this.tails.map(copyTail);
    const files: TileFile[] = [];
    const touched = new Set<number>();
    const leafHashes: Buffer[] = [];
    let bundle = [...this.bundle];
    let size = this.size;
    for (const entry of entries) {
      const hash = Buffer.alloc(HASH_BYTES);
      writeLeafHash(entry, hash, 0);
      leafHashes.push(hash);
      bundle.push(encodeEntry(entry));
      size += 1;
      if (size % TILE_WIDTH === 0) {
        files.push({ path: tilePath({ level: 'entries', index: size / TILE_WIDTH - 1, width: TILE_WIDTH }), bytes: Buffer.concat(bundle) });
        bundle = [];
      }
      pushHash(tails, files, touched, size, hash);
    }
    if (bundle.length > 0 && entries.length > 0) {
      const address = { level: 'entries', index: Math.floor(size / TILE_WIDTH), width: bundle.length } as const;
      files.push({ path: tilePath(address), bytes: Buffer.concat(bundle) });
    }
    for (const { level, index, width } of edgeTiles(size)) {
      const tail = tails[level];
      if (!touched.has(level) || !tail) continue;
      files.push({ path: tilePath({ level, index, width }), bytes: Buffer.from(tail.hashes.subarray(0, width * HASH_BYTES)) });
    }
    const edge = new RightEdge(size, tails, bundle);
    return { edge, root: edge.root(), leafHashes, files };
  }
}

function newTail(): Tail {
  return { hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0 };
}

function copyTail(tail: Tail): Tail {
  return { hashes: Buffer.from(tail.hashes), width: tail.width };
}

/** Adds one leaf hash; each tile that becomes full is written out and its root goes into the level above. */
function pushHash(tails: Tail[], files: TileFile[], touched: Set<number>, size: number, leaf: Buffer): void {
  let hash = leaf;
  for (let level = 0; ; level++) {
    const tail = (tails[level] ??= newTail());
    tail.hashes.set(hash, tail.width * HASH_BYTES);
    tail.width += 1;
    touched.add(level);
    if (tail.width < TILE_WIDTH) return;
    const index = size / TILE_WIDTH ** (level + 1) - 1;
    files.push({ path: tilePath({ level, index, width: TILE_WIDTH }), bytes: Buffer.from(tail.hashes) });
    hash = perfectRoot(tail.hashes, 0, TILE_WIDTH);
    tail.width = 0;
  }
}

function checkedBundle(entries: readonly Uint8Array[], tail: Tail | undefined): Buffer[] {
  const hash = Buffer.alloc(HASH_BYTES);
  return entries.map((entry, i) => {
    writeLeafHash(entry, hash, 0);
    const expected = tail?.hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
    if (!expected?.equals(hash)) {
      throw new AppError('ledger-corrupt', `entry ${i} of the last bundle does not hash to its tile`, { level: 'fatal' });
    }
    return encodeEntry(entry);
  });
}
