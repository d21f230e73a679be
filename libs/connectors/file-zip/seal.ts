import { createHash } from 'node:crypto';

/** A seal is a few lines; whatever is longer is none. */
export const SEAL_BYTES_MAX = 1_000;
const FORM = /^chakong-seal\/v1\nsm3 ([0-9a-f]{64})\nsignature ([0-9A-Za-z._-]{1,80};(?:ed25519|sm2-sm3);[0-9A-Za-z_-]{1,200})\n$/;

/** What lies beside a package in `<name>.sig`: a digest that any national product computes, and who vouches for the bytes. */
export interface Seal {
  /** Hexadecimal SM3 over the package's bytes. */
  readonly sm3: string;
  /** `<keyId>;<algorithm>;<base64url>` over the same bytes. */
  readonly signature: string;
}

export function sm3Hex(bytes: Uint8Array): string {
  return createHash('sm3').update(bytes).digest('hex');
}

export function writeSeal(bytes: Uint8Array, signature: string): Buffer {
  return Buffer.from(`chakong-seal/v1\nsm3 ${sm3Hex(bytes)}\nsignature ${signature}\n`, 'utf8');
}

/** Undefined for everything that is not exactly a seal. */
export function readSeal(bytes: Uint8Array): Seal | undefined {
  if (bytes.length > SEAL_BYTES_MAX) return undefined;
  const [, sm3, signature] = FORM.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return sm3 === undefined || signature === undefined ? undefined : { sm3, signature };
}
