import { mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { DownFile, FileExchange, UpFile } from '#connector-sdk';
import type { FileZipConfig } from '../config.js';

/** Bytes of an up file that are read; a larger one is treated as unreadable by its empty content. */
export const UP_FILE_BYTES_MAX = 64 * 1024 * 1024;
const SIGNATURE_BYTES_MAX = 1_000;
/** Files read at once. */
const READ_AT_ONCE = 8;

/**
 * The exchange as folders on one machine. Everything is written under another name, synced and renamed; a name that ends in `.json`
 * is complete. What we have taken is removed, because its content is kept elsewhere under a key that can be destroyed.
 */
export class FolderExchange implements FileExchange {
  constructor(private readonly config: FileZipConfig) {}

  async prepare(): Promise<void> {
    for (const legalPerson of this.config.legalPersons) {
      for (const folder of ['down', 'down/done', 'down/failed', 'up', 'up/done', 'up/failed']) {
        await mkdir(join(this.config.folder, legalPerson, folder), { recursive: true, mode: 0o700 });
      }
    }
  }

  async write({ legalPerson, name, bytes, signature }: DownFile): Promise<void> {
    const folder = this.folder(legalPerson, 'down');
    await place(folder, `${name}.sig`, Buffer.from(signature, 'utf8'));
    await place(folder, name, bytes);
    await syncFolder(folder);
  }

  isWaiting(legalPerson: string, name: string): Promise<boolean> {
    return exists(join(this.folder(legalPerson, 'down'), name));
  }

  async forget(legalPerson: string, name: string): Promise<void> {
    const down = this.folder(legalPerson, 'down');
    for (const folder of [down, join(down, 'done')]) {
      for (const file of [name, `${name}.sig`]) await removeIfThere(join(folder, file));
    }
  }

  async waiting(max: number): Promise<readonly UpFile[]> {
    const found: UpFile[] = [];
    for (const legalPerson of this.config.legalPersons) {
      const folder = this.folder(legalPerson, 'up');
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
      const files = await pMap(names.slice(0, max - found.length), (name) => readUp(folder, legalPerson, name), {
        concurrency: READ_AT_ONCE,
      });
      found.push(...files.filter((file) => file !== undefined));
    }
    return found;
  }

  async finish({ legalPerson, name }: Pick<UpFile, 'legalPerson' | 'name'>, how: 'taken' | 'failed'): Promise<void> {
    const folder = this.folder(legalPerson, 'up');
    if (how === 'failed') await writeFile(join(folder, 'failed', name), '', { mode: 0o600 });
    for (const file of [name, `${name}.sig`]) await removeIfThere(join(folder, file));
    await syncFolder(folder);
  }

  private folder(legalPerson: string, direction: 'down' | 'up'): string {
    return join(this.config.folder, legalPerson, direction);
  }
}

async function readUp(folder: string, legalPerson: string, name: string): Promise<UpFile | undefined> {
  const path = join(folder, name);
  const size = await sizeOf(path);
  // The bank may have taken it back between the listing and now.
  if (size === undefined) return undefined;
  const bytes = size > UP_FILE_BYTES_MAX ? Buffer.alloc(0) : await readFile(path);
  const signatureSize = await sizeOf(`${path}.sig`);
  const isReadable = signatureSize !== undefined && signatureSize <= SIGNATURE_BYTES_MAX;
  return { legalPerson, name, bytes, signature: isReadable ? (await readFile(`${path}.sig`, 'utf8')).trim() : undefined };
}

async function place(folder: string, name: string, bytes: Buffer): Promise<void> {
  const temporary = join(folder, `${name}.tmp`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
