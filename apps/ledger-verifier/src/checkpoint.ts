import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { Broken } from './broken.js';
import { exactBase64, HASH_BYTES } from './hashing.js';

const ED25519 = 1;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const NOTE_BYTES_MAX = 512 * 1024;
const SIGNATURES_MAX = 64;
/** DER header of an Ed25519 public key (RFC 8410), to which the 32 bytes are appended. */
export const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');

/** The key that a log signs with (C2SP signed-note, verifier key). */
export interface LogKey {
  readonly name: string;
  readonly id: string;
  readonly publicKey: Buffer;
  readonly key: KeyObject;
  readonly vkey: string;
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export function logKey(name: string, publicKey: Buffer): LogKey {
  const typed = Buffer.concat([Buffer.of(ED25519), publicKey]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, publicKey]), format: 'der', type: 'spki' });
  return { name, id, publicKey, key, vkey: `${name}+${id}+${typed.toString('base64')}` };
}

/** Reads `<name>+<key id>+<base64>`; the base64 may hold plus signs. @throws Broken at `place` */
export function parseLogKey(vkey: string, place: string): LogKey {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey.trim());
  const typed = exactBase64(match?.[3] ?? '');
  if (!match?.[1] || typed?.length !== 1 + KEY_BYTES || typed[0] !== ED25519) throw new Broken(place, 'not an Ed25519 verifier key');
  const key = logKey(match[1], typed.subarray(1));
  if (key.id !== match[2]) throw new Broken(place, 'the id does not fit the key');
  return key;
}

/** Checks a signed checkpoint of the log that owns the key. @throws Broken at `place` */
export function openCheckpoint(bytes: Buffer, key: LogKey, place: string): Checkpoint {
  const { text, lines } = noteParts(bytes, place);
  const good = lines.filter((line) => isGoodSignature(line, text, key, place));
  if (good.length === 0) throw new Broken(place, `not signed by ${key.name}+${key.id}`);
  return parseText(text, key, place);
}

/** One signature line: who says he signed, with the key of which id (hex), and the bytes. */
export interface SignatureLine {
  readonly name: string;
  readonly id: string;
  readonly signature: Buffer;
}

/** Takes a signed note apart. Nothing in it may be believed yet. @throws Broken at `place` */
export function noteParts(bytes: Buffer, place: string): { readonly text: string; readonly lines: readonly SignatureLine[] } {
  const note = noteText(bytes, place);
  const blank = note.lastIndexOf('\n\n');
  const lines = note.slice(blank + 2).split('\n');
  if (blank < 0 || lines.pop() !== '' || lines.length === 0) throw new Broken(place, 'not a signed note');
  if (lines.length > SIGNATURES_MAX) throw new Broken(place, `more than ${SIGNATURES_MAX} signatures`);
  return { text: note.slice(0, blank + 1), lines: lines.map((line) => parseLine(line, place)) };
}

function noteText(bytes: Buffer, place: string): string {
  if (bytes.length > NOTE_BYTES_MAX) throw new Broken(place, `longer than ${NOTE_BYTES_MAX} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Broken(place, 'not UTF-8', { cause });
  }
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new Broken(place, 'holds control characters');
  return text;
}

function parseLine(line: string, place: string): SignatureLine {
  const match = /^— ([^\s+]+) (\S+)$/u.exec(line);
  const bytes = exactBase64(match?.[2] ?? '');
  if (!match?.[1] || !bytes || bytes.length < 5) throw new Broken(place, 'malformed signature line');
  return { name: match[1], id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

/** True for a good signature of our key, false for a line of another key; anything else is broken. */
function isGoodSignature({ name, id, signature }: SignatureLine, text: string, key: LogKey, place: string): boolean {
  if (name !== key.name || id !== key.id) return false;
  if (signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), key.key, signature)) return true;
  throw new Broken(place, `the signature of ${key.name} does not verify`);
}

function parseText(text: string, key: LogKey, place: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  if (origin !== key.name) throw new Broken(place, `of the log ${origin ?? ''}, but the key is of ${key.name}`);
  const rootBytes = exactBase64(root ?? '');
  const sizeIsNumber = /^(0|[1-9]\d{0,15})$/.test(size ?? '') && Number.isSafeInteger(Number(size));
  if (!sizeIsNumber || rootBytes?.length !== HASH_BYTES || rest.at(-1) !== '') throw new Broken(place, 'not a checkpoint');
  return { origin, size: Number(size), root: rootBytes };
}
