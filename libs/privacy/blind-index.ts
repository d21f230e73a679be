import { createHmac } from 'node:crypto';
import { deriveKey, type KekSource } from './key-encryption-keys.js';

/** How a value of each searchable kind is brought into one form. A number has no inner spaces; a name may have some. */
const FORMS = {
  'id-number': 'number',
  account: 'number',
  'case-number': 'number',
  phone: 'number',
  name: 'name',
} as const;

/** What can be searched for exactly. The same text of two domains gives two unrelated values. */
export type BlindDomain = keyof typeof FORMS;

/** 128 bits: a chance collision among a thousand million values stays below 10^-20. */
const INDEX_BYTES = 16;

/**
 * The one form under which a value is stored and searched: NFKC, trimmed, upper case; numbers without spaces.
 * Upper case of some letters is not NFKC and removed spaces may join marks, so NFKC comes last once more.
 */
export function normaliseForSearch(domain: BlindDomain, value: string): string {
  const text = value.normalize('NFKC').trim();
  const spaced = text.replace(/\s+/gu, FORMS[domain] === 'number' ? '' : ' ');
  return spaced.toUpperCase().normalize('NFKC');
}

/**
 * Exact search over sealed values: HMAC-SHA-256 under a key of its own, cut to 16 bytes, 32 hex digits.
 * Equal values are recognisable as equal to whoever reads the table; that is the price of being able to search.
 */
export class BlindIndex {
  private readonly key: Buffer;

  constructor(source: Pick<KekSource, 'root'>) {
    this.key = deriveKey(source.root(), 'blind-index');
  }

  of(domain: BlindDomain, value: string): string {
    const mac = createHmac('sha256', this.key).update(`${domain}\0`).update(normaliseForSearch(domain, value), 'utf8').digest();
    return mac.toString('hex', 0, INDEX_BYTES);
  }
}
