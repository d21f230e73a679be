import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

const DAY_MS = 86_400_000;

/** Who signs messages of XML in a test. */
export interface MessageSigner {
  readonly keyPem: string;
  readonly certificate: X509Certificate;
}

/** An RSA key with a certificate of its own, valid from the day before to the day after the moment given. */
export async function messageSigner(name: string, at: Date, bits = 2048): Promise<MessageSigner> {
  const signing = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: signing,
      notBefore: new Date(at.getTime() - DAY_MS),
      notAfter: new Date(at.getTime() + DAY_MS),
    },
    webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1],
  );
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { keyPem, certificate: new X509Certificate(certificate.toString('pem')) };
}
