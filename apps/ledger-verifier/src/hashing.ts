import { hash } from 'node:crypto';

export const HASH_BYTES = 32;
export const TILE_WIDTH = 256;

// A text of one character a byte is the quickest way to get a digest out of node and into place.
const RAW = 'binary';
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = 1;

/**
 * SHA-256(0x00 ‖ entry), RFC 6962 section 2.1, in hex. The entry is `bundle` from `start` to `end`. The byte before it, which is half of its length
 * and has been read, becomes the zero: to copy each entry behind a zero would cost a tenth of the whole run.
 */
export function leafHashInPlace(bundle: Buffer, start: number, end: number): string {
  bundle[start - 1] = 0;
  return hash('sha256', new Uint8Array(bundle.buffer, bundle.byteOffset + start - 1, end - start + 1), 'hex');
}

/** SHA-256 of a text, the first bytes of it written into `out`. */
export function putTextHash(text: string, out: Buffer, at: number, bytes: number): void {
  out.write(hash('sha256', text, RAW), at, bytes, RAW);
}

export function leafHash(entry: Buffer): Buffer {
  return Buffer.from(leafHashInPlace(Buffer.concat([Buffer.of(0), entry]), 1, 1 + entry.length), 'hex');
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(nodeInput, 1);
  right.copy(nodeInput, 1 + HASH_BYTES);
  return Buffer.from(hash('sha256', nodeInput, RAW), RAW);
}

/** Room for the pairs of one tile, each behind the 0x01 of its node, and each as it is hashed. */
const NODE_BYTES = 1 + 2 * HASH_BYTES;
const folding = Buffer.alloc((TILE_WIDTH / 2) * NODE_BYTES, 1);
const nodes = Array.from({ length: TILE_WIDTH / 2 }, (_, i) => folding.subarray(i * NODE_BYTES, (i + 1) * NODE_BYTES));

/** The root over `count` adjacent hashes of a tile, `count` being a power of two. */
export function perfectRoot(tile: Buffer, first: number, count: number): Buffer {
  const start = first * HASH_BYTES;
  if (count === 1) return Buffer.from(tile.subarray(start, start + HASH_BYTES));
  for (let i = 0; i < count / 2; i++) tile.copy(folding, i * NODE_BYTES + 1, start + i * 2 * HASH_BYTES, start + (i + 1) * 2 * HASH_BYTES);
  for (let pairs = count / 2; pairs > 1; pairs /= 2) {
    // The node of each pair becomes a half of a pair of the level above; what it overwrites has been hashed already.
    for (let i = 0; i < pairs; i++) folding.write(nodeOf(i), (i >> 1) * NODE_BYTES + 1 + (i & 1) * HASH_BYTES, HASH_BYTES, RAW);
  }
  return Buffer.from(nodeOf(0), RAW);
}

function nodeOf(i: number): string {
  return hash('sha256', nodes[i] ?? nodeInput, RAW);
}

/** Standard base64 in its one canonical spelling; undefined for every other spelling, so that no changed character passes. */
export function exactBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
