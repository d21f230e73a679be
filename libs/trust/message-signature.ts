import {
  SIGNATURE_ALGORITHMS,
  SIGNATURE_BYTES,
  type SignatureAlgorithm,
  type SignatureVerdict,
  type SignerPort,
  type VerifierPort,
} from './signing-ports.js';

/** A raw signature and the algorithm that it says it is of. */
export interface DetachedSignature {
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
}

/** A detached signature over exact bytes as messages carry it: `<algorithm>:<base64url>`, with the key id beside it. */
export async function signDetached(signer: SignerPort, bytes: Uint8Array): Promise<string> {
  return `${signer.algorithm}:${(await signer.sign(bytes)).toString('base64url')}`;
}

/** The raw signature, or undefined when the text is no such value. Only one spelling of each signature is accepted. */
export function parseDetached(value: string): DetachedSignature | undefined {
  const algorithm = SIGNATURE_ALGORITHMS.find((name) => value.startsWith(`${name}:`));
  if (!algorithm) return undefined;
  const text = value.slice(algorithm.length + 1);
  const signature = Buffer.from(text, 'base64url');
  return signature.length === SIGNATURE_BYTES && signature.toString('base64url') === text ? { algorithm, signature } : undefined;
}

/** A key says by its own kind which algorithm counts, and never the message. */
export async function verifyDetached(verifier: VerifierPort, bytes: Uint8Array, value: string): Promise<SignatureVerdict> {
  const parsed = parseDetached(value);
  if (parsed?.algorithm !== verifier.algorithm) return { valid: false, fault: 'signature-malformed' };
  const holds = await verifier.verify(bytes, parsed.signature);
  return holds ? { valid: true, keyId: verifier.keyId } : { valid: false, fault: 'signature-wrong' };
}
