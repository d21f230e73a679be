import { hash } from 'node:crypto';
import { AppError, invariant } from '#kernel';

/** Bytes of one SHA-256 hash. */
export const HASH_BYTES = 32;

/** An entry's length is a big-endian uint16 in an entry bundle (C2SP tlog-tiles, "Log entries"). */
export const ENTRY_BYTES_MAX = 65_535;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** MTH of the empty list: SHA-256 of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Buffer = Buffer.from(hash('sha256', '', 'hex'), 'hex');

// One scratch area per kind of hash. Everything here is synchronous, so nobody sees it half written.
const leafScratch = Buffer.alloc(1 + ENTRY_BYTES_MAX);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_BYTES);
leafScratch[0] = LEAF_PREFIX;
nodeScratch[0] = NODE_PREFIX;

// One character a byte. Asking for such a text and writing it into place is three times as fast as asking for a new buffer per hash.
const RAW = 'binary';

/** Writes SHA-256(0x00 ‖ entry) into `out` at a byte offset. */
export function writeLeafHash(entry: Uint8Array, out: Buffer, at: number): void {
  if (entry.length > ENTRY_BYTES_MAX) throw new AppError('invalid', `an entry has at most ${ENTRY_BYTES_MAX} bytes`);
  leafScratch.set(entry, 1);
  out.write(hash('sha256', leafScratch.subarray(0, 1 + entry.length), RAW), at, HASH_BYTES, RAW);
}

/** Writes SHA-256(0x01 ‖ left ‖ right) into `out`, where left and right are 64 adjacent bytes of `from`. */
export function writeNodeHash(from: Buffer, pairAt: number, out: Buffer, at: number): void {
  from.copy(nodeScratch, 1, pairAt, pairAt + 2 * HASH_BYTES);
  out.write(hash('sha256', nodeScratch, RAW), at, HASH_BYTES, RAW);
}

/** @throws AppError `invalid` when the entry is longer than ENTRY_BYTES_MAX. */
export function leafHash(entry: Uint8Array): Buffer {
  const out = Buffer.alloc(HASH_BYTES);
  writeLeafHash(entry, out, 0);
  return out;
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  invariant(left.length === HASH_BYTES && right.length === HASH_BYTES, 'a node has two children of 32 bytes');
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return Buffer.from(hash('sha256', nodeScratch, RAW), RAW);
}

const foldScratch = Buffer.alloc(256 * HASH_BYTES);

/**
 * The root of a perfect subtree whose `count` leaves stand one after the other in `hashes` from hash number `first`.
 * `count` is a power of two, at most one full tile.
 */
export function perfectRoot(hashes: Buffer, first: number, count: number): Buffer {
  invariant(Number.isInteger(Math.log2(count)) && count <= 256, 'a perfect subtree of at most one tile');
  hashes.copy(foldScratch, 0, first * HASH_BYTES, (first + count) * HASH_BYTES);
  for (let left = count; left > 1; left /= 2) {
    for (let i = 0; i < left / 2; i++) writeNodeHash(foldScratch, i * 2 * HASH_BYTES, foldScratch, i * HASH_BYTES);
  }
  return Buffer.from(foldScratch.subarray(0, HASH_BYTES));
}
