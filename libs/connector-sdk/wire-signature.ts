import type { Instant } from '#kernel';
import { SIGNATURE_ALGORITHMS, signDetached, type KeyRing, type SignerPort } from '#trust';
import type { HeardBytes } from './outcomes.js';

/** Where a signature stands in an HTTP message; in files it is the content of `<file>.sig`. */
export const SIGNATURE_HEADER = 'x-chakong-signature';

const FORM = new RegExp(`^([0-9A-Za-z._-]{1,80});(${SIGNATURE_ALGORITHMS.join('|')});([0-9A-Za-z_-]{1,200})$`);

/** What a bank's signature is worth, as the contracts say it. */
export interface SignatureWorth {
  readonly signature: 'valid' | 'invalid' | 'absent';
  readonly keyId?: string;
}

/** `<keyId>;<algorithm>;<base64url>` over exactly these bytes. */
export async function signForWire(signer: SignerPort, bytes: Uint8Array): Promise<string> {
  const signature = await signDetached(signer, bytes);
  return `${signer.keyId};${signature.replace(':', ';')}`;
}

/** Judges a bank's signature at the time its bytes were received. Answers for every input. */
export async function judgeSignature(
  ring: KeyRing,
  bank: string,
  heard: Pick<HeardBytes, 'bytes' | 'signature'>,
  at: Instant,
): Promise<SignatureWorth> {
  const text = heard.signature?.trim() ?? '';
  if (text === '') return { signature: 'absent' };
  const [, keyId, algorithm, signature] = FORM.exec(text) ?? [];
  if (keyId === undefined || algorithm === undefined || signature === undefined) return { signature: 'invalid' };
  const verdict = await ring.verify(bank, keyId, heard.bytes, `${algorithm}:${signature}`, at);
  return { signature: verdict.valid ? 'valid' : 'invalid', keyId };
}
