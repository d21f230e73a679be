import { createHmac } from 'node:crypto';
import { AppError, sha256, type Entropy } from '#kernel';
import { deriveKey, type KekSource } from './key-encryption-keys.js';

/** What a leaf names by pseudonym. */
export type PseudonymKind = 'actor' | 'order' | 'case';

const PSEUDONYM_BYTES = 16;
/** One log a year; more years than this in one process is a defect. */
const YEARS_MAX = 200;

/**
 * Pseudonyms for leaves: HMAC-SHA-256 under a key of the year, 32 hex digits (I12).
 * The same actor has the same pseudonym all year, in every process, and an unrelated one the next year.
 */
export class Pseudonyms {
  private readonly keys = new Map<number, Buffer>();

  constructor(private readonly source: Pick<KekSource, 'root'>) {}

  of(year: number, kind: PseudonymKind, value: string): string {
    const mac = createHmac('sha256', this.keyOf(year)).update(`${kind}\0`).update(value, 'utf8').digest();
    return mac.toString('hex', 0, PSEUDONYM_BYTES);
  }

  private keyOf(year: number): Buffer {
    const known = this.keys.get(year);
    if (known) return known;
    if (!Number.isSafeInteger(year) || this.keys.size >= YEARS_MAX) {
      throw new AppError('invariant-broken', `no pseudonyms for year ${year}`, { level: 'fatal' });
    }
    const key = deriveKey(this.source.root(), `pseudonym/${year}`);
    this.keys.set(year, key);
    return key;
  }
}

export const SALT_BYTES = 32;

/** A salt for one leaf. Kept sealed beside the content; destroying both leaves a commitment that nobody can open. */
export function newSalt(entropy: Entropy): Buffer {
  return entropy.bytes(SALT_BYTES);
}

/** `SHA-256(salt ‖ SHA-256(content))`, 32 bytes: what a leaf says of its content. @throws when the salt has another length. */
export function commitment(salt: Uint8Array, content: Uint8Array): Buffer {
  if (salt.length !== SALT_BYTES) throw new AppError('invariant-broken', `a salt has ${SALT_BYTES} bytes`, { level: 'fatal' });
  return sha256(salt, sha256(content));
}
