/** The one algorithm so far. National algorithms come as further names beside it, each with a driver of its own. */
export type SignatureAlgorithm = 'ed25519';

/** Signs exact bytes. A driver may be a file key or a crypto device, hence the promise. */
export interface SignerPort {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** The raw signature (Ed25519: 64 bytes). */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** Says whether a raw signature over exact bytes is this key's. It answers and never throws for bad input. */
export interface VerifierPort {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Why a signature was not accepted. */
export type SignatureFault = 'signature-malformed' | 'key-unknown' | 'key-not-valid' | 'signature-wrong';

export type SignatureVerdict = { readonly valid: true; readonly keyId: string } | { readonly valid: false; readonly fault: SignatureFault };
