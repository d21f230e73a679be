import pMap from 'p-map';
import { AppError, type RealTime } from '#kernel';
import type { DownFile, FileExchange, UpFile } from '#connector-sdk';
import type { Branch, FileZipConfig } from '../config.js';
import { PACKAGE_BYTES_MAX } from '../limits.js';
import { readSeal, SEAL_BYTES_MAX, sm3Hex, writeSeal } from '../seal.js';
import { SftpFiles } from './sftp-files.js';
import { SftpLink } from './sftp-link.js';

/** Folders listed, and packages read, at the same time. */
const FOLDERS_AT_ONCE = 16;
const READ_AT_ONCE = 8;
/** Bytes after which one look reads no further package; the next look goes on. */
const LOOK_BYTES_MAX = 256 * 1024 * 1024;

const sealOf = (path: string): string => `${path}.sig`;

/**
 * The exchange on the bank's front-end machine: one pair of folders for each legal person. A name that ends in `.zip` is complete and
 * its seal lies beside it. What we have taken is removed, because its content is kept elsewhere under a key that can be destroyed.
 */
export class SftpExchange implements FileExchange {
  private readonly link: SftpLink;
  private readonly files: SftpFiles;
  private readonly branches: readonly Branch[];

  constructor({ sftp, branches }: Pick<FileZipConfig, 'sftp' | 'branches'>, time: RealTime) {
    this.link = new SftpLink(sftp, time);
    this.files = new SftpFiles(this.link);
    this.branches = branches;
  }

  async write({ legalPerson, name, bytes, signature }: DownFile): Promise<void> {
    const folder = this.folder(legalPerson, 'down');
    await this.files.place(folder, sealOf(name), writeSeal(bytes, signature));
    await this.files.place(folder, name, bytes);
  }

  async isWaiting(legalPerson: string, name: string): Promise<boolean> {
    return (await this.files.sizeOf(`${this.folder(legalPerson, 'down')}/${name}`)) !== undefined;
  }

  async forget(legalPerson: string, name: string): Promise<void> {
    const down = this.folder(legalPerson, 'down');
    const paths = [down, `${down}/done`].map((folder) => `${folder}/${name}`);
    await Promise.all(paths.flatMap((path) => [path, sealOf(path)]).map((path) => this.files.remove(path)));
  }

  /** In turn one of each legal person, so that none with many packages makes the others wait. */
  async waiting(max: number): Promise<readonly UpFile[]> {
    const lists = await pMap(
      this.branches,
      async ({ legalPerson }) => {
        const names = await this.files.names(this.folder(legalPerson, 'up'));
        return names
          .filter((name) => name.endsWith('.zip'))
          .sort()
          .map((name) => ({ legalPerson, name }));
      },
      { concurrency: FOLDERS_AT_ONCE },
    );
    const chosen = inTurn(lists).slice(0, max);
    let left = LOOK_BYTES_MAX;
    const readWithin = async (file: Pick<UpFile, 'legalPerson' | 'name'>): Promise<UpFile | undefined> => {
      const read = left > 0 ? await this.read(file) : undefined;
      left -= read?.bytes.length ?? 0;
      return read;
    };
    const files = await pMap(chosen, readWithin, { concurrency: READ_AT_ONCE });
    return files.filter((file) => file !== undefined);
  }

  async finish({ legalPerson, name }: Pick<UpFile, 'legalPerson' | 'name'>, how: 'taken' | 'failed'): Promise<void> {
    const up = this.folder(legalPerson, 'up');
    if (how === 'failed') await this.files.place(`${up}/failed`, name, Buffer.alloc(0));
    await this.files.remove(`${up}/${name}`);
    await this.files.remove(sealOf(`${up}/${name}`));
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** Undefined when the bank has taken it back between the listing and now. One that is too large is as good as damaged. */
  private async read({ legalPerson, name }: Pick<UpFile, 'legalPerson' | 'name'>): Promise<UpFile | undefined> {
    const path = `${this.folder(legalPerson, 'up')}/${name}`;
    const [found, sealed] = await Promise.all([this.files.read(path, PACKAGE_BYTES_MAX), this.files.read(sealOf(path), SEAL_BYTES_MAX)]);
    if (found === undefined) return undefined;
    const bytes = found === 'too-large' ? Buffer.alloc(0) : found;
    const seal = sealed === undefined || sealed === 'too-large' ? undefined : readSeal(sealed);
    const digest = seal === undefined ? 'absent' : seal.sm3 === sm3Hex(bytes) ? 'matches' : 'differs';
    return { legalPerson, name, bytes, signature: seal?.signature, digest };
  }

  private folder(legalPerson: string, direction: 'down' | 'up'): string {
    const branch = this.branches.find((one) => one.legalPerson === legalPerson);
    if (!branch) throw new AppError('invariant-broken', `the exchange has no folder for ${legalPerson}`, { level: 'error' });
    return `/${branch.institution}/${direction}`;
  }
}

function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}
