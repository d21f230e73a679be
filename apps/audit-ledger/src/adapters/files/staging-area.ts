import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, parseStrictJson, sha256Hex } from '#kernel';
import type { TileFile } from '#merkle';
import { readIfThere, writeFiles } from './atomic-files.js';

/** Which head the staged files lead to. */
export interface StagedHead {
  readonly year: number;
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

const LINE_END = 0x0a;

/**
 * Holds the files of one batch, in one file, between being built and being applied. Its first line says what is inside and what it must hash to;
 * a batch that was never committed is simply forgotten.
 */
export class StagingArea {
  constructor(private readonly folder: string) {}

  async put(head: StagedHead, files: readonly TileFile[]): Promise<void> {
    const content = Buffer.concat(files.map((file) => file.bytes));
    const list = files.map((file) => [file.path, file.bytes.length]);
    const first = JSON.stringify({ files: list, sha256: sha256Hex(content) });
    await writeFiles(this.folder, [{ path: nameOf(head), bytes: Buffer.concat([Buffer.from(`${first}\n`), content]) }]);
  }

  /** The staged files of a head, or undefined when there are none. @throws AppError `ledger-corrupt` when they are damaged */
  async get(head: StagedHead): Promise<TileFile[] | undefined> {
    const bytes = await readIfThere(path.join(this.folder, nameOf(head)));
    if (!bytes) return undefined;
    const end = bytes.indexOf(LINE_END);
    const { files, sha256 } = parseStrictJson(bytes.subarray(0, end)) as { files: [string, number][]; sha256: string };
    const content = bytes.subarray(end + 1);
    if (sha256Hex(content) !== sha256)
      throw new AppError('ledger-corrupt', `the staged batch ${nameOf(head)} is damaged`, { level: 'fatal' });
    let at = 0;
    return files.map(([file, length]) => ({ path: file, bytes: content.subarray(at, (at += length)) }));
  }

  /** Forgets one batch, which has been applied, or all of them. */
  async discard(head?: StagedHead): Promise<void> {
    if (head) return rm(path.join(this.folder, nameOf(head)), { force: true });
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(path.join(this.folder, name), { force: true });
  }
}

function nameOf({ year, size, root }: StagedHead): string {
  return `${year}-${size}-${root.slice(0, 32)}`;
}
