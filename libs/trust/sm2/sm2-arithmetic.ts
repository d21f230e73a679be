import { sm2 } from 'sm-crypto-v2';

/**
 * The arithmetic of SM2 on digests, by a library in JavaScript: a millisecond a signature, five a verification, which is why
 * `Sm2Threads` takes it off the thread that serves. The runtime's own SM2 signs with an empty user id, or not with SM2 at all.
 */
export function signDigest(digest: Uint8Array, scalar: Uint8Array): Buffer {
  return Buffer.from(sm2.doSignature(digest, hexOf(scalar)), 'hex');
}

/** @param signature r and s, 64 bytes @param point uncompressed. Answers for every signature; the point must be on the curve. */
export function verifyDigest(digest: Uint8Array, signature: Uint8Array, point: Uint8Array): boolean {
  const hex = hexOf(signature);
  // The library takes any numbers; the standard wants both within the order of the group (GB/T 32918.2, 7.1).
  if (!isInOrder(hex.slice(0, HALF_CHARS)) || !isInOrder(hex.slice(HALF_CHARS))) return false;
  return sm2.doVerifySignature(digest, hex, preparedPoint(hexOf(point)));
}

/** Whether 65 bytes are an uncompressed point of the curve. */
export function isPoint(point: Uint8Array): boolean {
  try {
    return sm2.verifyPublicKey(hexOf(point));
  } catch {
    // The library's own way to say that it is not on the curve.
    return false;
  }
}

/** The public half: 65 bytes. */
export function publicPointOf(scalar: Uint8Array): Buffer {
  return Buffer.from(sm2.getPublicKeyFromPrivateKey(hexOf(scalar)), 'hex');
}

/** The mode of the current standard: C1 C3 C2. */
const C1_C3_C2 = 1;
/** C1 is a point, C3 a digest. */
const CIPHER_BYTES_MIN = 64 + 32 + 1;

/** Encrypts to a public point (GB/T 32918.4). @returns C1 (x and y), C3 and C2, as long as the bytes and 96 more */
export function encryptBytes(bytes: Uint8Array, point: Uint8Array): Buffer {
  return Buffer.from(sm2.doEncrypt(bytes, hexOf(point), C1_C3_C2), 'hex');
}

/** Undefined for what this key cannot decrypt, a point beside the curve included: it would give parts of the key away. */
export function decryptBytes(cipher: Uint8Array, scalar: Uint8Array): Buffer | undefined {
  if (cipher.length < CIPHER_BYTES_MIN) return undefined;
  const c1 = Buffer.concat([Buffer.of(UNCOMPRESSED), cipher.subarray(0, 64)]);
  if (!isPoint(c1)) return undefined;
  const bytes = Buffer.from(sm2.doDecrypt(hexOf(cipher), hexOf(scalar), C1_C3_C2, { output: 'array' }));
  // The library's way to say that C3 does not fit.
  return bytes.length === cipher.length - 96 ? bytes : undefined;
}

const UNCOMPRESSED = 4;

type PreparedPoint = ReturnType<typeof sm2.precomputePublicKey>;

/** Tables of a point's multiples make a verification half as long; a process knows a few hundred keys at most. */
const POINTS_MAX = 500;
const prepared = new Map<string, PreparedPoint>();

function preparedPoint(hex: string): PreparedPoint {
  let point = prepared.get(hex);
  if (!point) {
    point = sm2.precomputePublicKey(hex);
    if (prepared.size >= POINTS_MAX) prepared.clear();
    prepared.set(hex, point);
  }
  return point;
}

const HALF_CHARS = 64;
/** The order of the group (GB/T 32918.5), hexadecimal. */
export const SM2_ORDER = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

/** Numbers of equal length compare as their digits do. */
function isInOrder(hex: string): boolean {
  return hex.length === HALF_CHARS && hex < SM2_ORDER && !/^0+$/.test(hex);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
