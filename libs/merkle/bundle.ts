import { AppError } from '#kernel';
import { ENTRY_BYTES_MAX } from './hashing.js';

const LENGTH_BYTES = 2;

/** One entry as it stands in an entry bundle: big-endian uint16 length, then the bytes. */
export function encodeEntry(entry: Uint8Array): Buffer {
  if (entry.length > ENTRY_BYTES_MAX) throw new AppError('invalid', `an entry has at most ${ENTRY_BYTES_MAX} bytes`);
  const out = Buffer.alloc(LENGTH_BYTES + entry.length);
  out.writeUInt16BE(entry.length, 0);
  out.set(entry, LENGTH_BYTES);
  return out;
}

/**
 * The first `count` entries of a bundle, as views of its bytes.
 * @throws AppError `invalid` when there are fewer, or when the last is cut off.
 */
export function decodeBundle(bundle: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < count) {
    const start = at + LENGTH_BYTES;
    const end = start <= bundle.length ? start + view.getUint16(at) : Infinity;
    if (end > bundle.length) throw new AppError('invalid', `the bundle holds ${entries.length} whole entries, not ${count}`);
    entries.push(bundle.subarray(start, end));
    at = end;
  }
  return entries;
}
