import { AppError } from '#kernel';
import { exactBase64 } from './exact-base64.js';
import { HASH_BYTES } from './hashing.js';
import type { NoteSigner, NoteVerifier } from './note-key.js';
import { openNote, signNote } from './note.js';

/** The head of a log (C2SP tlog-checkpoint): whose log, how many entries, and their root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** Further lines, which we never write and which some logs have. */
  readonly extensions: readonly string[];
}

/** The signed text: origin, decimal size and base64 root, one a line. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  parseCheckpoint(text);
  return text;
}

/** @throws AppError `invalid` when the text is no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, sizeText, rootText, ...rest] = lines;
  if (!origin || sizeText === undefined || rootText === undefined || rest.pop() !== '') {
    throw new AppError('invalid', 'a checkpoint has three lines');
  }
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : NaN;
  if (!Number.isSafeInteger(size)) throw new AppError('invalid', 'the size of a checkpoint is a decimal number');
  const root = exactBase64(rootText);
  if (root?.length !== HASH_BYTES) throw new AppError('invalid', 'the root of a checkpoint is 32 bytes in base64');
  if (rest.includes('')) throw new AppError('invalid', 'an extension line is not empty');
  return { origin, size, root, extensions: rest };
}

export function signCheckpoint(origin: string, size: number, root: Uint8Array, signers: readonly NoteSigner[]): Buffer {
  return signNote(checkpointText(origin, size, root), signers);
}

/**
 * Opens a signed checkpoint of the log whose key is given. The origin must be the key's name, so that one key cannot be taken for another log's.
 * @throws AppError `invalid` or `signature-invalid`
 */
export function openCheckpoint(bytes: Uint8Array, verifier: NoteVerifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(bytes, [verifier]).text);
  if (checkpoint.origin !== verifier.name) throw new AppError('signature-invalid', 'the checkpoint is of another log');
  return checkpoint;
}
