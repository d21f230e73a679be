import { decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import { authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import { AppError, type Entropy, type RealTime } from '#kernel';
import { oidcErrorWord, providerUnavailable, unavailableAmong } from './oidc-fetch.js';
import { OidcIssuer, type IssuerContact } from './oidc-issuer.js';
import type { OidcSettings } from './oidc-settings.js';

/** Asymmetric only: with a shared secret the client itself could make tokens, and `none` is no signature. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Types that a provider gives to tokens of persons and services; a logout token, say, has a type of its own. */
const TYPES: ReadonlySet<string | undefined> = new Set([undefined, 'JWT', 'at+jwt', 'application/at+jwt']);
/** How far the provider's clock may differ from ours. */
const SKEW_SECONDS = 30;
/** Providers put groups into tokens; a longer one would not fit into a header. */
const TOKEN_CHARS_MAX = 12_288;
const SECRET_BYTES = 32;
/** Errors of the token endpoint that speak of the caller's code. Any other speaks of how this client is set up. */
const FAULTS_OF_CALLER: ReadonlySet<string> = new Set(['invalid_grant', 'access_denied', 'login_required', 'consent_required']);

/** What the provider's answer is when it is none that a token endpoint gives. */
const FAULTS_OF_PROVIDER: ReadonlySet<string> = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_TIMEOUT',
]);

/** What must come back from one login, kept by the browser that began it under a seal that only this system opens. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The claims of a token whose signature, issuer, audience and period are good. */
export type VerifiedClaims = JWTPayload & { readonly sub: string; readonly exp: number };

/** A login or token that is not good. The caller hears only that; `reason` is a word for the fact. */
export class OidcRefused extends AppError {
  constructor(
    readonly reason: string,
    cause?: unknown,
  ) {
    super('unauthenticated', '统一身份认证未通过，请重新登录', { cause });
  }
}

/** A relying party of OpenID Connect: authorization code with PKCE, and tokens of the same provider on calls. Keeps no login in memory. */
export class OidcClient {
  private readonly issuer: OidcIssuer;

  constructor(
    readonly settings: OidcSettings,
    private readonly entropy: Entropy,
    private readonly time: Pick<RealTime, 'realNow' | 'monotonicMs'>,
  ) {
    this.issuer = new OidcIssuer(settings, time);
  }

  /** Where to send the browser, and what it must keep. @throws AppError `unavailable` */
  async begin(): Promise<{ readonly url: string; readonly login: PendingLogin }> {
    const { configuration } = await this.issuer.contact();
    const login = { state: this.secret(), nonce: this.secret(), codeVerifier: this.secret() };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.settings.redirectUri,
      scope: this.settings.scopes,
      code_challenge: await calculatePKCECodeChallenge(login.codeVerifier),
      code_challenge_method: 'S256',
      state: login.state,
      nonce: login.nonce,
    });
    return { url: url.href, login };
  }

  /**
   * Redeems what the provider sent back. A code is good once: the provider refuses it the second time.
   * @param query of the call back, without `?`
   * @throws OidcRefused, AppError `unavailable`
   */
  async finish(query: string, login: PendingLogin): Promise<VerifiedClaims> {
    const contact = await this.issuer.contact();
    const back = new URL(this.settings.redirectUri);
    back.search = query;
    const idToken = await this.redeem(contact, back, login);
    const claims = await this.check(contact, idToken, this.settings.clientId);
    if (claims['nonce'] !== login.nonce) throw new OidcRefused('nonce');
    return claims;
  }

  /** Whether a token says that the provider made it, which is not yet believed. */
  isOfIssuer(token: string): boolean {
    if (token.length > TOKEN_CHARS_MAX) return false;
    try {
      return decodeJwt(token).iss === this.settings.issuer;
    } catch {
      // What is no JWT at all says nothing of the kind.
      return false;
    }
  }

  /** The claims of a token that the provider made for this system. @throws OidcRefused, AppError `unavailable` */
  async verify(token: string): Promise<VerifiedClaims> {
    if (token.length > TOKEN_CHARS_MAX) throw new OidcRefused('too-long');
    return this.check(await this.issuer.contact(), token, this.settings.audience);
  }

  private async redeem({ configuration }: IssuerContact, back: URL, { state, nonce, codeVerifier }: PendingLogin): Promise<string> {
    try {
      const tokens = await authorizationCodeGrant(configuration, back, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      return tokens.id_token ?? '';
    } catch (error) {
      throw redeemFailure(error);
    }
  }

  /** Every token is checked here against the published keys, also one that came over the provider's own connection. */
  private async check({ keys }: IssuerContact, token: string, audience: string): Promise<VerifiedClaims> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: this.settings.issuer,
        audience,
        requiredClaims: ['sub', 'exp', 'iat'],
        currentDate: new Date(this.time.realNow()),
        clockTolerance: SKEW_SECONDS,
      });
      const { sub, exp } = payload;
      // Providers also sign notices of events (a logout, say) for the same audience; they speak of a person and are none of his tokens.
      if (!TYPES.has(protectedHeader.typ) || payload['events'] !== undefined) throw new OidcRefused('type');
      if (sub === undefined || sub === '' || exp === undefined) throw new OidcRefused('subject');
      return { ...payload, sub, exp };
    } catch (error) {
      throw checkFailure(error);
    }
  }

  private secret(): string {
    return this.entropy.bytes(SECRET_BYTES).toString('base64url');
  }
}

function redeemFailure(error: unknown): AppError {
  const unavailable = unavailableAmong(error);
  if (unavailable) return unavailable;
  const { name, status } = error as { name?: unknown; status?: unknown };
  const word = oidcErrorWord(error);
  // The provider's refusal of us, and not of the caller's code, is for the operator to mend.
  if (name === 'ResponseBodyError' && typeof status === 'number' && !FAULTS_OF_CALLER.has(word)) return providerUnavailable(error);
  return FAULTS_OF_PROVIDER.has(word) ? providerUnavailable(error) : new OidcRefused(word, error);
}

function checkFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const unavailable = unavailableAmong(error);
  if (unavailable) return unavailable;
  const code = (error as { code?: unknown }).code;
  // The key set could not be read or was none; tokens themselves have codes of their own.
  if (code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JWKS_INVALID' || code === 'ERR_JOSE_GENERIC') return providerUnavailable(error);
  return new OidcRefused(oidcErrorWord(error), error);
}
