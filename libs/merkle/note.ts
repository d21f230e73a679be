import { AppError } from '#kernel';
import { exactBase64 } from './exact-base64.js';
import { isKeyName, type NoteSigner, type NoteVerifier } from './note-key.js';

/** Verifiers must take at least 16 signatures (C2SP signed-note); beyond this a note is an attack. */
export const SIGNATURES_MAX = 64;

/** Room for that many post-quantum signatures of nearly 5 kB in base64. */
export const NOTE_BYTES_MAX = 512 * 1024;

const KEY_ID_BYTES = 4;

/** One signature line: who says he signed, with which key, and the bytes. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Buffer;
}

/** A note taken apart. Nothing in it may be believed before `openNote` has found a signature of a known key. */
export interface Note {
  /** Ends in a newline; exactly what the signatures cover. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note with at least one good signature of a known key. */
export interface OpenedNote {
  readonly text: string;
  readonly verified: readonly NoteSignature[];
  readonly unknown: readonly NoteSignature[];
}

/** Takes a signed note apart (C2SP signed-note, "Format"). @throws AppError `invalid` */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > NOTE_BYTES_MAX) throw new AppError('invalid', `a note has at most ${NOTE_BYTES_MAX} bytes`);
  const whole = decodeUtf8(bytes);
  // Control characters other than newline are forbidden, so that what a person reads is what was signed.
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new AppError('invalid', 'a note holds no control characters');
  const blank = whole.lastIndexOf('\n\n');
  if (blank < 0) throw new AppError('invalid', 'a note has a blank line before its signatures');
  const lines = whole.slice(blank + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw new AppError('invalid', 'a note ends with signature lines');
  if (lines.length > SIGNATURES_MAX) throw new AppError('invalid', `a note has at most ${SIGNATURES_MAX} signatures`);
  return { text: whole.slice(0, blank + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * Takes a note apart and checks every signature of the keys given; signatures of other keys are passed over.
 * @throws AppError `invalid` when it is malformed, `signature-invalid` when a known key's signature fails or none is there.
 */
export function openNote(bytes: Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const note = parseNote(bytes);
  const text = Buffer.from(note.text, 'utf8');
  const verified: NoteSignature[] = [];
  const unknown: NoteSignature[] = [];
  for (const line of note.signatures) {
    const verifier = verifiers.find((one) => one.name === line.name && one.keyId === line.keyId);
    if (!verifier) unknown.push(line);
    else if (verifier.verifies(text, line.signature)) verified.push(line);
    else throw new AppError('signature-invalid', `the signature of ${line.name} does not verify`);
  }
  if (verified.length === 0) throw new AppError('signature-invalid', 'no known key signed this note');
  return { text: note.text, verified, unknown };
}

/** The text with its signature lines. @throws AppError `invalid` when the text cannot be a note's. */
export function signNote(text: string, signers: readonly NoteSigner[], others: readonly NoteSignature[] = []): Buffer {
  if (!text.endsWith('\n')) throw new AppError('invalid', 'the text of a note ends in a newline');
  const own = signers.map((signer) => ({ name: signer.name, keyId: signer.keyId, signature: signer.sign(Buffer.from(text, 'utf8')) }));
  const note = Buffer.from(`${text}\n${[...own, ...others].map(signatureLine).join('')}`, 'utf8');
  // Reading it back refuses a text that would be cut elsewhere, for example one with control characters.
  if (parseNote(note).text !== text) throw new AppError('invalid', 'the text cannot be a note');
  return note;
}

/** One signature line with its newline. */
export function signatureLine(line: NoteSignature): string {
  const keyId = Buffer.alloc(KEY_ID_BYTES);
  keyId.writeUInt32BE(line.keyId);
  return `— ${line.name} ${Buffer.concat([keyId, line.signature]).toString('base64')}\n`;
}

function parseSignatureLine(line: string): NoteSignature {
  const match = /^— (\S+) (\S+)$/u.exec(line);
  const bytes = exactBase64(match?.[2] ?? '');
  if (!match?.[1] || !isKeyName(match[1]) || !bytes || bytes.length <= KEY_ID_BYTES)
    throw new AppError('invalid', 'malformed signature line');
  return { name: match[1], keyId: bytes.readUInt32BE(0), signature: bytes.subarray(KEY_ID_BYTES) };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid', 'a note is UTF-8', { cause });
  }
}
