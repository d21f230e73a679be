import { errors, flattenedVerify } from 'jose';
import type { Instant } from '#kernel';
import type { FoundKey, PublicKey } from '#trust';
import { JWS_ALGORITHMS, parseJws, type HeaderFault, type JwsHeader, type JwsMessage, type ParsedJws } from './header.js';

type Parts = Pick<ParsedJws, 'protectedPart' | 'signaturePart'>;

/** How far a signature's time may lie from ours, both ways. What is older is refused, so replays are remembered no longer than this. */
export const JWS_SKEW_MS = 300_000;

export type JwsFault =
  HeaderFault | 'key-unknown' | 'key-not-valid' | 'signature-wrong' | 'iat-old' | 'iat-early' | 'not-for-us' | 'jti-replayed';

export type JwsVerdict =
  { readonly valid: true; readonly header: JwsHeader } | { readonly valid: false; readonly fault: JwsFault; readonly keyId?: string };

export interface Expected {
  readonly aud: string;
  readonly msg: JwsMessage;
  /** Left out where the header is what names it. */
  readonly sub?: string;
  /** Of a call of ours; left out for what comes unasked, which must not claim to reply. */
  readonly irt?: string | undefined;
}

/**
 * Judges a detached JWS over exact bytes: form, algorithm and `crit`, key, signature, time, and that it is meant for this place.
 * Whether its `jti` was seen before is the caller's matter. Answers for every input.
 * @param at real time
 */
export async function verifyJws(
  value: string,
  bytes: Uint8Array,
  expected: Expected,
  { at, keyOf }: { readonly at: Instant; readonly keyOf: (kid: string) => FoundKey },
): Promise<JwsVerdict> {
  const parsed = parseJws(value);
  if (typeof parsed === 'string') return { valid: false, fault: parsed };
  const { header, protectedPart, signaturePart } = parsed;
  const found = keyOf(header.kid);
  const refused = (fault: JwsFault): JwsVerdict => ({ valid: false, fault, keyId: header.kid });
  if ('fault' in found) return refused(found.fault);
  // What a message says of its algorithm never chooses how its key is used.
  if (JWS_ALGORITHMS[header.alg] !== found.key.algorithm) return refused('alg-refused');
  if (!(await holds(found.key, { protectedPart, signaturePart }, bytes))) return refused('signature-wrong');
  const fault = timeFault(header.iat * 1000, at) ?? bindingFault(header, expected);
  return fault ? refused(fault) : { valid: true, header };
}

/** EdDSA by the library of the standard; SM2, which it does not know, over the same signing input by the key itself. */
async function holds(key: PublicKey, { protectedPart, signaturePart }: Parts, bytes: Uint8Array): Promise<boolean> {
  if (key.algorithm === 'sm2-sm3') {
    const input = Buffer.concat([Buffer.from(`${protectedPart}.`, 'latin1'), bytes]);
    return key.verify(input, Buffer.from(signaturePart, 'base64url'));
  }
  const jws = { protected: protectedPart, payload: bytes, signature: signaturePart };
  try {
    await flattenedVerify(jws, key.publicKey, { algorithms: ['EdDSA'], crit: UNDERSTOOD });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

/** Our own critical members; each must stand in the protected header. */
const UNDERSTOOD = { iat: true, jti: true, aud: true, msg: true, sub: true, irt: true };

function timeFault(iatMs: number, at: Instant): JwsFault | undefined {
  if (iatMs < at - JWS_SKEW_MS) return 'iat-old';
  return iatMs > at + JWS_SKEW_MS ? 'iat-early' : undefined;
}

function bindingFault(header: JwsHeader, { aud, msg, sub, irt }: Expected): JwsFault | undefined {
  const fits = header.aud === aud && header.msg === msg && (sub === undefined || header.sub === sub) && header.irt === irt;
  return fits ? undefined : 'not-for-us';
}
