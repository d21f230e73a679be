import 'reflect-metadata';
import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';
import { AppError, type Entropy, type Instant } from '#kernel';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** RFC 5280 allows 20 octets; 16 of chance are never drawn twice. */
const SERIAL_BYTES = 16;

/** PEM texts of a certificate and its private key (PKCS #8). */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

/** First and last moment of a certificate, to the second. */
export interface Validity {
  readonly from: Instant;
  readonly to: Instant;
}

export interface CertificateOrder extends Validity {
  /** The common name. */
  readonly name: string;
  /** DNS names and IP addresses that it is good for as a server; without any it is a client's. */
  readonly hosts?: readonly string[];
}

type Pair = Pick<webcrypto.CryptoKeyPair, 'privateKey' | 'publicKey'>;

/**
 * A small certificate authority (RFC 5280, P-256), for installations that have none of their own: the demo, one machine's cluster, tests.
 * Its keys come from the runtime's own source and not from `Entropy`: a simulation opens no connection, so it never needs them again.
 */
export class CertificateAuthority {
  private constructor(
    private readonly name: string,
    private readonly pair: Pair,
    private readonly entropy: Entropy,
    /** Its own certificate, for whoever is to trust it. */
    readonly cert: string,
    /** Its private key, PKCS #8 PEM. */
    readonly key: string,
  ) {}

  /** A new authority; or, with `keyPem`, a new certificate for a key that has one already, so that what it certified stays good. */
  static async create(name: string, validity: Validity, entropy: Entropy, keyPem?: string): Promise<CertificateAuthority> {
    const pair = keyPem === undefined ? await newPair() : await pairOf(keyPem);
    const extensions = [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ];
    const cert = await certify({ name, ...validity }, { issuer: name, pair, entropy }, pair.publicKey, extensions);
    return new CertificateAuthority(name, pair, entropy, cert, privatePem(pair));
  }

  /** The authority of these PEM texts. @throws AppError `key-damaged` */
  static async open({ cert, key }: CertifiedKey, entropy: Entropy): Promise<CertificateAuthority> {
    try {
      const pair = await pairOf(key);
      const name = /CN=(.+)/.exec(new X509Certificate(cert).subject)?.[1] ?? '';
      return new CertificateAuthority(name, pair, entropy, cert, key);
    } catch (cause) {
      throw new AppError('key-damaged', 'no certificate authority in PEM form', { level: 'fatal', cause });
    }
  }

  /** A new key and its certificate, for a server when it names hosts, else for a client. */
  async issue(order: CertificateOrder): Promise<CertifiedKey> {
    const pair = await newPair();
    const { hosts = [] } = order;
    const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
    const usage = hosts.length > 0 ? [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth] : [ExtendedKeyUsage.clientAuth];
    const extensions = [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usage),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ];
    const issuer = { issuer: this.name, pair: this.pair, entropy: this.entropy };
    return { cert: await certify(order, issuer, pair.publicKey, extensions), key: privatePem(pair) };
  }
}

interface Issuer {
  readonly issuer: string;
  readonly pair: Pair;
  readonly entropy: Entropy;
}

async function certify(
  { name, from, to }: Omit<CertificateOrder, 'hosts'>,
  { issuer, pair, entropy }: Issuer,
  publicKey: webcrypto.CryptoKey,
  extensions: Extension[],
): Promise<string> {
  const content = {
    // The first digit keeps the number positive and of full length.
    serialNumber: `4${entropy.bytes(SERIAL_BYTES).toString('hex').slice(1)}`,
    subject: [{ CN: [name] }],
    issuer: [{ CN: [issuer] }],
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: SIGNING,
    publicKey,
    signingKey: pair.privateKey,
    extensions,
  };
  const certificate = await X509CertificateGenerator.create(content, webcrypto as Parameters<typeof X509CertificateGenerator.create>[1]);
  return `${certificate.toString('pem')}\n`;
}

function newPair(): Promise<Pair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function pairOf(keyPem: string): Promise<Pair> {
  const secret = createPrivateKey(keyPem);
  const privateKey = await webcrypto.subtle.importKey('pkcs8', secret.export({ type: 'pkcs8', format: 'der' }), ALGORITHM, true, ['sign']);
  const { kty = '', crv = '', x = '', y = '' } = secret.export({ format: 'jwk' });
  const publicKey = await webcrypto.subtle.importKey('jwk', { kty, crv, x, y }, ALGORITHM, true, ['verify']);
  return { privateKey, publicKey };
}

function privatePem({ privateKey }: Pair): string {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
}
