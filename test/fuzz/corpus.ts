import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folder } from './places.js';

const CORPUS = 'test/fuzz/corpus';
const NAME_DIGITS = 16;

export interface SavedInput {
  readonly file: string;
  readonly bytes: Buffer;
}

/** Inputs that once broke a parser, or that a mended parser must go on refusing. */
export function savedInputs(parser: string): readonly SavedInput[] {
  const place = folder(`${CORPUS}/${parser}`);
  if (!existsSync(place)) return [];
  return readdirSync(place).map((file) => ({ file, bytes: readFileSync(new URL(file, place)) }));
}

/** Names of the parsers that have a folder. */
export function savedParsers(): readonly string[] {
  const entries = readdirSync(folder(CORPUS), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Keeps an input under its digest: the same one is kept once. @returns the path from the root of the repository */
export function saveInput(parser: string, input: Uint8Array): string {
  const place = folder(`${CORPUS}/${parser}`);
  const file = `${createHash('sha256').update(input).digest('hex').slice(0, NAME_DIGITS)}.bin`;
  mkdirSync(place, { recursive: true });
  writeFileSync(fileURLToPath(new URL(file, place)), input);
  return `${CORPUS}/${parser}/${file}`;
}
