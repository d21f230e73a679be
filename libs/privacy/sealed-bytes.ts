import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError, type Entropy } from '#kernel';

/** A 256-bit data key. Whoever holds it can read what was sealed under it, so it never leaves the process and is never logged. */
export type DataKey = Buffer;

export const DATA_KEY_BYTES = 32;

/** First byte of every sealed value. A later format takes another one and this one stays readable. */
const FORMAT_V1 = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;

/** How many bytes a sealed value is longer than its clear bytes. */
export const SEAL_OVERHEAD_BYTES = HEAD_BYTES + TAG_BYTES;

/**
 * Names the place that a sealed value belongs to, so that a value moved to another row or column no longer opens.
 * Table and column are names of ours without `|`; the row id stands last, so two places never share one text.
 */
export function fieldAad(table: string, column: string, rowId: string): string {
  if (table.includes('|') || column.includes('|'))
    throw new AppError('invariant-broken', 'a table or column name holds |', { level: 'fatal' });
  return `${table}|${column}|${rowId}`;
}

/**
 * Seals single values with AES-256-GCM (I11). Layout: `0x01 ‖ 12-byte nonce ‖ ciphertext ‖ 16-byte tag`; `aad` is `fieldAad(…)`.
 * Nonces are random: with 96 bits, 2^32 values under one key keep the chance of a repeat below 2^-32, far more than one case has.
 */
export class FieldCipher {
  constructor(private readonly entropy: Entropy) {}

  sealBytes(key: DataKey, aad: string, clear: Uint8Array): Buffer {
    const nonce = this.entropy.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(aad, 'utf8'));
    const sealed = Buffer.allocUnsafe(SEAL_OVERHEAD_BYTES + clear.length);
    sealed[0] = FORMAT_V1;
    nonce.copy(sealed, 1);
    cipher.update(clear).copy(sealed, HEAD_BYTES);
    cipher.final();
    cipher.getAuthTag().copy(sealed, HEAD_BYTES + clear.length);
    return sealed;
  }

  /** @throws AppError `content-damaged` when the bytes, the key or the place are not those of sealing. */
  openBytes(key: DataKey, aad: string, sealed: Uint8Array): Buffer {
    if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT_V1) throw damaged(aad);
    const tagAt = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEAD_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad, 'utf8'));
    decipher.setAuthTag(sealed.subarray(tagAt));
    const clear = decipher.update(sealed.subarray(HEAD_BYTES, tagAt));
    try {
      decipher.final();
    } catch (cause) {
      throw damaged(aad, cause);
    }
    return clear;
  }

  sealText(key: DataKey, aad: string, clear: string): Buffer {
    return this.sealBytes(key, aad, Buffer.from(clear, 'utf8'));
  }

  openText(key: DataKey, aad: string, sealed: Uint8Array): string {
    return this.openBytes(key, aad, sealed).toString('utf8');
  }

  /** Seals the JSON text of a value. Money must be a string in it already: a bigint throws. */
  sealJson(key: DataKey, aad: string, clear: unknown): Buffer {
    const text = JSON.stringify(clear) as string | undefined;
    if (text === undefined) throw new AppError('invariant-broken', 'nothing to seal', { level: 'fatal' });
    return this.sealText(key, aad, text);
  }

  /** What was sealed; the caller states its shape, since only our own code sealed it. */
  openJson<T = unknown>(key: DataKey, aad: string, sealed: Uint8Array): T {
    return JSON.parse(this.openText(key, aad, sealed)) as T;
  }
}

/** The place, without the row id's neighbours or any content, is all that a log may learn. */
function damaged(aad: string, cause?: unknown): AppError {
  return new AppError('content-damaged', `sealed content of ${aad} does not open`, { level: 'error', cause });
}
