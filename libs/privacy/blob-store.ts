import { createHmac } from 'node:crypto';
import { access, mkdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, sha256Hex, type Entropy } from '#kernel';
import type { KeyLookup } from './case-keys.js';
import { isSystemError, syncFolder, writeNewFileDurably } from './durable-files.js';
import { deriveKey, type KekSource } from './key-encryption-keys.js';
import { FieldCipher } from './sealed-bytes.js';

/** The largest blob: a scanned document or a bank's file, sealed in one piece in memory. */
export const BLOB_BYTES_MAX = 32 * 1024 * 1024;

export interface BlobRef {
  /** SHA-256 of the clear bytes, 64 hex digits. It stays inside our tables; no leaf may hold it. */
  readonly digest: string;
  /** Clear bytes. */
  readonly size: number;
}

/**
 * Large bytes (PDFs, receipts, original messages), sealed under their case's key, addressed by content.
 * Write a blob before the transaction that refers to it; one that nothing refers to does no harm.
 */
export interface BlobStore {
  /** Durable when it resolves; the same bytes of one case are stored once. @throws AppError `too-large`, `content-erased` */
  put(caseId: string, bytes: Uint8Array): Promise<BlobRef>;
  /** @throws AppError `content-missing`, `content-erased`, `content-damaged` */
  get(caseId: string, digest: string): Promise<Buffer>;
  has(caseId: string, digest: string): Promise<boolean>;
  /** Works also after the case's key was destroyed. Deleting what is not there is no error. */
  delete(caseId: string, digest: string): Promise<void>;
}

export interface FileBlobStoreOptions {
  readonly folder: string;
  readonly keys: KeyLookup;
  readonly source: Pick<KekSource, 'root'>;
  readonly entropy: Entropy;
}

/**
 * Blobs as files `<folder>/ab/cd/<64 hex>`. The name is an HMAC of case and digest under a key of its own: a bare digest as
 * file name would let anyone test whether a known document is here, and would show which cases share one.
 */
export class FileBlobStore implements BlobStore {
  private readonly cipher: FieldCipher;
  private readonly nameKey: Buffer;
  /** At most 65,536 folders exist; remembering those made saves a call per blob. */
  private readonly foldersMade = new Set<string>();

  constructor(private readonly options: FileBlobStoreOptions) {
    this.cipher = new FieldCipher(options.entropy);
    this.nameKey = deriveKey(options.source.root(), 'blob-name');
  }

  async put(caseId: string, bytes: Uint8Array): Promise<BlobRef> {
    if (bytes.length > BLOB_BYTES_MAX) throw new AppError('too-large', `content is larger than ${BLOB_BYTES_MAX} bytes`);
    const key = await this.options.keys.get(caseId);
    const ref: BlobRef = { digest: sha256Hex(bytes), size: bytes.length };
    const path = this.pathOf(caseId, ref.digest);
    if (await exists(path)) return ref;
    await this.makeFolder(dirname(path));
    await this.writeDurably(path, this.cipher.sealBytes(key, aadOf(caseId, ref.digest), bytes));
    return ref;
  }

  async get(caseId: string, digest: string): Promise<Buffer> {
    const key = await this.options.keys.get(caseId);
    let sealed: Buffer;
    try {
      sealed = await readFile(this.pathOf(caseId, digest));
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT')) throw cause;
      throw new AppError('content-missing', `blob ${digest.slice(0, 8)}… of case ${caseId} is not in the store`, { level: 'error', cause });
    }
    return this.cipher.openBytes(key, aadOf(caseId, digest), sealed);
  }

  has(caseId: string, digest: string): Promise<boolean> {
    return exists(this.pathOf(caseId, digest));
  }

  async delete(caseId: string, digest: string): Promise<void> {
    try {
      await unlink(this.pathOf(caseId, digest));
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT')) throw cause;
    }
  }

  private pathOf(caseId: string, digest: string): string {
    const name = createHmac('sha256', this.nameKey).update(aadOf(caseId, digest)).digest('hex');
    return join(this.options.folder, name.slice(0, 2), name.slice(2, 4), name);
  }

  /** The bytes are on the disk before the name is, and the name before this resolves; a crash leaves at most a `.tmp` file. */
  private async writeDurably(path: string, bytes: Buffer): Promise<void> {
    const temporary = `${path}.${this.options.entropy.bytes(8).toString('hex')}.tmp`;
    await writeNewFileDurably(temporary, bytes);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  }

  private async makeFolder(folder: string): Promise<void> {
    if (this.foldersMade.has(folder)) return;
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first !== undefined) {
      const above = dirname(folder);
      await syncFolder(above);
      // Of the 256 folders above each is new once; only what this process has made sure of is passed over.
      if (!this.foldersMade.has(above)) await syncFolder(dirname(above));
      this.foldersMade.add(above);
    }
    this.foldersMade.add(folder);
  }
}

function aadOf(caseId: string, digest: string): string {
  return `blob|${digest}|${caseId}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return false;
    throw cause;
  }
}
