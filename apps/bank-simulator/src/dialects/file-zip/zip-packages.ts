import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import yazl from 'yazl';
import { AppError, errorText, type Instant } from '#kernel';

/** Entries of a package, and bytes of all of them together: what the court may send at most. */
const ENTRIES_MAX = 1_000;
const INFLATED_BYTES_MAX = 128 * 1024 * 1024;

/** An entry's kind, the order (or the batch) that it is about, and its bytes. */
export interface PackageEntry {
  readonly part: string;
  readonly key: string;
  readonly bytes: Buffer;
}

const ENTRY_NAME = /^([A-Z]{2,3})_([0-9A-Za-z-]{1,30})\.xml$/;

/** @throws AppError `invalid` when it is no package that the court writes */
export async function readPackage(bytes: Buffer): Promise<readonly PackageEntry[]> {
  try {
    const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    if (zip.entryCount > ENTRIES_MAX) throw new AppError('invalid', 'the package has too many entries');
    const entries: PackageEntry[] = [];
    let left = INFLATED_BYTES_MAX;
    for await (const entry of zip.eachEntry()) {
      const [, part, key] = ENTRY_NAME.exec(entry.fileName) ?? [];
      left -= entry.uncompressedSize;
      if (part === undefined || key === undefined || entry.isEncrypted() || left < 0) throw new AppError('invalid', 'a wrong entry');
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      const content = Buffer.concat(chunks);
      if (crc32(content) !== entry.crc32) throw new AppError('invalid', 'an entry with a wrong checksum');
      entries.push({ part, key, bytes: content });
    }
    return entries;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `not a package: ${errorText(error)}`, { cause: error });
  }
}

/** As a bank's own program writes it: compressed, with the time of writing. */
export async function writePackage(entries: readonly PackageEntry[], at: Instant): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { part, key, bytes } of entries) zip.addBuffer(bytes, `${part}_${key}.xml`, { mtime: new Date(at) });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
