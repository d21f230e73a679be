import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kernel';

/** Bytes that a file may have; a batch of orders with their documents is the largest. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Files that one turn looks at. */
export const FILES_MAX = 200;

/**
 * One folder of the exchange (docs/dialects/file-zip.md). A file is there when its name ends in `.json`: it is written
 * under another name, synced and renamed, its signature before it. What has been taken moves to `done`, what cannot be read to `failed`.
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
      .filter((name) => name.endsWith('.json'))
      .sort()
      .slice(0, FILES_MAX);
  }

  /** @throws AppError `invalid` when the file is too large; `signature` is undefined when there is none */
  async read(name: string): Promise<{ bytes: Buffer; signature: string | undefined }> {
    const handle = await open(join(this.path, name), 'r');
    try {
      if ((await handle.stat()).size > FILE_BYTES_MAX) throw new AppError('invalid', `${name} is too large`);
      return { bytes: await handle.readFile(), signature: await this.signatureOf(name) };
    } finally {
      await handle.close();
    }
  }

  async write(name: string, bytes: Buffer, signature: string): Promise<void> {
    await this.place(`${name}.sig`, Buffer.from(signature, 'utf8'));
    await this.place(name, bytes);
    await syncFolder(this.path);
  }

  /** Moves a file and its signature away, durably. Moving it twice is the same as once. */
  async move(name: string, to: 'done' | 'failed'): Promise<void> {
    for (const file of [name, `${name}.sig`]) await moveIfThere(join(this.path, file), join(this.path, to, file));
    await syncFolder(join(this.path, to));
    await syncFolder(this.path);
  }

  /** Whether a name has been used already, here or by a file that has been taken. */
  async isUsed(name: string): Promise<boolean> {
    for (const folder of ['', 'done', 'failed']) if (await exists(join(this.path, folder, name))) return true;
    return false;
  }

  private async signatureOf(name: string): Promise<string | undefined> {
    const path = join(this.path, `${name}.sig`);
    return (await exists(path)) ? (await readFile(path, 'utf8')).trim() : undefined;
  }

  private async place(name: string, bytes: Buffer): Promise<void> {
    const temporary = join(this.path, `${name}.tmp`);
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(this.path, name));
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
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
