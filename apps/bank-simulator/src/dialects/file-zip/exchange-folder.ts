import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kernel';

/** Bytes that a file may have; a batch of orders with their documents is the largest. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Files that one turn looks at. */
export const FILES_MAX = 200;

/**
 * One folder of the exchange (docs/dialects/file-zip.md), as the bank itself sees it on its disk. A package is there when its name ends in
 * `.zip`: it is written under another name, synced and renamed, its seal before it. Of what has been taken the name
 * goes to `done`, of what cannot be read to `failed`.
 */
export class ExchangeFolder {
  constructor(private readonly path: string) {}

  async prepare(): Promise<void> {
    for (const folder of ['', 'done', 'failed']) await mkdir(join(this.path, folder), { recursive: true });
  }

  /** Names of the files that are there, oldest name first. */
  async names(): Promise<string[]> {
    const all = await readdir(this.path);
    return all
      .filter((name) => name.endsWith('.zip'))
      .sort()
      .slice(0, FILES_MAX);
  }

  /** @throws AppError `invalid` when the file is too large; `seal` is undefined when there is none */
  async read(name: string): Promise<{ bytes: Buffer; seal: string | undefined }> {
    const handle = await open(join(this.path, name), 'r');
    try {
      if ((await handle.stat()).size > FILE_BYTES_MAX) throw new AppError('invalid', `${name} is too large`);
      return { bytes: await handle.readFile(), seal: await this.sealOf(name) };
    } finally {
      await handle.close();
    }
  }

  async write(name: string, bytes: Buffer, seal: string): Promise<void> {
    await this.place(`${name}.sig`, Buffer.from(seal, 'utf8'));
    await this.place(name, bytes);
    await syncFolder(this.path);
  }

  /**
   * Puts a file away, durably; doing it twice is the same as once. Only its name stays in `done` or `failed`: what was in
   * it is in the bank's own books, and nothing about a person shall lie open in the exchange longer than it takes to read it.
   */
  async putAway(name: string, to: 'done' | 'failed'): Promise<void> {
    await writeSynced(join(this.path, to, name), Buffer.alloc(0));
    await syncFolder(join(this.path, to));
    for (const file of [name, `${name}.sig`]) await rm(join(this.path, file), { force: true });
    await syncFolder(this.path);
  }

  /** Whether a name has been used already, here or by a file that has been taken. */
  async isUsed(name: string): Promise<boolean> {
    for (const folder of ['', 'done', 'failed']) if (await exists(join(this.path, folder, name))) return true;
    return false;
  }

  private async sealOf(name: string): Promise<string | undefined> {
    const path = join(this.path, `${name}.sig`);
    return (await exists(path)) ? readFile(path, 'utf8') : undefined;
  }

  private async place(name: string, bytes: Buffer): Promise<void> {
    const temporary = join(this.path, `${name}.tmp`);
    await writeSynced(temporary, bytes);
    await rename(temporary, join(this.path, name));
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
