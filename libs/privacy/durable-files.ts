import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Entropy } from '#kernel';

/** Writes a new file of mode 0600 and waits until its bytes are on the disk. Fails when the name is taken. */
export async function writeNewFileDurably(path: string, bytes: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/**
 * Makes a file, complete and synced before it has its name. When another process was faster, theirs stays: a file that exists is never
 * replaced. Says whether it was made.
 */
export async function makeOnceDurably(path: string, text: string, entropy: Entropy): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = temporaryName(path, entropy);
  await writeNewFileDurably(temporary, text);
  try {
    await link(temporary, path);
    return true;
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw cause;
    return false;
  } finally {
    await unlink(temporary);
    await syncFolder(dirname(path));
  }
}

export function temporaryName(path: string, entropy: Entropy): string {
  return `${path}.${entropy.bytes(8).toString('hex')}.tmp`;
}

/** Writes zeros over all bytes of an open file and waits until they are on the disk. What the disk itself keeps of them is out of reach. */
export async function overwriteDurably(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.datasync();
}

/** Makes names that were created, linked or renamed in a folder survive a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether something thrown is a system error of this code, such as `ENOENT`. */
export function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
