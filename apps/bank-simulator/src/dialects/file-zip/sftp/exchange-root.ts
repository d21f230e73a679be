import { constants, type Stats } from 'node:fs';
import { link, lstat, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

/** Nobody outside learns where on the bank's disk the exchange lies. */
export const FLAGS = {
  r: constants.O_RDONLY,
  w: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
  wx: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
} as const;
export type OpenFlags = keyof typeof FLAGS;

const FILE_MODE = 0o600;

/** The exchange as the whole world of whoever signs in: `/` is its folder, and no path leads out of it. */
export class ExchangeRoot {
  constructor(private readonly folder: string) {}

  /** A symbolic link is not followed; there is none unless somebody at the bank has made it. */
  open(path: string, flags: OpenFlags): Promise<FileHandle> {
    return open(this.inside(path), FLAGS[flags] | constants.O_NOFOLLOW, FILE_MODE);
  }

  names(path: string): Promise<string[]> {
    return readdir(this.inside(path));
  }

  stat(path: string): Promise<Stats> {
    return lstat(this.inside(path));
  }

  async remove(path: string): Promise<void> {
    await unlink(this.inside(path));
  }

  /** As the standard has it, a name that is taken is an error; the new name is durable before anybody hears of it. */
  async rename(from: string, to: string): Promise<void> {
    const target = this.inside(to);
    await link(this.inside(from), target);
    await unlink(this.inside(from));
    const folder = await open(dirname(target), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  private inside(path: string): string {
    return join(this.folder, posix.join('/', path.replaceAll('\0', '')));
  }
}
