import { sign, verify } from 'node:crypto';
import { AppError } from '#kernel';
import { hexId, KEY_BYTES, keyIdOf, keyPairOf, checkedName, parseKeyText, publicKeyOf } from './note-key.js';
import { parseNote, signatureLine, SIGNATURES_MAX, type NoteSignature } from './note.js';

/** Signature type 0x04: Ed25519 over a time line and the note text (C2SP tlog-cosignature). */
const COSIGNATURE = 0x04;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** The key of a witness: its name, its id and how to open a cosignature made with it. */
export interface Cosigner {
  readonly name: string;
  readonly keyId: number;
  /** `<name>+<hex key id>+<base64 (0x04 ‖ key)>`. */
  readonly vkey: string;
  /** The POSIX time in seconds that the witness signed together with the text, or undefined when the signature does not verify. */
  timeOf(text: string, signature: Uint8Array): number | undefined;
}

export interface CosignatureSigner {
  readonly cosigner: Cosigner;
  /** @param seconds POSIX time, whole seconds, above zero */
  cosign(text: string, seconds: number): NoteSignature;
}

/** A cosignature that was found good. */
export interface Cosignature {
  readonly cosigner: Cosigner;
  readonly seconds: number;
  readonly line: NoteSignature;
}

/** @throws AppError `invalid` when the text is no Ed25519 cosigner key or its id does not fit its key */
export function parseCosignerKey(vkey: string): Cosigner {
  const { name, keyId, typeAndKey } = parseKeyText(vkey.trim(), 'cosigner key', COSIGNATURE);
  const cosigner = cosignerWith(name, typeAndKey.subarray(1));
  if (cosigner.keyId !== keyId) throw new AppError('invalid', 'the id of the cosigner key does not fit its key');
  return cosigner;
}

/** The witness with this name and secret seed of 32 bytes. The seed must sign nothing else (C2SP tlog-cosignature, "Key separation"). */
export function cosignerOf(name: string, seed: Uint8Array): CosignatureSigner {
  if (seed.length !== KEY_BYTES) throw new AppError('invalid', 'an Ed25519 seed has 32 bytes');
  const { key, publicKey } = keyPairOf(seed);
  const cosigner = cosignerWith(checkedName(name), publicKey);
  const cosign = (text: string, seconds: number): NoteSignature => {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = Buffer.concat([time, sign(null, cosignedBytes(text, seconds), key)]);
    return { name, keyId: cosigner.keyId, signature };
  };
  return { cosigner, cosign };
}

/**
 * The note with the good cosignatures among `lines` appended; lines of strangers and lines that do not verify are left out.
 * @param lines signature lines as a witness returns them; an empty text adds nothing
 * @throws AppError `invalid` when the lines are not signature lines or become too many
 */
export function addCosignatures(
  note: Buffer,
  lines: string,
  cosigners: readonly Cosigner[],
): { readonly note: Buffer; readonly good: readonly Cosignature[] } {
  if (lines === '') return { note, good: [] };
  const { text, signatures } = parseNote(note);
  const good: Cosignature[] = [];
  for (const line of parseNote(Buffer.from(`${text}\n${lines}`, 'utf8')).signatures) {
    const cosigner = cosigners.find((one) => one.name === line.name && one.keyId === line.keyId);
    const seconds = cosigner?.timeOf(text, line.signature);
    const there = [...signatures, ...good.map((one) => one.line)].some((one) => one.name === line.name && one.keyId === line.keyId);
    if (cosigner && seconds !== undefined && !there) good.push({ cosigner, seconds, line });
  }
  if (signatures.length + good.length > SIGNATURES_MAX) throw new AppError('invalid', 'a note has too many signatures');
  return { note: Buffer.concat([note, ...good.map(({ line }) => Buffer.from(signatureLine(line), 'utf8'))]), good };
}

/** The good cosignatures of these witnesses that a note carries; lines of others, and lines that do not verify, are passed over. */
export function cosignaturesOf(note: Buffer, cosigners: readonly Cosigner[]): readonly Cosignature[] {
  const { text, signatures } = parseNote(note);
  return signatures.flatMap((line) => {
    const cosigner = cosigners.find((one) => one.name === line.name && one.keyId === line.keyId);
    const seconds = cosigner?.timeOf(text, line.signature);
    return cosigner && seconds !== undefined ? [{ cosigner, seconds, line }] : [];
  });
}

function cosignerWith(name: string, publicKey: Uint8Array): Cosigner {
  const typeAndKey = Buffer.concat([Buffer.of(COSIGNATURE), publicKey]);
  const key = publicKeyOf(publicKey);
  const keyId = keyIdOf(name, typeAndKey);
  return {
    name,
    keyId,
    vkey: `${name}+${hexId(keyId)}+${typeAndKey.toString('base64')}`,
    timeOf: (text, signature) => {
      if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
      const seconds = Number(Buffer.from(signature).readBigUInt64BE(0));
      if (!Number.isSafeInteger(seconds)) return undefined;
      return verify(null, cosignedBytes(text, seconds), key, signature.subarray(TIME_BYTES)) ? seconds : undefined;
    },
  };
}

function cosignedBytes(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`, 'utf8');
}
