import { parseSm2PrivateKeyPem, parseSm2PublicKeyPem, sm2PublicKeyPem } from '../sm2/sm2-pem.js';
import { SM2_HERE, type Sm2Work } from '../sm2/sm2-work.js';
import { parseSm2CipherDer, sm2CipherDer } from './sm2-cipher.js';

/** Whose public key of encryption this is: what is sealed to it, its holder alone can open. Never a key of signing. */
export class PayloadRecipient {
  private readonly point: Buffer;

  /** @throws AppError `key-damaged` */
  constructor(
    publicKeyPem: string,
    readonly keyId: string,
    private readonly work: Sm2Work = SM2_HERE,
  ) {
    this.point = parseSm2PublicKeyPem(publicKeyPem);
  }

  /** @param key at most 64 bytes @returns DER by GM/T 0009 */
  async wrap(key: Uint8Array): Promise<Buffer> {
    return sm2CipherDer(await this.work.encrypt({ kind: 'encrypt', bytes: key, point: this.point }));
  }
}

/** The private half. */
export class PayloadKey {
  private readonly scalar: Buffer;
  private readonly point: Buffer;

  /** @throws AppError `key-damaged` */
  constructor(
    privateKeyPem: string,
    readonly keyId: string,
    private readonly work: Sm2Work = SM2_HERE,
  ) {
    const { scalar, point } = parseSm2PrivateKeyPem(privateKeyPem);
    this.scalar = scalar;
    this.point = point;
  }

  /** Undefined when it was not wrapped for this key. */
  async unwrap(der: Buffer): Promise<Buffer | undefined> {
    const cipher = parseSm2CipherDer(der);
    return cipher && this.work.decrypt({ kind: 'decrypt', cipher, scalar: this.scalar });
  }

  publicKeyPem(): string {
    return sm2PublicKeyPem(this.point);
  }
}
