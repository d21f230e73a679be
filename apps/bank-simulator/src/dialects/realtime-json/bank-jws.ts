import { AppError, parseStrictJson, type Entropy, type RealTime } from '#kernel';
import type { PayloadSealing, SignerPort, VerifierPort } from '#trust';

/** The HTTP header, in small letters. */
export const JWS_HEADER = 'x-jws-signature';

/** Real milliseconds that a signature's time may lie from the bank's clock. */
const SKEW_MS = 300_000;
/** Signatures that the bank remembers; a court that sends more within the skew is turned away until some are forgotten. */
const SEEN_MAX = 1_000_000;
const FORM = /^([0-9A-Za-z_-]{1,1900})\.\.([0-9A-Za-z_-]{86})$/;
const JTI_BYTES = 16;
const COURT_MESSAGES = ['order', 'query', 'day-query'] as const;

/** What a signature of the court says. */
export interface CourtHeader {
  readonly msg: (typeof COURT_MESSAGES)[number];
  readonly sub: string;
  readonly jti: string;
}

export interface BankClaims {
  readonly msg: 'answer' | 'notice' | 'state' | 'day-statement';
  readonly sub: string;
  /** In a reply: the call's `jti`. */
  readonly irt?: string;
}

/** As the specification names them; which counts is said by the key. */
const ALGORITHM_NAMES = { ed25519: 'EdDSA', 'sm2-sm3': 'SM2-SM3' } as const;

export interface BankJwsParts {
  readonly bank: string;
  readonly signer: SignerPort;
  readonly courtKeys: readonly VerifierPort[];
  /** Where bodies are encrypted. */
  readonly payload?: PayloadSealing | undefined;
  readonly time: RealTime;
  readonly entropy: Entropy;
}

/** The bank's own hand at the dialect's signatures: written from the published specification, without the court's code or its library. */
export class BankJws {
  /** By `jti`: until when it must be remembered. Oldest first. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly parts: BankJwsParts) {}

  async sign(bytes: Uint8Array, { msg, sub, irt }: BankClaims): Promise<string> {
    const { signer, time, entropy } = this.parts;
    const crit = ['b64', 'iat', 'jti', 'aud', 'msg', 'sub', ...(irt === undefined ? [] : ['irt'])];
    const named = { jti: entropy.bytes(JTI_BYTES).toString('base64url'), aud: 'court', msg, sub, irt };
    const header = {
      alg: ALGORITHM_NAMES[signer.algorithm],
      kid: signer.keyId,
      b64: false,
      crit,
      iat: Math.floor(time.realNow() / 1000),
      ...named,
    };
    const protectedPart = Buffer.from(JSON.stringify(header), 'utf8').toString('base64url');
    const signature = await signer.sign(signingInput(protectedPart, bytes));
    return `${protectedPart}..${signature.toString('base64url')}`;
  }

  /** A body as it travels: signed first, then sealed. */
  seal(body: Buffer): Promise<Buffer> {
    return this.parts.payload?.seal(body) ?? Promise.resolve(body);
  }

  /** What a body of the court holds; undefined when it is not sealed, or not for this bank. */
  async open(body: Buffer): Promise<Buffer | undefined> {
    const opened = (await this.parts.payload?.open(body)) ?? { bytes: body };
    return 'bytes' in opened ? opened.bytes : undefined;
  }

  /** What the court's signature says, if it holds over exactly these bytes, is meant for this bank, and was never here before. */
  async read(bytes: Uint8Array, value: string | undefined): Promise<CourtHeader | undefined> {
    const [, protectedPart = '', signature = ''] = FORM.exec(value ?? '') ?? [];
    const header = membersOf(protectedPart);
    const { bank, courtKeys, time } = this.parts;
    const key = courtKeys.find(({ keyId }) => keyId === header['kid']);
    if (!key || header['alg'] !== ALGORITHM_NAMES[key.algorithm] || header['b64'] !== false || !namesAll(header['crit'])) return undefined;
    if (!(await key.verify(signingInput(protectedPart, bytes), Buffer.from(signature, 'base64url')))) return undefined;
    const { iat, jti, aud, sub } = header;
    const msg = COURT_MESSAGES.find((known) => known === header['msg']);
    if (typeof iat !== 'number' || typeof jti !== 'string' || typeof sub !== 'string' || aud !== bank || msg === undefined)
      return undefined;
    if (Math.abs(iat * 1000 - time.realNow()) > SKEW_MS) return undefined;
    return this.isFirst(jti, iat * 1000 + SKEW_MS) ? { msg, sub, jti } : undefined;
  }

  private isFirst(jti: string, until: number): boolean {
    const now = this.parts.time.realNow();
    for (const [old, end] of this.seen) {
      if (end >= now) break;
      this.seen.delete(old);
    }
    if (this.seen.has(jti) || this.seen.size >= SEEN_MAX) return false;
    this.seen.set(jti, until);
    return true;
  }
}

function signingInput(protectedPart: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${protectedPart}.`, 'latin1'), bytes]);
}

/** What the court's header marks as critical; a name beside these is one that this bank does not understand. */
function namesAll(crit: unknown): boolean {
  const names = ['b64', 'iat', 'jti', 'aud', 'msg', 'sub'];
  return Array.isArray(crit) && crit.length === names.length && names.every((name) => crit.includes(name));
}

function membersOf(protectedPart: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = parseStrictJson(Buffer.from(protectedPart, 'base64url'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}
