import yazl from 'yazl';
import type { ZipEntry } from './read-zip.js';

/** The first moment that the format knows, in whatever zone the process lives: the format has no zones. */
const EPOCH = new Date(1980, 0, 1);
const FILE_MODE = 0o100600;

/**
 * A package whose bytes follow from its entries alone: fixed times and modes, in the given order, stored and not compressed, because
 * what a compressor makes of the same bytes differs between its versions, and a journal that survives an upgrade promises the same bytes.
 */
export async function writeZip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { name, bytes } of entries) {
    zip.addBuffer(bytes, name, { mtime: EPOCH, mode: FILE_MODE, compress: false, forceDosTimestamp: true });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
