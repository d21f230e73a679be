import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { AppError, errorText, systemErrorCode, type Instant } from '#kernel';

/** A client that does not finish its handshake in this time is cut off. */
const HANDSHAKE_MS_MAX = 10_000;
const VERSION_MIN = 'TLSv1.2';

/** What a server shows and whom it trusts. PEM texts; the first certificate of `cert` is its own, the rest leads to the authority. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** The authorities whose clients are let in. */
  readonly ca?: string;
  /** Nobody without a certificate of `ca` gets through, not even to health and metrics. */
  readonly requestClientCert?: boolean;
}

/** Where the PEM texts are. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
  readonly requestClientCert?: boolean;
}

/**
 * Reads and checks the files of a server's TLS, so that a start with a wrong one fails with its name instead of failing every call.
 * They are read once: a renewed certificate takes effect at the next start.
 * @param now real time, against which periods of validity are judged
 * @throws AppError `invalid-configuration` that names every fault, and never what stands in a key
 */
export async function readTlsFiles({ certFile, keyFile, caFile, requestClientCert = false }: TlsFiles, now: Instant): Promise<TlsSettings> {
  const faults: string[] = [];
  const cert = await textOf(certFile, faults);
  const key = await textOf(keyFile, faults);
  const ca = caFile === undefined ? undefined : await textOf(caFile, faults);
  const [own] = cert === undefined ? [] : certificatesOf(certFile, cert, now, faults);
  const secret = key === undefined ? undefined : privateKeyOf(keyFile, key, faults);
  if (ca !== undefined && caFile !== undefined) certificatesOf(caFile, ca, now, faults);
  if (own && secret && !own.checkPrivateKey(secret)) faults.push(`the key ${keyFile} does not fit the certificate ${certFile}`);
  // Without authorities of its own the server would let in whoever bought a certificate anywhere.
  if (requestClientCert && caFile === undefined)
    faults.push('clients can be asked for certificates only where the file of their authorities is named');
  if (faults.length > 0 || cert === undefined || key === undefined) {
    throw new AppError('invalid-configuration', `TLS: ${faults.join('; ')}`, { level: 'fatal' });
  }
  return { cert, key, requestClientCert, ...(ca === undefined ? {} : { ca }) };
}

/** The settings as the runtime's server takes them. */
export function serverTlsOptions({ cert, key, ca, requestClientCert = false }: TlsSettings): SecureContextOptions & TlsOptions {
  return {
    cert,
    key,
    minVersion: VERSION_MIN,
    handshakeTimeout: HANDSHAKE_MS_MAX,
    requestCert: requestClientCert,
    rejectUnauthorized: requestClientCert,
    ...(ca === undefined ? {} : { ca }),
  };
}

async function textOf(file: string, faults: string[]): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    faults.push(systemErrorCode(error) === 'ENOENT' ? `${file} is missing` : `${file} cannot be read: ${errorText(error)}`);
    return undefined;
  }
}

function certificatesOf(file: string, text: string, now: Instant, faults: string[]): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) faults.push(`${file} holds no PEM certificate`);
  return blocks.flatMap((block, index) => {
    const where = blocks.length === 1 ? file : `${file} (certificate ${index + 1})`;
    try {
      const certificate = new X509Certificate(block);
      if (Date.parse(certificate.validTo) < now) faults.push(`${where} was good until ${certificate.validTo}`);
      if (Date.parse(certificate.validFrom) > now) faults.push(`${where} is good from ${certificate.validFrom} on`);
      return [certificate];
    } catch (error) {
      faults.push(`${where} is no certificate: ${errorText(error)}`);
      return [];
    }
  });
}

function privateKeyOf(file: string, text: string, faults: string[]): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    // The error may quote what it could not read, so it is not handed on.
    faults.push(`${file} holds no private key in PEM without a passphrase`);
    return undefined;
  }
}
