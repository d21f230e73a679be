import { link, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, type Entropy } from '#kernel';

/** Keys are small; a larger file under a key's name is a mistake. */
const SECRET_FILE_BYTES_MAX = 65_536;

/** @throws AppError `key-file-missing`, `key-file-loose` (others than the owner may read it), `key-file-damaged` (too large) */
export async function readSecretFile(path: string): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    throw new AppError('key-file-missing', `there is no key file ${path}`, { level: 'fatal', cause });
  }
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw new AppError('key-file-loose', `key file ${path} may be read by others; set its mode to 0600`, { level: 'fatal' });
    }
    if (size > SECRET_FILE_BYTES_MAX) throw new AppError('key-file-damaged', `${path} is too large for a key file`, { level: 'fatal' });
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Reads a secret file and creates it first when it is not there. Of several processes that start at once exactly one
 * creates it and all read the same bytes: the content is complete and synced before it is linked to its name, and a
 * link never replaces a file. For first starts; an installation that must already have its keys calls `readSecretFile`.
 */
export async function ensureSecretFile(path: string, entropy: Entropy, make: () => Buffer): Promise<Buffer> {
  try {
    return await readSecretFile(path);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'key-file-missing')) throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${entropy.bytes(8).toString('hex')}.tmp`;
  await writeDurably(temporary, make(), 0o600);
  try {
    await link(temporary, path);
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw cause;
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
  return readSecretFile(path);
}

/** A secret of random bytes for HMACs and tokens, kept in a file as they are. */
export function ensureRandomSecret(path: string, entropy: Entropy, byteCount = 32): Promise<Buffer> {
  return ensureSecretFile(path, entropy, () => entropy.bytes(byteCount));
}

/** Puts a file in the place of another of its name, or of none: whoever reads it reads the old one or the new one whole. */
export async function replaceFile(path: string, bytes: Uint8Array | string, mode: number, entropy: Entropy): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${entropy.bytes(8).toString('hex')}.tmp`;
  await writeDurably(temporary, bytes, mode);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

export async function writeDurably(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
