import type { Entropy, Instant } from '#kernel';
import type { SignerPort } from '#trust';
import { criticalOf, jwsAlgorithmOf, type JwsClaims } from './header.js';

const JTI_BYTES = 16;

export interface SignedValue {
  /** For the header `X-JWS-Signature`. */
  readonly value: string;
  readonly jti: string;
}

/**
 * Signs exact bytes as a detached JWS with an unencoded payload (RFC 7797). It is written here and not by the library that verifies,
 * because a key may lie in a device that only signs bytes (`SignerPort`).
 * @param at real time
 */
export async function signJws(
  signer: SignerPort,
  bytes: Uint8Array,
  claims: JwsClaims,
  { at, entropy }: { readonly at: Instant; readonly entropy: Entropy },
): Promise<SignedValue> {
  const jti = entropy.bytes(JTI_BYTES).toString('base64url');
  const { aud, msg, sub, irt } = claims;
  const header = {
    alg: jwsAlgorithmOf(signer.algorithm),
    kid: signer.keyId,
    b64: false,
    crit: criticalOf(claims),
    iat: Math.floor(at / 1000),
    jti,
    aud,
    msg,
    sub,
    irt,
  };
  const protectedPart = Buffer.from(JSON.stringify(header), 'utf8').toString('base64url');
  const signature = await signer.sign(Buffer.concat([Buffer.from(`${protectedPart}.`, 'latin1'), bytes]));
  return { value: `${protectedPart}..${signature.toString('base64url')}`, jti };
}
