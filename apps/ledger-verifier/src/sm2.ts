import { createHash } from 'node:crypto';

/** The curve of GB/T 32918.5: y² = x³ + ax + b modulo p, with a point G of order n. */
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G: Point = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};
const BYTES = 32;
const BITS = 256n;
/** Of whoever has no user id of his own (GM/T 0009). */
const USER_ID = Buffer.from('1234567812345678', 'latin1');

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}
/** undefined is the point at infinity. */
type MaybePoint = Point | undefined;

/** A point of the curve from its 65 uncompressed bytes, or undefined when they are none. */
export function sm2Point(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== 1 + 2 * BYTES || bytes[0] !== 4) return undefined;
  const [x, y] = [numberOf(bytes.subarray(1, 1 + BYTES)), numberOf(bytes.subarray(1 + BYTES))];
  return x < P && y < P && mod(y * y - x * x * x - A * x - B, P) === 0n ? { x, y } : undefined;
}

/**
 * Checks a signature of SM2 with SM3 and the default user id (GB/T 32918.2, section 7.1). Plain arithmetic without regard to time: nothing here is
 * secret, and a verification has one such signature.
 * @param signature r and s, 64 bytes
 */
export function sm2Verifies(message: Uint8Array, signature: Uint8Array, key: Point): boolean {
  if (signature.length !== 2 * BYTES) return false;
  const [r, s] = [numberOf(signature.subarray(0, BYTES)), numberOf(signature.subarray(BYTES))];
  const t = mod(r + s, N);
  if (r === 0n || s === 0n || r >= N || s >= N || t === 0n) return false;
  const sum = add(times(s, G), times(t, key));
  return sum !== undefined && mod(digestOf(message, key) + sum.x, N) === r;
}

/** SM3 over the signer's identity and the message. */
function digestOf(message: Uint8Array, key: Point): bigint {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(USER_ID.length * 8);
  const parts = [A, B, G.x, G.y, key.x, key.y].map((number) => Buffer.from(number.toString(16).padStart(2 * BYTES, '0'), 'hex'));
  const identity = createHash('sm3')
    .update(Buffer.concat([bits, USER_ID, ...parts]))
    .digest();
  return numberOf(createHash('sm3').update(identity).update(message).digest());
}

function times(factor: bigint, point: Point): MaybePoint {
  let sum: MaybePoint;
  for (let bit = BITS - 1n; bit >= 0n; bit--) {
    sum = add(sum, sum);
    if ((factor >> bit) & 1n) sum = add(sum, point);
  }
  return sum;
}

function add(one: MaybePoint, other: MaybePoint): MaybePoint {
  if (!one || !other) return one ?? other;
  if (one.x === other.x && mod(one.y + other.y, P) === 0n) return undefined;
  const slope = one.x === other.x ? (3n * one.x * one.x + A) * inverse(2n * one.y) : (other.y - one.y) * inverse(mod(other.x - one.x, P));
  const x = mod(slope * slope - one.x - other.x, P);
  return { x, y: mod(slope * (one.x - x) - one.y, P) };
}

/** Of a number that is no multiple of the prime P, by Euclid's extended algorithm. */
function inverse(number: bigint): bigint {
  let [a, b] = [mod(number, P), P];
  let [u, v] = [1n, 0n];
  while (a !== 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [u, v] = [v - quotient * u, u];
  }
  return mod(u, P);
}

function mod(number: bigint, modulus: bigint): bigint {
  const rest = number % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
