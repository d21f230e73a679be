import { createHash } from 'node:crypto';
import { HASH_BYTES, nodeHash, perfectRoot, TILE_WIDTH } from './hashing.js';

/** One tile that is complete, or the part of it that exists at the right edge. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Buffer;
}

interface Level {
  readonly hashes: Buffer;
  width: number;
  /** Complete tiles of this level so far. */
  done: number;
}

/** Builds the levels of tiles above level 0 from the complete tiles of level 0, and roots from all of them. */
export class Tree {
  private readonly levels: Level[] = [];

  /** Takes a complete tile of level 0 and returns the tiles above that it completes. */
  push(tile: Buffer): Tile[] {
    const completed: Tile[] = [];
    let full = tile;
    for (let level = 1; ; level++) {
      const above = (this.levels[level] ??= { hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0, done: 0 });
      perfectRoot(full, 0, TILE_WIDTH).copy(above.hashes, above.width * HASH_BYTES);
      above.width += 1;
      if (above.width < TILE_WIDTH) return completed;
      full = Buffer.from(above.hashes);
      completed.push({ level, index: above.done, hashes: full });
      above.done += 1;
      above.width = 0;
    }
  }

  /** The partial tiles above level 0. */
  partials(): Tile[] {
    return this.levels.flatMap(({ hashes, width, done }, level) =>
      width === 0 ? [] : [{ level, index: done, hashes: Buffer.from(hashes.subarray(0, width * HASH_BYTES)) }],
    );
  }

  /** MTH (RFC 6962 section 2.1) of everything pushed and `width` further leaf hashes, at most one tile of them. */
  root(leaves: Buffer, width: number): Buffer {
    let root = foldRight(leaves, width, undefined);
    for (const level of this.levels) if (level !== undefined) root = foldRight(level.hashes, level.width, root);
    return root ?? createHash('sha256').digest();
  }
}

/** Joins the perfect subtrees of a tile, the smallest (rightmost) first, to the left of what lies to the right of them. */
function foldRight(hashes: Buffer, width: number, right: Buffer | undefined): Buffer | undefined {
  let root = right;
  let end = width;
  for (let count = 1; count <= width; count *= 2) {
    if ((width & count) === 0) continue;
    const subtree = perfectRoot(hashes, end - count, count);
    root = root === undefined ? subtree : nodeHash(subtree, root);
    end -= count;
  }
  return root;
}
