import { canonicalBytes, instantText, parseInstant, sha256Hex, type Instant } from '#kernel';
import { parseDetached, signDetached, verifyDetached } from './message-signature.js';
import type { SignatureFault, SignerPort, VerifierPort } from './signing-ports.js';

const FORMAT = 'chakong-seal/v1';
/** Sealers and key ids: words that have a canonical form for certain (a lone surrogate has none). */
const NAME = /^[\p{L}\p{N}._:-]{1,64}$/u;

/**
 * The electronic seal of a document: a record beside the PDF, whose bytes stay as they are.
 * The signature covers the canonical JSON (RFC 8785) of all other members, so neither the document, the time nor the sealer can be exchanged.
 */
export interface SealRecord {
  readonly format: typeof FORMAT;
  /** SHA-256 of the exact document bytes, 64 hex digits. */
  readonly sha256: string;
  /** RFC 3339 in UTC. */
  readonly sealedAt: string;
  /** Whose seal it is: a court code or a bank. */
  readonly sealer: string;
  readonly keyId: string;
  /** `<algorithm>:<base64url>` */
  readonly signature: string;
}

export type SealFault = SignatureFault | 'seal-malformed' | 'document-differs';

export type SealVerdict = { readonly valid: true; readonly seal: SealRecord } | { readonly valid: false; readonly fault: SealFault };

type Unsigned = Omit<SealRecord, 'signature'>;

function signedBytes({ format, sha256, sealedAt, sealer, keyId }: Unsigned): Buffer {
  return canonicalBytes({ format, sha256, sealedAt, sealer, keyId });
}

export async function sealDocument(signer: SignerPort, sealer: string, document: Uint8Array, at: Instant): Promise<SealRecord> {
  const unsigned: Unsigned = { format: FORMAT, sha256: sha256Hex(document), sealedAt: instantText(at), sealer, keyId: signer.keyId };
  return { ...unsigned, signature: await signDetached(signer, signedBytes(unsigned)) };
}

/**
 * Judges a seal record of any origin against a document. `findKey` gives the key that the verifier trusts for this sealer
 * and key id, or undefined. It answers for every input and throws for none.
 */
export async function verifySeal(
  record: unknown,
  document: Uint8Array,
  findKey: (sealer: string, keyId: string) => VerifierPort | undefined,
): Promise<SealVerdict> {
  const seal = readRecord(record);
  if (!seal) return { valid: false, fault: 'seal-malformed' };
  if (seal.sha256 !== sha256Hex(document)) return { valid: false, fault: 'document-differs' };
  const verifier = findKey(seal.sealer, seal.keyId);
  if (!verifier) return { valid: false, fault: 'key-unknown' };
  const verdict = await verifyDetached(verifier, signedBytes(seal), seal.signature);
  return verdict.valid ? { valid: true, seal } : verdict;
}

/** A copy with exactly the known members, or undefined. */
function readRecord(record: unknown): SealRecord | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { format, sha256, sealedAt, sealer, keyId, signature } = record as Partial<Record<keyof SealRecord, unknown>>;
  if (format !== FORMAT || typeof sealer !== 'string' || typeof keyId !== 'string') return undefined;
  if (!NAME.test(sealer) || !NAME.test(keyId)) return undefined;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  if (typeof sealedAt !== 'string' || !isInstant(sealedAt)) return undefined;
  if (typeof signature !== 'string' || !parseDetached(signature)) return undefined;
  return { format, sha256, sealedAt, sealer, keyId, signature };
}

function isInstant(text: string): boolean {
  try {
    return instantText(parseInstant(text)) === text;
  } catch {
    // parseInstant throws for anything that is no time, which here is an answer and not an error.
    return false;
  }
}
