import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

export interface FileToWrite {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files so that each is either as before or whole, and all are on disk when this resolves: temporary name, fsync, rename, fsync of the
 * folders. Only one process writes below a folder, so the temporary names are fixed, and a repetition cleans up after a crash.
 */
export async function writeFiles(folder: string, files: readonly FileToWrite[]): Promise<void> {
  const folders = [...new Set(files.map((file) => path.dirname(path.join(folder, file.path))))];
  for (const one of folders) await makeFolder(one);
  await Promise.all(files.map((file) => writeOne(path.join(folder, file.path), file.bytes)));
  await Promise.all(folders.map(syncFolder));
}

/** The bytes of a file, or undefined when there is none. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

async function writeOne(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Makes a folder and syncs every parent that got a new name. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await syncFolder(path.dirname(made));
}
