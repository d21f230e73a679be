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

/** Builds the levels of tiles above level 0 from the roots of the complete tiles of level 0, and roots from all of them. */
export class Tree {
  private readonly levels: Level[] = [];

  /** The tree over `tiles` complete tiles of level 0, from the partial tiles above them, lowest first (what `edge` returns). */
  static at(tiles: number, edge: readonly Buffer[]): Tree {
    const tree = new Tree();
    const left = [...edge];
    for (let level = 1, hashes = tiles; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
      const width = hashes % TILE_WIDTH;
      const kept = width === 0 ? Buffer.alloc(0) : left.shift();
      if (kept?.length !== width * HASH_BYTES) throw new Error(`the edge does not fit ${tiles} tiles`);
      const all = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
      kept.copy(all);
      tree.levels[level] = { hashes: all, width, done: Math.floor(hashes / TILE_WIDTH) };
    }
    return tree;
  }

  /** Takes the root of the next complete tile of level 0 and returns the tiles above that it completes. */
  push(root: Buffer): Tile[] {
    const completed: Tile[] = [];
    let next = root;
    for (let level = 1; ; level++) {
      const above = (this.levels[level] ??= { hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0, done: 0 });
      next.copy(above.hashes, above.width * HASH_BYTES);
      above.width += 1;
      if (above.width < TILE_WIDTH) return completed;
      const full = Buffer.from(above.hashes);
      completed.push({ level, index: above.done, hashes: full });
      above.done += 1;
      above.width = 0;
      next = perfectRoot(full, 0, TILE_WIDTH);
    }
  }

  /** All that is needed to go on from here later: the hashes of the partial tiles above level 0, lowest first. */
  edge(): Buffer[] {
    return this.partials().map(({ hashes }) => hashes);
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
