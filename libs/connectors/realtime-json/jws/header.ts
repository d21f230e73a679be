import { AppError, parseStrictJson } from '#kernel';
import type { SignatureAlgorithm } from '#trust';

/** The HTTP header of a signature, in small letters. */
export const JWS_HEADER = 'x-jws-signature';
/** The dialect's algorithms: EdDSA with Ed25519 (RFC 8037), and SM2 with SM3, which no register of JOSE knows, under a name of our own. */
export const JWS_ALGORITHMS = { EdDSA: 'ed25519', 'SM2-SM3': 'sm2-sm3' } as const satisfies Readonly<Record<string, SignatureAlgorithm>>;
export type JwsAlgorithm = keyof typeof JWS_ALGORITHMS;

export function jwsAlgorithmOf(algorithm: SignatureAlgorithm): JwsAlgorithm {
  return algorithm === 'ed25519' ? 'EdDSA' : 'SM2-SM3';
}
/**
 * What the signature is about. The court signs orders and queries, about an order or a day; the bank answers, notices, what it says of an
 * order's state, and its statement of a day.
 */
export const JWS_MESSAGES = ['order', 'query', 'answer', 'notice', 'state', 'day-query', 'day-statement'] as const;
export type JwsMessage = (typeof JWS_MESSAGES)[number];

/** Whom bank messages are for. Ours are for the bank's code. */
export const COURT_AUDIENCE = 'court';

/** What a protected header says beside algorithm and key. */
export interface JwsClaims {
  /** Whom it is for: nobody can pass a bank's signature on to another receiver. */
  readonly aud: string;
  readonly msg: JwsMessage;
  /** Number of the order; of a notice its own; of a day `<first day>/<last day>/<page>`. */
  readonly sub: string;
  /** In a reply: the `jti` of the call. */
  readonly irt?: string;
}

export interface JwsHeader extends JwsClaims {
  /** What it says of itself. The key decides whether that counts. */
  readonly alg: JwsAlgorithm;
  readonly kid: string;
  /** Whole seconds since 1970. */
  readonly iat: number;
  readonly jti: string;
}

/** Members that everybody must understand, in the order in which we write them; `irt` only where it stands. */
const CRITICAL = ['b64', 'iat', 'jti', 'aud', 'msg', 'sub'] as const;
export const criticalOf = (header: { readonly irt?: string | undefined }): readonly string[] =>
  header.irt === undefined ? CRITICAL : [...CRITICAL, 'irt'];

/** A longer value is no signature of the dialect. */
const VALUE_CHARS_MAX = 2_048;
/** `<header>..<signature>`: RFC 7515, appendix F. Signatures of both algorithms have 64 bytes. */
const FORM = /^([0-9A-Za-z_-]{1,1900})\.\.([0-9A-Za-z_-]{86})$/;
const JTI = /^[0-9A-Za-z_-]{16,64}$/;
const KID = /^[\w.-]{1,80}$/;
const TEXT_MAX = 100;

export type HeaderFault = 'jws-malformed' | 'alg-refused' | 'crit-refused';

export interface ParsedJws {
  readonly header: JwsHeader;
  /** As they stood. */
  readonly protectedPart: string;
  readonly signaturePart: string;
}

/** Takes a detached JWS apart. Nothing in it is trusted yet. Answers for every input. */
export function parseJws(value: string): ParsedJws | HeaderFault {
  const [, protectedPart = '', signaturePart = ''] = (value.length <= VALUE_CHARS_MAX && FORM.exec(value.trim())) || [];
  // Several spellings of one header or signature would make several names of one thing.
  if (protectedPart === '' || !isCanonical(protectedPart) || !isCanonical(signaturePart)) return 'jws-malformed';
  const raw = membersOf(protectedPart);
  if (!raw) return 'jws-malformed';
  const alg = raw['alg'];
  if (!isAlgorithm(alg)) return 'alg-refused';
  const header = headerOf(raw, alg);
  if (!header) return 'jws-malformed';
  if (raw['b64'] !== false || !isSameList(raw['crit'], criticalOf(header))) return 'crit-refused';
  return { header, protectedPart, signaturePart };
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function membersOf(protectedPart: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = parseStrictJson(Buffer.from(protectedPart, 'base64url'), { depthMax: 3 });
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function isAlgorithm(alg: unknown): alg is JwsAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(JWS_ALGORITHMS, alg);
}

function headerOf(raw: Readonly<Record<string, unknown>>, alg: JwsAlgorithm): JwsHeader | undefined {
  const { kid, iat, jti, aud, sub, irt } = raw;
  const msg = JWS_MESSAGES.find((known) => known === raw['msg']);
  if (typeof kid !== 'string' || !KID.test(kid) || typeof jti !== 'string' || !JTI.test(jti)) return undefined;
  if (typeof iat !== 'number' || !Number.isSafeInteger(iat) || msg === undefined || !isText(aud) || !isText(sub)) return undefined;
  if (irt !== undefined && (typeof irt !== 'string' || !JTI.test(irt))) return undefined;
  return { alg, kid, iat, jti, aud, msg, sub, ...(irt === undefined ? {} : { irt }) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_MAX;
}

/** `crit` must list exactly what is critical: a name that we do not know refuses the whole, and one that is left out is not protected. */
function isSameList(value: unknown, names: readonly string[]): boolean {
  return Array.isArray(value) && value.length === names.length && names.every((name) => value.includes(name));
}
