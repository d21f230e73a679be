import { createPrivateKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { AppError } from '#kernel';
import { RSA_BITS_MIN } from './signature.js';

/** Makes the court's signatures under messages: RSA with SHA-256 after PKCS #1. A driver may be a file key or a crypto device, hence the promise. */
export interface XmlSignerPort {
  /** Travels in the signature; the bank must know it beforehand. */
  readonly certificate: X509Certificate;
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** A key that lies in the key folder as PEM. */
export class FileXmlSigner implements XmlSignerPort {
  readonly certificate: X509Certificate;
  private readonly key: KeyObject;

  /** @throws AppError `invalid-configuration` when the two do not fit, or are none that the profile takes. What stands in a key is never quoted. */
  constructor(pem: { readonly certificate: string; readonly key: string }) {
    try {
      [this.certificate, this.key] = [new X509Certificate(pem.certificate), createPrivateKey(pem.key)];
    } catch {
      throw misconfigured('holds no certificate or key in PEM form');
    }
    if (!this.certificate.checkPrivateKey(this.key)) throw misconfigured('has a key that does not fit its certificate');
    const { asymmetricKeyType, asymmetricKeyDetails } = this.key;
    if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN)
      throw misconfigured(`needs an RSA key of ${RSA_BITS_MIN} bits or more`);
  }

  sign(bytes: Uint8Array): Promise<Buffer> {
    return Promise.resolve(sign('sha256', bytes, this.key));
  }
}

function misconfigured(what: string): AppError {
  return new AppError('invalid-configuration', `the signer of messages ${what}`, { level: 'fatal' });
}
