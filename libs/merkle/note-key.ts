import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { AppError } from '#kernel';
import { exactBase64 } from './exact-base64.js';

/** Signature type 0x01: Ed25519 over the note text (C2SP signed-note, "Signature types"). */
const ED25519 = 0x01;
export const KEY_BYTES = 32;
const KEY_NAME_BYTES_MAX = 512;
const SIGNER_PREFIX = 'PRIVATE+KEY+';

// Fixed DER headers of RFC 8410: node wants whole structures, notes carry the bare 32 bytes.
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that may be trusted: its name, its 4-byte id and how to check a signature with it. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  /** The key as text, `<name>+<hex key id>+<base64 (type ‖ key)>`. */
  readonly vkey: string;
  verifies(text: Buffer, signature: Uint8Array): boolean;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  readonly verifier: NoteVerifier;
  sign(text: Buffer): Buffer;
}

/** First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key), big-endian. */
export function keyIdOf(name: string, typeAndKey: Uint8Array): number {
  return createHash('sha256').update(name, 'utf8').update('\n').update(typeAndKey).digest().readUInt32BE(0);
}

/** @throws AppError `invalid` when the text is no Ed25519 verifier key or its id does not fit its key. */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const { name, keyId, typeAndKey } = parseKeyText(vkey.trim(), 'verifier key');
  if (keyIdOf(name, typeAndKey) !== keyId) throw new AppError('invalid', 'the id of the verifier key does not fit its key');
  return noteVerifierOf(name, Buffer.from(typeAndKey.subarray(1)));
}

/** @throws AppError `invalid` when the text is no Ed25519 signer key or its id does not fit its key. The text is never repeated. */
export function parseSignerKey(skey: string): NoteSigner {
  const trimmed = skey.trim();
  if (!trimmed.startsWith(SIGNER_PREFIX)) throw new AppError('invalid', 'not a signer key');
  const { name, keyId, typeAndKey } = parseKeyText(trimmed.slice(SIGNER_PREFIX.length), 'signer key');
  const signer = signerOf(name, Buffer.from(typeAndKey.subarray(1)));
  if (signer.keyId !== keyId) throw new AppError('invalid', 'the id of the signer key does not fit its key');
  return signer;
}

/** Makes the text of a signer key from 32 random bytes, in the form that `parseSignerKey` reads. */
export function newSignerKey(name: string, seed: Uint8Array): string {
  if (seed.length !== KEY_BYTES) throw new AppError('invalid', 'an Ed25519 seed has 32 bytes');
  const signer = signerOf(checkedName(name), Buffer.from(seed));
  return `${SIGNER_PREFIX}${name}+${hexId(signer.keyId)}+${Buffer.concat([Buffer.of(ED25519), seed]).toString('base64')}`;
}

/** A key name is not empty and has neither spaces nor plus signs, which separate the parts of a key and of a signature line. */
export function isKeyName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= KEY_NAME_BYTES_MAX && !/[\s+\p{Cc}\p{Z}]/u.test(name);
}

export function checkedName(name: string): string {
  if (!isKeyName(name)) throw new AppError('invalid', 'a key name has no spaces and no plus signs');
  return name;
}

/** Takes `<name>+<hex key id>+<base64 (type ‖ key)>` apart. Whether the id fits is for the caller to check. @throws AppError `invalid` */
export function parseKeyText(text: string, what: string, type = ED25519): { name: string; keyId: number; typeAndKey: Buffer } {
  // The base64 part may itself contain plus signs, so only the first two separate.
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const typeAndKey = exactBase64(match?.[3] ?? '');
  if (!match?.[1] || !match[2] || typeAndKey?.length !== 1 + KEY_BYTES) throw new AppError('invalid', `not an Ed25519 ${what}`);
  if (typeAndKey[0] !== type) throw new AppError('invalid', `only Ed25519 (type 0x0${type}) is read as a ${what}`);
  return { name: checkedName(match[1]), keyId: Number.parseInt(match[2], 16), typeAndKey };
}

function signerOf(name: string, seed: Buffer): NoteSigner {
  const { key, publicKey } = keyPairOf(seed);
  const verifier = noteVerifierOf(name, publicKey);
  return { name, keyId: verifier.keyId, verifier, sign: (text) => sign(null, text, key) };
}

/** The verifier of 32 bare public bytes under a name. @throws AppError `invalid` when the name cannot be one */
export function noteVerifierOf(name: string, publicKey: Buffer): NoteVerifier {
  checkedName(name);
  const typeAndKey = Buffer.concat([Buffer.of(ED25519), publicKey]);
  const key = publicKeyOf(publicKey);
  const keyId = keyIdOf(name, typeAndKey);
  return {
    name,
    keyId,
    vkey: `${name}+${hexId(keyId)}+${typeAndKey.toString('base64')}`,
    verifies: (text, signature) => signature.length === 64 && verify(null, text, key, signature),
  };
}

/** A signature of a type that the specification leaves to private use (0xff and a longer identifier): how it is made and checked. */
export interface PrivateNoteKey {
  readonly name: string;
  /** Says which type it is, for whoever meets the key; distinct from those of other makers. */
  readonly identifier: string;
  readonly publicKey: Uint8Array;
  readonly sign: (text: Buffer) => Buffer;
  readonly verifies: (text: Buffer, signature: Uint8Array) => boolean;
}

const PRIVATE_TYPE = 0xff;

/** A signer of a private type. Whoever does not know the type passes its lines over, as those of any key that he does not know. */
export function privateNoteSigner({ name, identifier, publicKey, sign, verifies }: PrivateNoteKey): NoteSigner {
  const typeAndKey = Buffer.concat([Buffer.of(PRIVATE_TYPE), Buffer.from(identifier, 'utf8'), publicKey]);
  const keyId = keyIdOf(checkedName(name), typeAndKey);
  const vkey = `${name}+${hexId(keyId)}+${typeAndKey.toString('base64')}`;
  return { name, keyId, verifier: { name, keyId, vkey, verifies }, sign };
}

/** Whether the text is a verifier key of a private type whose id fits it. */
export function isPrivateKeyText(vkey: string): boolean {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  const typeAndKey = exactBase64(match?.[3] ?? '');
  if (!match?.[1] || !match[2] || typeAndKey?.[0] !== PRIVATE_TYPE) return false;
  return isKeyName(match[1]) && keyIdOf(match[1], typeAndKey) === Number.parseInt(match[2], 16);
}

/** The key object of 32 bare public bytes. */
export function publicKeyOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEADER, publicKey]), format: 'der', type: 'spki' });
}

/** The private key object of a 32-byte seed, and its bare public bytes. */
export function keyPairOf(seed: Uint8Array): { readonly key: KeyObject; readonly publicKey: Buffer } {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { key, publicKey: Buffer.from(spki.subarray(SPKI_HEADER.length)) };
}

export function hexId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}
