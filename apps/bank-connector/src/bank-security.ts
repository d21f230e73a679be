import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, errorText } from '#kernel';
import type { BankProfile, BankTls, ProfileXmlSignature, XmlSignature } from '#connector-sdk';
import { bankKeyFolder } from '#foundation';
import { KeyRing, openPublicKey, readSecretFile, type Sm2Work } from '#trust';

/** What a bank's profile names and the key folder holds; members are left out where the profile names nothing. */
export interface BankSecurity {
  readonly tls?: BankTls;
  readonly signingKeys?: KeyRing;
  readonly xmlSignature?: XmlSignature;
}

/**
 * Reads the files that a profile names, so that a start with a wrong one fails with its name instead of failing every call. They are read
 * once: renewed ones take effect at the next start. Whether a certificate has run out is for the other side to say, call by call: one bank's
 * old certificate must not keep a process of several banks from starting (I15).
 * @throws AppError `invalid-configuration` that names the file
 */
export async function readBankSecurity(
  dataDir: string,
  { bank, tls, signatures, signingKeys, xmlSignature }: BankProfile,
  sm2Work?: Sm2Work,
): Promise<BankSecurity> {
  const path = (file: string): string => join(bankKeyFolder(dataDir), file);
  const security: { tls?: BankTls; signingKeys?: KeyRing; xmlSignature?: XmlSignature } = {};
  if (tls) {
    const authority = await pem(bank, path(tls.authority));
    const certificate = await pem(bank, path(tls.certificate));
    const key = await secretPem(bank, path(tls.key));
    assertFits(bank, path(tls.certificate), { authority, certificate, key });
    security.tls = { authority, certificate, key };
  }
  if (signingKeys) {
    const ring = new KeyRing([], sm2Work);
    for (const { kid, file, from, to } of signingKeys) {
      const publicKeyPem = await pem(bank, path(file));
      if (openPublicKey(publicKeyPem, kid).algorithm !== signatures)
        throw misconfigured(`${bank}: ${path(file)} is no key of ${signatures}`);
      ring.add({ bank, keyId: kid, publicKeyPem, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
    }
    security.signingKeys = ring;
  }
  if (xmlSignature) security.xmlSignature = await readXmlFiles(bank, path, xmlSignature);
  return security;
}

async function readXmlFiles(bank: string, path: (file: string) => string, { trusted, own }: ProfileXmlSignature): Promise<XmlSignature> {
  const certificates: string[] = [];
  for (const file of trusted) {
    const text = await pem(bank, path(file));
    if (!isCertificate(text)) throw misconfigured(`${bank}: ${path(file)} holds no certificate in PEM form`);
    certificates.push(text);
  }
  if (!own) return { trusted: certificates };
  const [certificate, key] = [await pem(bank, path(own.certificate)), await secretPem(bank, path(own.key))];
  assertFits(bank, path(own.certificate), { authority: certificate, certificate, key });
  return { trusted: certificates, own: { certificate, key } };
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    // The runtime's only way to say that it is none.
    return false;
  }
}

async function pem(bank: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw misconfigured(`${bank}: cannot read ${file}: ${errorText(cause)}`, cause);
  }
}

async function secretPem(bank: string, file: string): Promise<string> {
  try {
    return (await readSecretFile(file)).toString('utf8');
  } catch (cause) {
    throw misconfigured(`${bank}: ${errorText(cause)}`, cause);
  }
}

/** The cause is not handed on: it may quote what stands in a key. */
function assertFits(bank: string, file: string, { authority, certificate, key }: BankTls): void {
  let fits: boolean;
  try {
    new X509Certificate(authority);
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw misconfigured(`${bank}: a file of its tls or xmlSignature holds no certificate or key in PEM form`);
  }
  if (!fits) throw misconfigured(`${bank}: the key does not fit the certificate ${file}`);
}

function misconfigured(detail: string, cause?: unknown): AppError {
  return new AppError('invalid-configuration', detail, { level: 'fatal', ...(cause === undefined ? {} : { cause }) });
}
