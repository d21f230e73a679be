import type { Entropy } from '#kernel';
import { Ed25519Signer, newPrivateKeyPem, newSm2PrivateKeyPem, Sm2Signer, type SignatureAlgorithm, type SignerPort } from '#trust';

/** The court's signature, which a case can let a stranger imitate: the same key id, another key. */
export class CourtHand implements SignerPort {
  private readonly stranger: SignerPort;
  /** Whether the stranger signs. Only while a case is alone. */
  forges = false;

  constructor(
    private readonly court: SignerPort,
    entropy: Entropy,
  ) {
    this.stranger =
      court.algorithm === 'sm2-sm3'
        ? new Sm2Signer(newSm2PrivateKeyPem(entropy), court.keyId)
        : new Ed25519Signer(newPrivateKeyPem(entropy), court.keyId);
  }

  get algorithm(): SignatureAlgorithm {
    return this.court.algorithm;
  }

  get keyId(): string {
    return this.court.keyId;
  }

  sign(bytes: Uint8Array): Promise<Buffer> {
    return this.forges ? this.stranger.sign(bytes) : this.court.sign(bytes);
  }
}
