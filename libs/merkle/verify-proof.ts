import { HASH_BYTES, nodeHash } from './hashing.js';

/** What an inclusion proof claims: this leaf hash stands at `index` in the tree of `size` leaves with this root. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** What a consistency proof claims: the tree `from` is a prefix of the tree `to`. */
export interface ConsistencyClaim {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 section 2.1.3.2. False for anything that does not add up, malformed numbers and lengths included. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![claim.leafHash, ...proof].every(isHash)) return false;
  let position = index;
  let last = size - 1;
  let hash: Buffer = Buffer.from(claim.leafHash);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      // A last node without a right neighbour rises unchanged until it is somebody's right child.
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && hash.equals(claim.root);
}

/**
 * RFC 9162 section 2.1.4.2. A proof from the empty tree says nothing and is refused, so that nobody relies on one;
 * two equal sizes need equal roots and an empty proof.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) return false;
  if (from === to) return proof.length === 0 && Buffer.from(fromRoot).equals(toRoot);
  if (!proof.every(isHash)) return false;
  // When the old tree is one perfect subtree, its root is the first hash and is left out of the proof.
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (first === undefined || !isHash(first)) return false;
  let position = from - 1;
  let last = to - 1;
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  let oldHash: Buffer = Buffer.from(first);
  let newHash: Buffer = Buffer.from(first);
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (position % 2 === 0 && position > 0) [position, last] = [half(position), half(last)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && oldHash.equals(fromRoot) && newHash.equals(toRoot);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
  return value.length === HASH_BYTES;
}

/** Sizes go beyond 32 bits, so shifting operators are of no use here. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
