import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError, errorText } from '#kernel';
import { ENTRIES_MAX, ENTRY_BYTES_MAX, INFLATED_BYTES_MAX, PACKAGE_BYTES_MAX, RATIO_FREE_BYTES, RATIO_MAX } from '../limits.js';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const STORED = 0;
const DEFLATED = 8;
const MODE_SHIFT = 16;
const KIND_MASK = 0o170000;
const REGULAR = 0o100000;
const MADE_BY_UNIX = 3;
const MADE_BY_SHIFT = 8;

/**
 * Every entry of a package in the order of its directory. Nothing is inflated before the whole directory was found to be within bounds.
 * @param isKnown what an entry may be called; any other name refuses the package, because a word of a bank must not be passed over
 * @throws AppError `invalid` for everything that is not a plain, whole package
 */
export async function readZip(bytes: Buffer, isKnown: (name: string) => boolean): Promise<readonly ZipEntry[]> {
  if (bytes.length > PACKAGE_BYTES_MAX) throw refused('it is too large');
  const zip = await opened(bytes);
  try {
    const entries = await directoryOf(zip);
    checkDirectory(entries, bytes.length, isKnown);
    const read: ZipEntry[] = [];
    for (const entry of entries) read.push({ name: entry.fileName, bytes: await contentOf(zip, entry) });
    return read;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(errorText(error), error);
  } finally {
    zip.close();
  }
}

async function opened(bytes: Buffer): Promise<ZipFile> {
  try {
    const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    if (zip.comment !== '') throw refused('it carries a comment');
    if (zip.entryCount > ENTRIES_MAX) throw refused(`it has more than ${ENTRIES_MAX} entries`);
    return zip;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(errorText(error), error);
  }
}

async function directoryOf(zip: ZipFile): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  if (entries.length !== zip.entryCount) throw refused('its directory is shorter than it says');
  return entries;
}

function checkDirectory(entries: readonly Entry[], packageBytes: number, isKnown: (name: string) => boolean): void {
  const names = new Set<string>();
  let inflated = 0;
  for (const entry of entries) {
    const fault = faultOf(entry, isKnown);
    if (fault !== undefined) throw refused(`entry "${printable(entry.fileName)}" ${fault}`);
    if (names.has(entry.fileName)) throw refused(`entry "${entry.fileName}" is there twice`);
    names.add(entry.fileName);
    inflated += entry.uncompressedSize;
  }
  if (inflated > INFLATED_BYTES_MAX) throw refused('it inflates to too much');
  if (inflated > RATIO_FREE_BYTES && inflated > packageBytes * RATIO_MAX) throw refused('it inflates out of all proportion');
}

/** The names of our dialect hold no slash, backslash, colon or dot-dot, so whatever leads elsewhere is not among the known ones. */
function faultOf(entry: Entry, isKnown: (name: string) => boolean): string | undefined {
  if (!isKnown(entry.fileName)) return 'has a name that is not known';
  if (entry.isEncrypted()) return 'is encrypted';
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) return 'is compressed in an unknown way';
  if (!isRegular(entry)) return 'is no plain file';
  return entry.uncompressedSize > ENTRY_BYTES_MAX ? 'is too large' : undefined;
}

/** Symbolic links, folders and devices say so in the Unix half of their attributes; programs that set no kind write plain files. */
function isRegular({ versionMadeBy, externalFileAttributes }: Entry): boolean {
  if (versionMadeBy >>> MADE_BY_SHIFT !== MADE_BY_UNIX) return true;
  const kind = (externalFileAttributes >>> MODE_SHIFT) & KIND_MASK;
  return kind === REGULAR || kind === 0;
}

/** Two programs must not see two names or contents: the local header has the directory's name, and the bytes have its checksum. */
async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const local = await zip.readLocalFileHeaderPromise(entry);
  if (!Buffer.from(local.fileName).equals(Buffer.from(entry.fileName, 'utf8'))) throw refused(`entry "${entry.fileName}" has two names`);
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw refused(`entry "${entry.fileName}" has a wrong checksum`);
  return bytes;
}

function printable(name: string): string {
  return name.slice(0, 80).replace(/[^ -~]/g, '?');
}

function refused(why: string, cause?: unknown): AppError {
  return new AppError('invalid', `the package cannot be read: ${why}`, cause === undefined ? {} : { cause });
}
