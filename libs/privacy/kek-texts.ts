import { AppError } from '#kernel';
import type { Kek } from './key-encryption-keys.js';
import { DATA_KEY_BYTES } from './sealed-bytes.js';

export const FIRST_KEK_ID = 'kek-1';

/** The text of the key file. After the first rotation `keys` may be empty: the newest generation stands in a file of its own. */
export interface KeyFile {
  readonly format: 'chakong-kek/v1';
  readonly root: string;
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

export function kekId(number: number): string {
  return `kek-${number}`;
}

/** The number in `kek-<n>`; 0 for an id that somebody has chosen by hand. */
export function generationNumber(id: string): number {
  return Number(/^kek-(\d{1,9})$/.exec(id)?.[1] ?? 0);
}

/** @throws AppError `key-file-damaged` */
export function parseKeyFile(path: string, text: string): { content: KeyFile; keys: ReadonlyMap<string, Kek> } {
  const { format, root, current, keys: texts } = parseJson(path, text);
  const named = typeof texts === 'object' && texts !== null ? (texts as Record<string, unknown>) : undefined;
  if (format !== 'chakong-kek/v1' || typeof root !== 'string' || typeof current !== 'string' || !named) throw keyFileDamaged(path);
  secretBytes(path, root);
  const keys = new Map<string, Kek>();
  for (const [id, secret] of Object.entries(named)) keys.set(id, { id, key: secretBytes(path, secret) });
  return { content: { format, root, current, keys: named as Record<string, string> }, keys };
}

/** @throws AppError `key-file-damaged` */
export function parseGeneration(path: string, text: string): Buffer {
  const { format, key } = parseJson(path, text);
  if (format !== 'chakong-kek-generation/v1') throw keyFileDamaged(path);
  return secretBytes(path, key);
}

function parseJson(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw keyFileDamaged(path, cause);
  }
  throw keyFileDamaged(path);
}

function secretBytes(path: string, text: unknown): Buffer {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.length !== DATA_KEY_BYTES) throw keyFileDamaged(path);
  return bytes;
}

function keyFileDamaged(path: string, cause?: unknown): AppError {
  return new AppError('key-file-damaged', `${path} is not a key file`, { level: 'fatal', cause });
}
