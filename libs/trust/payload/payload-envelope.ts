import { createCipheriv, createDecipheriv, createHmac, getCiphers, timingSafeEqual } from 'node:crypto';
import { AppError, parseStrictJson, type Entropy } from '#kernel';
import type { PayloadKey, PayloadRecipient } from './payload-keys.js';

/** The one way of encryption, by the name that stands in the envelope. */
export const PAYLOAD_ENCRYPTION = 'SM4-CBC+HMAC-SM3';
const VERSION = 1;
const CIPHER = 'sm4-cbc';
const SM4_BYTES = 16;
const BLOCK_BYTES = 16;
/** What the receiver's key wraps: a key of SM4, then one of HMAC. */
const MAC_BYTES = 32;
const KEYS_BYTES = SM4_BYTES + MAC_BYTES;
/** As large as a body of the dialects may be, in base64. */
export const ENVELOPE_BYTES_MAX = 24 * 1024 * 1024;
const MEMBERS = ['v', 'enc', 'kid', 'key', 'iv', 'data', 'mac'] as const;
const KID = /^[\w.-]{1,80}$/;

/** Why bytes could not be taken out of an envelope: a stable code. */
export type PayloadFault = 'payload-not-sealed' | 'payload-malformed' | 'payload-key-unknown' | 'payload-key-wrong' | 'payload-tampered';

export type OpenedPayload = { readonly bytes: Buffer } | { readonly fault: PayloadFault };

/** @throws AppError `invalid-configuration` when the runtime's OpenSSL was built without SM4 or SM3 */
export function assertSm4Here(): void {
  if (getCiphers().includes(CIPHER)) return;
  throw new AppError('invalid-configuration', 'this runtime has no SM4: a bank with payload: sm4 cannot be served', { level: 'fatal' });
}

/**
 * Seals bytes for one receiver: a fresh key of SM4 and one of HMAC, wrapped by the receiver's SM2 key (GM/T 0009), SM4-CBC by the runtime, and
 * HMAC-SM3 over all of the envelope, because the runtime has no SM4-GCM. JSON in ASCII, without spaces.
 */
export async function sealPayload(bytes: Uint8Array, recipient: PayloadRecipient, entropy: Entropy): Promise<Buffer> {
  const keys = entropy.bytes(KEYS_BYTES);
  const iv = entropy.bytes(BLOCK_BYTES);
  const cipher = createCipheriv(CIPHER, keys.subarray(0, SM4_BYTES), iv);
  const data = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const sealed = {
    v: VERSION,
    enc: PAYLOAD_ENCRYPTION,
    kid: recipient.keyId,
    key: (await recipient.wrap(keys)).toString('base64'),
    iv: iv.toString('base64'),
    data: data.toString('base64'),
  };
  return Buffer.from(JSON.stringify({ ...sealed, mac: macOf(sealed, keys).toString('base64') }), 'latin1');
}

/**
 * Opens an envelope with the receiver's keys. The code of authenticity is checked before anything is decrypted, so nothing can be learnt from
 * how a changed one fails. Answers for every input.
 */
export async function openPayload(envelope: Buffer, keys: readonly PayloadKey[]): Promise<OpenedPayload> {
  const members = parseEnvelope(envelope);
  if (typeof members === 'string') return { fault: members };
  const key = keys.find(({ keyId }) => keyId === members.kid);
  if (!key) return { fault: 'payload-key-unknown' };
  const wrapped = await key.unwrap(members.bytes.key);
  if (wrapped?.length !== KEYS_BYTES) return { fault: 'payload-key-wrong' };
  if (!timingSafeEqual(macOf(members, wrapped), members.bytes.mac)) return { fault: 'payload-tampered' };
  try {
    const decipher = createDecipheriv(CIPHER, wrapped.subarray(0, SM4_BYTES), members.bytes.iv);
    return { bytes: Buffer.concat([decipher.update(members.bytes.data), decipher.final()]) };
  } catch {
    // Its maker has padded it wrongly: the runtime's only way to say so.
    return { fault: 'payload-malformed' };
  }
}

interface Sealed {
  readonly enc: string;
  readonly kid: string;
  readonly key: string;
  readonly iv: string;
  readonly data: string;
}

type Read = Sealed & { readonly bytes: Readonly<Record<'key' | 'iv' | 'data' | 'mac', Buffer>> };

/** Over the texts as they stand; the last three have no dots, so no two envelopes give the same. */
function macOf({ enc, kid, key, iv, data }: Sealed, keys: Buffer): Buffer {
  return createHmac('sm3', keys.subarray(SM4_BYTES)).update([enc, kid, key, iv, data].join('.'), 'latin1').digest();
}

/** Takes an envelope apart, or says why it is none. Answers for every input. */
export function parseEnvelope(envelope: Buffer): Read | PayloadFault {
  const raw = envelope.length <= ENVELOPE_BYTES_MAX ? parsed(envelope) : undefined;
  // A body of the dialect is an object too: what has none of the envelope's own members was never sealed.
  if (!raw || !('enc' in raw)) return 'payload-not-sealed';
  const { enc, kid, key, iv, data, mac } = raw;
  if (Object.keys(raw).length !== MEMBERS.length || raw['v'] !== VERSION || enc !== PAYLOAD_ENCRYPTION) return 'payload-malformed';
  if (typeof kid !== 'string' || !KID.test(kid)) return 'payload-malformed';
  if (!isBase64(key) || !isBase64(iv) || !isBase64(data) || !isBase64(mac)) return 'payload-malformed';
  const bytes = { key: fromBase64(key), iv: fromBase64(iv), data: fromBase64(data), mac: fromBase64(mac) };
  const isBlocks = bytes.data.length > 0 && bytes.data.length % BLOCK_BYTES === 0;
  if (bytes.iv.length !== BLOCK_BYTES || bytes.mac.length !== MAC_BYTES || !isBlocks) return 'payload-malformed';
  return { enc, kid, key, iv, data, bytes };
}

function parsed(envelope: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = parseStrictJson(envelope, { depthMax: 2 });
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** One spelling each. */
function isBase64(value: unknown): value is string {
  return typeof value === 'string' && fromBase64(value).toString('base64') === value;
}
