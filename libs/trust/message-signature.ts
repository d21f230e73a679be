import { ED25519_SIGNATURE_BYTES } from './ed25519-keys.js';
import type { SignatureVerdict, SignerPort, VerifierPort } from './signing-ports.js';

const PREFIX = 'ed25519:';

/** A detached signature over exact bytes as messages carry it: `ed25519:<base64url>`, with the key id beside it. */
export async function signDetached(signer: SignerPort, bytes: Uint8Array): Promise<string> {
  return PREFIX + (await signer.sign(bytes)).toString('base64url');
}

/** The raw signature, or undefined when the text is no such value. Only one spelling of each signature is accepted. */
export function parseDetached(value: string): Buffer | undefined {
  if (!value.startsWith(PREFIX)) return undefined;
  const text = value.slice(PREFIX.length);
  const signature = Buffer.from(text, 'base64url');
  return signature.length === ED25519_SIGNATURE_BYTES && signature.toString('base64url') === text ? signature : undefined;
}

export function verifyDetached(verifier: VerifierPort, bytes: Uint8Array, value: string): SignatureVerdict {
  const signature = parseDetached(value);
  if (!signature) return { valid: false, fault: 'signature-malformed' };
  return verifier.verify(bytes, signature) ? { valid: true, keyId: verifier.keyId } : { valid: false, fault: 'signature-wrong' };
}
