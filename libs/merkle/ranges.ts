import { AppError } from '#kernel';

/** The largest tree: sizes and indexes are JavaScript integers, far more than any log of ours will hold. */
export const SIZE_MAX = Number.MAX_SAFE_INTEGER;

/** The leaves from `start` up to but not including `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** One perfect subtree: number `index` of those of 2^`height` leaves. */
export interface PerfectNode {
  readonly height: number;
  readonly index: number;
}

/** The largest power of two below `count`, where the tree over `count` > 1 leaves is split (RFC 6962 section 2.1). */
export function splitPoint(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The subtrees whose hashes prove leaf `index` in a tree of `size`, leaf to root (PATH of RFC 6962 section 2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new AppError('invalid', 'the index must be below the size');
  }
  const fromRoot: LeafRange[] = [];
  let range: LeafRange = { start: 0, end: size };
  while (range.end - range.start > 1) {
    const middle = range.start + splitPoint(range.end - range.start);
    const left = { start: range.start, end: middle };
    const right = { start: middle, end: range.end };
    fromRoot.push(index < middle ? right : left);
    range = index < middle ? left : right;
  }
  return fromRoot.reverse();
}

/**
 * The subtrees whose hashes prove that the tree of `from` leaves is a prefix of that of `to` leaves
 * (PROOF of RFC 6962 section 2.1.2). Empty when both are the same.
 */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 1 || from > to) {
    throw new AppError('invalid', 'the first size must be at least 1 and not above the second');
  }
  const fromRoot: LeafRange[] = [];
  let range: LeafRange = { start: 0, end: to };
  let known = true;
  while (from !== range.end) {
    const middle = range.start + splitPoint(range.end - range.start);
    const left = { start: range.start, end: middle };
    const right = { start: middle, end: range.end };
    fromRoot.push(from <= middle ? right : left);
    if (from > middle) known = false;
    range = from <= middle ? left : right;
  }
  // The verifier has the old root already; it needs this subtree only when it is not the whole old tree.
  if (!known) fromRoot.push(range);
  return fromRoot.reverse();
}

/** The perfect subtrees that make up a range, left to right. The range must be one of a tree's own (start aligned). */
export function perfectNodes(range: LeafRange): PerfectNode[] {
  const nodes: PerfectNode[] = [];
  let start = range.start;
  while (start < range.end) {
    let height = 0;
    let width = 1;
    while (width * 2 <= range.end - start && start % (width * 2) === 0) {
      width *= 2;
      height += 1;
    }
    nodes.push({ height, index: start / width });
    start += width;
  }
  return nodes;
}
