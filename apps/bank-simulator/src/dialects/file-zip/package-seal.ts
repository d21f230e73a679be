import { createHash } from 'node:crypto';

const FORM = /^chakong-seal\/v1\nsm3 ([0-9a-f]{64})\nsignature (\S{1,300})\n$/;

/** What lies beside a package in `<name>.sig`: the SM3 digest and the signature of its bytes. */
export function sealOf(bytes: Uint8Array, signature: string): string {
  return `chakong-seal/v1\nsm3 ${sm3(bytes)}\nsignature ${signature}\n`;
}

/** The signature of a seal whose digest is that of these bytes. */
export function signatureInSeal(seal: string, bytes: Uint8Array): string | undefined {
  const [, digest, signature] = FORM.exec(seal) ?? [];
  return digest === sm3(bytes) ? signature : undefined;
}

function sm3(bytes: Uint8Array): string {
  return createHash('sm3').update(bytes).digest('hex');
}
