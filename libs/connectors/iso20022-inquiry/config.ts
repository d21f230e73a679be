import { X509Certificate } from 'node:crypto';
import { AppError } from '#kernel';
import type { BankProfile, BankTls, XmlSignature } from '#connector-sdk';
import { FileXmlSigner, type XmlSignerPort } from './rsa-signer.js';

/** What the dialect needs of a profile. */
export interface Iso20022InquiryConfig {
  /** The register's one address, without a slash at its end; asked at each call, because a test's server has its port only once it listens. */
  readonly endpoint: () => string;
  readonly concurrency: number;
  /** Real milliseconds. */
  readonly connectMs: number;
  /** What is shown to the bank and whom we trust; needed wherever the address is https. */
  readonly tls?: BankTls;
  /** Never empty: what none of these certificates has signed counts for nothing. */
  readonly trusted: readonly X509Certificate[];
  /** Left out, requests carry no signature. */
  readonly signer?: XmlSignerPort;
  /** The number of each legal person in headers. */
  readonly institutions: ReadonlyMap<string, string>;
}

export interface ConfigParts {
  /** Stands in for the profile's address, where the program that starts knows it better than the file. */
  readonly endpoint?: (() => string) | undefined;
  readonly tls?: BankTls | undefined;
  /** What the profile's `xmlSignature` names, read. */
  readonly xmlSignature?: XmlSignature | undefined;
}

/**
 * @throws AppError `invalid-configuration` when there is no address, or it is one of plain HTTP, or its certificates are missing, or nobody says
 * whose signatures count, or an algorithm is agreed on that signatures of XML do not have here
 */
export function readConfig(profile: BankProfile, { endpoint, tls, xmlSignature }: ConfigParts = {}): Iso20022InquiryConfig {
  const { bank, limits, legalPersons, signatures } = profile;
  const fixed = profile.endpoint;
  const address = endpoint ?? (fixed === undefined ? undefined : () => fixed);
  if (!address) throw misconfigured(`${bank}: a bank that is called needs an endpoint`);
  if (!endpoint && !fixed?.startsWith('https:')) throw misconfigured(`${bank}: the endpoint must be https`);
  if (!endpoint && !tls) throw misconfigured(`${bank}: an https endpoint needs tls with authority, certificate and key`);
  if (!xmlSignature || xmlSignature.trusted.length === 0)
    throw misconfigured(`${bank}: a bank whose answers are signed messages needs xmlSignature with the certificates that count`);
  if (signatures !== 'ed25519') throw misconfigured(`${bank}: messages of XML are signed by RSA, and ${signatures} cannot be agreed on`);
  return {
    endpoint: address,
    concurrency: limits.concurrency,
    connectMs: limits.connectMs,
    trusted: xmlSignature.trusted.map((pem) => new X509Certificate(pem)),
    institutions: new Map(legalPersons.map(({ code, institution }) => [code, institution ?? code] as const)),
    ...(tls ? { tls } : {}),
    ...(xmlSignature.own ? { signer: new FileXmlSigner(xmlSignature.own) } : {}),
  };
}

function misconfigured(detail: string): AppError {
  return new AppError('invalid-configuration', detail, { level: 'fatal' });
}
