import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { Entropy } from '#kernel';
import type { CertifiedKey, Validity } from './certificate-authority.js';

const PUBLIC_EXPONENT = new Uint8Array([1, 0, 1]);
const RSA_BITS = 2048;
const SERIAL_BYTES = 16;

export interface MessageCertificateOrder extends Validity {
  /** The common name. */
  readonly name: string;
  /** Of the key; a shorter one than usual is for trying who takes it. */
  readonly bits?: number;
}

/**
 * An RSA key and a certificate that it has given itself, for signing messages of XML: whoever takes them knows the certificate beforehand, so
 * nobody has to vouch for it. For installations that have none of their own, like `CertificateAuthority`.
 */
export async function newMessageKey({ name, from, to, bits = RSA_BITS }: MessageCertificateOrder, entropy: Entropy): Promise<CertifiedKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent: PUBLIC_EXPONENT };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const content = {
    serialNumber: `4${entropy.bytes(SERIAL_BYTES).toString('hex').slice(1)}`,
    name: [{ CN: [name] }],
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
  };
  const maker = webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1];
  const certificate = await X509CertificateGenerator.createSelfSigned(content, maker);
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert: `${certificate.toString('pem')}\n`, key };
}
