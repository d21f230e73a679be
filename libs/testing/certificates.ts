import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** DER, as far as a certificate needs it (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const digits = size.subarray(size.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, body]);
}

const hex = (text: string) => Buffer.from(text, 'hex');
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const TRUE = hex('0101ff');

/** Object identifiers, encoded. */
const ECDSA_SHA256 = sequence(hex('06082a8648ce3d040302'));
const COMMON_NAME = hex('0603550403');
const BASIC_CONSTRAINTS = hex('0603551d13');
const KEY_USAGE = hex('0603551d0f');
const EXTENDED_KEY_USAGE = hex('0603551d25');
const ALTERNATIVE_NAMES = hex('0603551d11');
const SERVER_AND_CLIENT = sequence(hex('06082b06010505070301'), hex('06082b06010505070302'));

const DAY_MS = 86_400_000;

/** PEM texts. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Names and IP addresses that it is good for, as a server. */
  readonly hosts?: readonly string[];
  /** Milliseconds; by default from yesterday until tomorrow. */
  readonly from?: number;
  readonly to?: number;
}

let serial = 1;

/**
 * An authority that a test makes for itself, and certificates under it (RFC 5280, P-256), for servers and clients alike. Nothing of
 * it is kept: no key of a test is worth stealing.
 */
export class TestAuthority {
  private readonly pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** Its own certificate, for whoever is to trust it. */
  readonly cert: string;

  constructor(private readonly name: string) {
    const extensions = [extension(BASIC_CONSTRAINTS, sequence(TRUE), true), extension(KEY_USAGE, hex('03020106'), true)];
    this.cert = this.certify(name, this.pair.publicKey, extensions, {});
  }

  issue(name: string, options: CertificateOptions = {}): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = (options.hosts ?? []).map((host) =>
      isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
    );
    const extensions = [
      extension(KEY_USAGE, hex('03020780'), true),
      extension(EXTENDED_KEY_USAGE, SERVER_AND_CLIENT),
      ...(names.length > 0 ? [extension(ALTERNATIVE_NAMES, sequence(...names))] : []),
    ];
    return {
      cert: this.certify(name, publicKey, extensions, options),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  private certify(name: string, subject: KeyObject, extensions: readonly Buffer[], { from, to }: CertificateOptions): string {
    const now = Date.now();
    serial += 1;
    const content = sequence(
      hex('a003020102'),
      der(0x02, hex(`40${serial.toString(16).padStart(8, '0')}`)),
      ECDSA_SHA256,
      distinguished(this.name),
      sequence(time(from ?? now - DAY_MS), time(to ?? now + DAY_MS)),
      distinguished(name),
      subject.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', content, this.pair.privateKey);
    return pem(sequence(content, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature)));
  }
}

function distinguished(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

function extension(id: Uint8Array, value: Uint8Array, isCritical = false): Buffer {
  return sequence(id, ...(isCritical ? [TRUE] : []), der(0x04, value));
}

/** UTCTime until 2049, as the standard wants it; later than that no test needs. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
