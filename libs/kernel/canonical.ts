import { createHash } from 'node:crypto';
import { AppError } from './errors.js';

/** What canonical JSON may hold: no floats, no undefined, no bigint. */
export type CanonicalValue =
  null | boolean | number | string | readonly CanonicalValue[] | { readonly [key: string]: CanonicalValue | undefined };

/**
 * RFC 8785 canonical JSON as UTF-8. Members that are undefined are left out. Numbers must be safe integers or otherwise finite.
 * @throws AppError `invariant-broken` for what JSON cannot hold
 */
export function canonicalBytes(value: CanonicalValue): Buffer {
  return Buffer.from(canonicalText(value), 'utf8');
}

/**
 * Every leaf, message and idempotency key passes through here several times, so it is written out; the spec holds it to a package
 * that does the same. Texts and numbers have their canonical form from `JSON.stringify`; members sort by UTF-16 code units.
 */
function canonicalText(value: CanonicalValue | undefined): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw notCanonical(value);
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? listText(value as readonly CanonicalValue[]) : membersText(value as Members);
    default:
      throw notCanonical(value);
  }
}

type Members = Readonly<Record<string, CanonicalValue | undefined>>;

function listText(items: readonly CanonicalValue[]): string {
  let text = '';
  for (const item of items) text += `${text === '' ? '' : ','}${canonicalText(item)}`;
  return `[${text}]`;
}

function membersText(value: Members): string {
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalText(member)}`;
  }
  return `{${text}}`;
}

function notCanonical(value: unknown): AppError {
  return new AppError('invariant-broken', `${typeof value} has no canonical form`, { level: 'fatal' });
}

export function sha256(...parts: readonly (Buffer | Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function sha256Hex(...parts: readonly (Buffer | Uint8Array | string)[]): string {
  return sha256(...parts).toString('hex');
}
