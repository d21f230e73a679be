/** The algorithms of a message's signature, by the names that messages and profiles use. `sm2-sm3` is GB/T 32918.2 with the default user id. */
export const SIGNATURE_ALGORITHMS = ['ed25519', 'sm2-sm3'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Both algorithms give 64 bytes: R and S of Ed25519, r and s of SM2, each with its leading zeros. */
export const SIGNATURE_BYTES = 64;

/** Signs exact bytes. A driver may be a file key or a crypto device, hence the promise. */
export interface SignerPort {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** The raw signature, `SIGNATURE_BYTES` long. */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** A signer that can say its public half, so that whoever starts it can publish that. */
export interface SigningKey extends SignerPort {
  /** SPKI, PEM. */
  publicKeyPem(): string;
}

/** Says whether a raw signature over exact bytes is this key's. It answers and never throws for bad input. */
export interface VerifierPort {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Why a signature was not accepted. */
export type SignatureFault = 'signature-malformed' | 'key-unknown' | 'key-not-valid' | 'signature-wrong';

export type SignatureVerdict = { readonly valid: true; readonly keyId: string } | { readonly valid: false; readonly fault: SignatureFault };
