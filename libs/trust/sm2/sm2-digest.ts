import { createHash } from 'node:crypto';

/** The user id that GM/T 0009 gives to whoever has none of his own, which is everybody here. */
const USER_ID = Buffer.from('1234567812345678', 'latin1');
/** The curve's a and b, and its base point (GB/T 32918.5). */
const CURVE = Buffer.from(
  [
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  ].join(''),
  'hex',
);

/**
 * What SM2 signs in place of a message: SM3 over the signer's identity and the bytes (GB/T 32918.2, 5.5 and 6.1). The identity covers user id,
 * curve and public key, so that a signature is of one key and no other.
 * @param point uncompressed, 65 bytes @returns 32 bytes
 */
export function sm2Digest(bytes: Uint8Array, point: Uint8Array): Buffer {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(USER_ID.length * 8);
  const identity = createHash('sm3').update(bits).update(USER_ID).update(CURVE).update(point.subarray(1)).digest();
  return createHash('sm3').update(identity).update(bytes).digest();
}
