import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** One bit of a file; a negative place counts from the file's end. */
export interface Damage {
  readonly what: string;
  readonly file: string;
  readonly at: number;
}

/**
 * What a tool must refuse: one bit of each kind of file. Paths are of files that every log of 256 entries or more has; of the checkpoint
 * it is the signed text, since a tool may pass over a signature line.
 */
export const DAMAGES = [
  { what: 'an entry', file: 'tile/entries/000', at: 40 },
  { what: 'a tile', file: 'tile/0/000', at: 40 },
  { what: 'the checkpoint', file: 'checkpoint', at: 3 },
] as const satisfies readonly Damage[];

/** Copies a log and flips one bit of the copy. */
export async function damagedCopy(log: string, to: string, { file, at }: Damage): Promise<void> {
  await cp(log, to, { recursive: true });
  const bytes = await readFile(path.join(to, file));
  const place = at < 0 ? bytes.length + at : at;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(path.join(to, file), bytes);
}
