import { hash } from 'node:crypto';

export const HASH_BYTES = 32;
export const ENTRY_BYTES_MAX = 65_535;
export const TILE_WIDTH = 256;

// A text of one character a byte is the quickest way to get a digest out of node and into place.
const RAW = 'binary';
const leafInput = Buffer.alloc(1 + ENTRY_BYTES_MAX);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
leafInput[0] = 0;
nodeInput[0] = 1;

/** SHA-256(0x00 ‖ entry), RFC 6962 section 2.1, written into `out` and returned in hex. The entry is `bundle` from `start` to `end`. */
export function putLeafHash(bundle: Buffer, start: number, end: number, out: Buffer, at: number): string {
  bundle.copy(leafInput, 1, start, end);
  const digest = hash('sha256', leafInput.subarray(0, 1 + end - start), 'hex');
  out.write(digest, at, HASH_BYTES, 'hex');
  return digest;
}

/** SHA-256 of a text, the first bytes of it written into `out`. */
export function putTextHash(text: string, out: Buffer, at: number, bytes: number): void {
  out.write(hash('sha256', text, RAW), at, bytes, RAW);
}

export function leafHash(entry: Buffer): Buffer {
  const out = Buffer.alloc(HASH_BYTES);
  putLeafHash(entry, 0, entry.length, out, 0);
  return out;
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(nodeInput, 1);
  right.copy(nodeInput, 1 + HASH_BYTES);
  return Buffer.from(hash('sha256', nodeInput, RAW), RAW);
}

const folding = Buffer.alloc(TILE_WIDTH * HASH_BYTES);

/** The root over `count` adjacent hashes of a tile, `count` being a power of two. */
export function perfectRoot(tile: Buffer, first: number, count: number): Buffer {
  tile.copy(folding, 0, first * HASH_BYTES, (first + count) * HASH_BYTES);
  for (let pairs = count / 2; pairs >= 1; pairs /= 2) {
    for (let i = 0; i < pairs; i++) {
      folding.copy(nodeInput, 1, i * 2 * HASH_BYTES, (i + 1) * 2 * HASH_BYTES);
      folding.write(hash('sha256', nodeInput, RAW), i * HASH_BYTES, HASH_BYTES, RAW);
    }
  }
  return Buffer.from(folding.subarray(0, HASH_BYTES));
}

/** Standard base64 in its one canonical spelling; undefined for every other spelling, so that no changed character passes. */
export function exactBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
