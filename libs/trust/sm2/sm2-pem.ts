import { AppError, type Entropy } from '#kernel';
import { isPoint, publicPointOf, SM2_ORDER } from './sm2-arithmetic.js';

/**
 * SM2 keys as OpenSSL writes them: an EC key on the named curve 1.2.156.10197.1.301, PKCS #8 and SPKI in PEM. Every such key has the same
 * length, so that what stands around scalar and point is compared byte for byte, and nothing else is taken.
 */
const PRIVATE_HEAD = Buffer.from('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420', 'hex');
const PRIVATE_MIDDLE = Buffer.from('a144034200', 'hex');
const PUBLIC_HEAD = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');
const SCALAR_BYTES = 32;
/** `04`, x and y. */
const POINT_BYTES = 65;
const LINE_CHARS = 64;
/** A private key is from 1 to two less than this. */
const ORDER = BigInt(`0x${SM2_ORDER}`);
/** More than the order has, so that the remainder favours no key. */
const SEED_BYTES = 48;

export interface Sm2KeyPair {
  /** 32 bytes. */
  readonly scalar: Buffer;
  /** Uncompressed, 65 bytes. */
  readonly point: Buffer;
}

/** Makes a private key from our source of randomness, so that a simulation makes the same keys again. PKCS #8 PEM. */
export function newSm2PrivateKeyPem(entropy: Entropy): string {
  const number = (BigInt(`0x${entropy.bytes(SEED_BYTES).toString('hex')}`) % (ORDER - 2n)) + 1n;
  const scalar = Buffer.from(number.toString(16).padStart(SCALAR_BYTES * 2, '0'), 'hex');
  return pemOf('PRIVATE KEY', Buffer.concat([PRIVATE_HEAD, scalar, PRIVATE_MIDDLE, publicPointOf(scalar)]));
}

/** Whether a PEM text is a key of this curve, as far as its head tells. */
export function isSm2Pem(pem: string): boolean {
  const der = derOf('PRIVATE KEY', pem) ?? derOf('PUBLIC KEY', pem);
  return (
    der !== undefined &&
    (der.subarray(0, PRIVATE_HEAD.length).equals(PRIVATE_HEAD) || der.subarray(0, PUBLIC_HEAD.length).equals(PUBLIC_HEAD))
  );
}

/** @throws AppError `key-damaged` when the text is no private key of SM2 or its two halves do not belong together */
export function parseSm2PrivateKeyPem(pem: string): Sm2KeyPair {
  const [scalar, point] = split(derOf('PRIVATE KEY', pem), PRIVATE_HEAD, SCALAR_BYTES, PRIVATE_MIDDLE, POINT_BYTES);
  if (!scalar || !point) throw damaged('not an SM2 private key in PKCS #8 PEM form');
  const number = BigInt(`0x${scalar.toString('hex')}`);
  if (number < 1n || number > ORDER - 2n || !publicPointOf(scalar).equals(point))
    throw damaged('an SM2 private key that fits no public key');
  return { scalar, point };
}

/** The uncompressed point, on the curve. @throws AppError `key-damaged` */
export function parseSm2PublicKeyPem(pem: string): Buffer {
  const [point] = split(derOf('PUBLIC KEY', pem), PUBLIC_HEAD, POINT_BYTES);
  if (!point || !isPoint(point)) throw damaged('not an SM2 public key in PEM form');
  return point;
}

/** SPKI of a point, DER. */
export function spkiOf(point: Uint8Array): Buffer {
  return Buffer.concat([PUBLIC_HEAD, point]);
}

export function sm2PublicKeyPem(point: Uint8Array): string {
  return pemOf('PUBLIC KEY', spkiOf(point));
}

/** Takes bytes apart along constants and lengths; empty when they are not exactly so. */
function split(der: Buffer | undefined, ...parts: readonly (Buffer | number)[]): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const length = typeof part === 'number' ? part : part.length;
    const piece = der?.subarray(at, at + length);
    if (piece?.length !== length || (typeof part !== 'number' && !piece.equals(part))) return [];
    if (typeof part === 'number') found.push(piece);
    at += length;
  }
  return at === der?.length ? found : [];
}

function derOf(label: string, pem: string): Buffer | undefined {
  const [, body] =
    new RegExp(`^\\s*-----BEGIN ${label}-----\\r?\\n([0-9A-Za-z+/=\\r\\n]{1,1000})-----END ${label}-----\\s*$`).exec(pem) ?? [];
  return body === undefined ? undefined : Buffer.from(body, 'base64');
}

function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function damaged(detail: string): AppError {
  return new AppError('key-damaged', detail, { level: 'fatal' });
}
