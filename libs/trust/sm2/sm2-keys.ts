import { sha256Hex } from '#kernel';
import { SIGNATURE_BYTES, type SignerPort, type VerifierPort } from '../signing-ports.js';
import { signDigest, verifyDigest } from './sm2-arithmetic.js';
import { sm2Digest } from './sm2-digest.js';
import { parseSm2PrivateKeyPem, parseSm2PublicKeyPem, sm2PublicKeyPem, spkiOf } from './sm2-pem.js';
import { SM2_HERE, type Sm2Work } from './sm2-work.js';

/** SM2 with SM3 by a private key held in memory (GB/T 32918.2, default user id). The random number of each signature is the library's. */
export class Sm2Signer implements SignerPort {
  readonly algorithm = 'sm2-sm3';
  readonly keyId: string;
  private readonly scalar: Buffer;
  private readonly point: Buffer;

  /** @throws AppError `key-damaged` */
  constructor(
    privateKeyPem: string,
    keyId?: string,
    private readonly work: Sm2Work = SM2_HERE,
  ) {
    const { scalar, point } = parseSm2PrivateKeyPem(privateKeyPem);
    this.scalar = scalar;
    this.point = point;
    this.keyId = keyId ?? fingerprintOf(point);
  }

  sign(bytes: Uint8Array): Promise<Buffer> {
    return this.work.sign({ kind: 'sign', digest: sm2Digest(bytes, this.point), scalar: this.scalar });
  }

  /** Signs in this thread: a millisecond, for whoever signs once a second and not in a call that somebody waits for. */
  signNow(bytes: Uint8Array): Buffer {
    return signDigest(sm2Digest(bytes, this.point), this.scalar);
  }

  /** Whether this key made the signature, found out in this thread: five milliseconds. */
  verifiesNow(bytes: Uint8Array, signature: Uint8Array): boolean {
    return signature.length === SIGNATURE_BYTES && verifyDigest(sm2Digest(bytes, this.point), signature, this.point);
  }

  /** Uncompressed, 65 bytes. */
  publicPoint(): Buffer {
    return Buffer.from(this.point);
  }

  publicKeyPem(): string {
    return sm2PublicKeyPem(this.point);
  }
}

export class Sm2Verifier implements VerifierPort {
  readonly algorithm = 'sm2-sm3';
  readonly keyId: string;
  private readonly point: Buffer;

  /** @throws AppError `key-damaged` */
  constructor(
    publicKeyPem: string,
    keyId?: string,
    private readonly work: Sm2Work = SM2_HERE,
  ) {
    this.point = parseSm2PublicKeyPem(publicKeyPem);
    this.keyId = keyId ?? fingerprintOf(this.point);
  }

  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
    if (signature.length !== SIGNATURE_BYTES) return Promise.resolve(false);
    return this.work.verify({ kind: 'verify', digest: sm2Digest(bytes, this.point), signature, point: this.point });
  }

  publicKeyPem(): string {
    return sm2PublicKeyPem(this.point);
  }
}

/** As of other keys: the first 16 hex digits of SHA-256 over the SPKI bytes. */
function fingerprintOf(point: Uint8Array): string {
  return sha256Hex(spkiOf(point)).slice(0, 16);
}
