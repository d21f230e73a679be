import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { AppError, type RealTime } from '#kernel';
import { isRole, type Principal } from './principal.js';

const ISSUER = 'chakong';
const AUDIENCE = 'chakong-api';
const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
/** How long a token lasts, in real time. A change of roles takes effect at the next sign-in, so at most this much later. */
export const TOKEN_SECONDS = 3_600;
/** A longer text in the header is no token of ours. */
const TOKEN_CHARS_MAX = 4_096;
/** How far the clocks of two processes may differ. */
const SKEW_SECONDS = 5;
/** Verified tokens remembered, so that the thousandth call of a user costs a look-up. */
const VERIFIED_MAX = 20_000;
const SECRET_BYTES_MIN = 32;

/** One secret under which tokens are made or accepted. All processes of an installation hold the same ones. */
export interface TokenKey {
  /** Stands in the token's header, so that a new secret can be brought in while tokens of the old one are still out. */
  readonly kid: string;
  readonly secret: Uint8Array;
}

export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

function assertStrong({ secret }: TokenKey): void {
  if (secret.length < SECRET_BYTES_MIN) {
    throw new AppError('invalid-configuration', `a token secret has at least ${SECRET_BYTES_MIN} bytes`, { level: 'fatal' });
  }
}

export class TokenIssuer {
  constructor(
    private readonly key: TokenKey,
    private readonly time: Pick<RealTime, 'realNow'>,
  ) {
    assertStrong(key);
  }

  async issue(principal: Principal): Promise<IssuedToken> {
    const nowSeconds = Math.floor(this.time.realNow() / 1000);
    const { userId, username, name, roles, courtCode, bank, officerId } = principal;
    const accessToken = await new SignJWT({ username, name, roles: [...roles], courtCode, bank, officerId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.key.kid })
      .setSubject(userId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + TOKEN_SECONDS)
      .sign(this.key.secret);
    return { accessToken, expiresIn: TOKEN_SECONDS };
  }
}

interface Verified {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

export class TokenVerifier {
  private readonly secrets: ReadonlyMap<string, Uint8Array>;
  private readonly verified = new LRUCache<string, Verified>({ max: VERIFIED_MAX });

  constructor(
    keys: readonly TokenKey[],
    private readonly time: Pick<RealTime, 'realNow'>,
  ) {
    for (const key of keys) assertStrong(key);
    this.secrets = new Map(keys.map(({ kid, secret }) => [kid, secret]));
  }

  /** @throws AppError `unauthenticated` for whatever is not a token of ours that is still good; why is not said */
  async verify(token: string): Promise<Principal> {
    const nowMs = this.time.realNow();
    const known = this.verified.get(token);
    if (known) {
      if (nowMs < known.expiresAtMs) return known.principal;
      this.verified.delete(token);
      throw unauthenticated();
    }
    if (token.length > TOKEN_CHARS_MAX) throw unauthenticated();
    const fresh = await this.check(token, nowMs);
    this.verified.set(token, fresh);
    return fresh.principal;
  }

  private async check(token: string, nowMs: number): Promise<Verified> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.secretOf(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp', 'iat'],
        currentDate: new Date(nowMs),
        clockTolerance: SKEW_SECONDS,
      });
      return { principal: readPrincipal(payload), expiresAtMs: ((payload.exp ?? 0) + SKEW_SECONDS) * 1000 };
    } catch (cause) {
      throw unauthenticated(cause);
    }
  }

  private secretOf(kid: string | undefined): Uint8Array {
    const secret = kid === undefined ? undefined : this.secrets.get(kid);
    if (!secret) throw unauthenticated();
    return secret;
  }
}

function readPrincipal(claims: Readonly<Record<string, unknown>>): Principal {
  const { sub, username, name, roles, courtCode, bank, officerId } = claims;
  if (typeof sub !== 'string' || typeof username !== 'string' || typeof name !== 'string') throw unauthenticated();
  if (!Array.isArray(roles) || !roles.every(isRole)) throw unauthenticated();
  return {
    userId: sub,
    username,
    name,
    roles,
    ...(typeof courtCode === 'string' ? { courtCode } : {}),
    ...(typeof bank === 'string' ? { bank } : {}),
    ...(typeof officerId === 'string' ? { officerId } : {}),
  };
}

function unauthenticated(cause?: unknown): AppError {
  return new AppError('unauthenticated', '请先登录', { cause });
}
