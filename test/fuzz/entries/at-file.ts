import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let place: string | undefined;

/** Gives a reader of files the input as a file, always under the same name in a folder of this process. */
export function atFile<T>(input: Buffer, read: (file: string) => Promise<T>): Promise<T> {
  place ??= newPlace();
  const file = path.join(place, 'input');
  writeFileSync(file, input);
  return read(file);
}

function newPlace(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chakong-fuzz-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
