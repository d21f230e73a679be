import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '#kernel';
import { bundlePath, decodeBundle, RightEdge, TILE_WIDTH, widthAt, type TileFile } from '#merkle';

/** A log as its files have it: what a thief of the folder can read. */
export interface LogFiles {
  readonly origin: string;
  readonly size: number;
  readonly entries: readonly Buffer[];
}

export async function readLog(folder: string): Promise<LogFiles> {
  const [origin = '', sizeText = '0'] = (await readFile(path.join(folder, 'checkpoint'), 'utf8')).split('\n');
  const size = Number(sizeText);
  const entries: Buffer[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = widthAt(0, index, size);
    const bytes = await readFile(path.join(folder, bundlePath(index, width)));
    entries.push(...decodeBundle(bytes, width).map((entry) => Buffer.from(entry)));
  }
  return { origin, size, entries };
}

/** All files of a log over these entries, and its root: as good as the ledger itself would write them. */
export function filesOver(entries: readonly Buffer[]): { readonly files: readonly TileFile[]; readonly root: Buffer } {
  const { files, root } = RightEdge.empty().grow(entries);
  return { files, root };
}

export async function writeLog(folder: string, files: readonly TileFile[], checkpoint: Buffer): Promise<void> {
  for (const { path: name, bytes } of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  await writeFile(path.join(folder, 'checkpoint'), checkpoint);
}

/** A leaf like this one that commits to something else: nobody can tell by looking at it. */
export function forgedLike(leaf: Buffer): Buffer {
  return Buffer.from(leaf.toString('utf8').replace(/"commitment":"[0-9a-f]{64}"/, `"commitment":"${sha256Hex(leaf)}"`));
}

/** The leaf that would follow this one in its chain, with the same words. */
export function forgedAfter(leaf: Buffer): Buffer {
  const members = JSON.parse(leaf.toString('utf8')) as Record<string, unknown> & { subjectSeq: number };
  const next = { ...members, subjectSeq: members.subjectSeq + 1, prev: sha256Hex(Buffer.of(0), leaf), commitment: sha256Hex(leaf) };
  // Members of a leaf are plain words and numbers, so sorted members without blanks are its canonical form.
  return Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)))));
}
