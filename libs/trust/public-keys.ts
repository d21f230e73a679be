import { Ed25519Verifier } from './ed25519-keys.js';
import { Sm2Verifier } from './sm2/sm2-keys.js';
import { isSm2Pem } from './sm2/sm2-pem.js';
import type { Sm2Work } from './sm2/sm2-work.js';

/** A public key whose kind its own PEM text tells. */
export type PublicKey = Ed25519Verifier | Sm2Verifier;

/** @throws AppError `key-damaged` when the PEM is a key of neither kind */
export function openPublicKey(pem: string, keyId?: string, work?: Sm2Work): PublicKey {
  return isSm2Pem(pem) ? new Sm2Verifier(pem, keyId, work) : new Ed25519Verifier(pem, keyId);
}
