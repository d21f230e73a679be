import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import { AppError } from './errors.js';

// The package is CommonJS with the function as its whole export, which its type declarations do not say.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** What canonical JSON may hold: no floats, no undefined, no bigint. */
export type CanonicalValue =
  null | boolean | number | string | readonly CanonicalValue[] | { readonly [key: string]: CanonicalValue | undefined };

/** RFC 8785 canonical JSON as UTF-8. Members that are undefined are left out. Numbers must be safe integers. */
export function canonicalBytes(value: CanonicalValue): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new AppError('invariant-broken', 'nothing to canonicalise', { level: 'fatal' });
  return Buffer.from(text, 'utf8');
}

export function sha256(...parts: readonly (Buffer | Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function sha256Hex(...parts: readonly (Buffer | Uint8Array | string)[]): string {
  return sha256(...parts).toString('hex');
}
