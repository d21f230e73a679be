import { createRemoteJWKSet, customFetch as joseFetch, type JWTVerifyGetKey } from 'jose';
import { allowInsecureRequests, ClientSecretBasic, customFetch, discovery, None, type Configuration } from 'openid-client';
import { AppError, type RealTime } from '#kernel';
import { boundedFetch, coolingFetch, OIDC_CALL_MS_MAX, OIDC_RETRY_MS, providerUnavailable } from './oidc-fetch.js';
import { isSafeUrl, type OidcSettings } from './oidc-settings.js';

/** The provider's description is read anew after this long; the old one serves while that fails. */
const DESCRIPTION_MS_MAX = 3_600_000;
/** An old description that could not be read anew serves so long before the next attempt. */
const STALE_MS = 60_000;
/** Keys are read anew after this long even when no unknown one is met, so that one that was withdrawn is forgotten. */
const KEYS_MS_MAX = 600_000;
/** An unknown key id makes the keys be read at once, but not more often than this: key ids cost an attacker nothing. */
const KEYS_COOL_DOWN_MS = 2_000;

/** What is known of a provider that has been reached. */
export interface IssuerContact {
  readonly configuration: Configuration;
  /** Looks a key up by the header of a token, among the provider's published keys. */
  readonly keys: JWTVerifyGetKey;
}

/** Finds the provider when it is first needed, and again as long as it cannot be found: the process starts without it. */
export class OidcIssuer {
  private known: { readonly contact: IssuerContact; readonly atMs: number } | undefined;
  private pending: Promise<IssuerContact> | undefined;
  private failed: { readonly error: AppError; readonly atMs: number } | undefined;

  constructor(
    private readonly settings: OidcSettings,
    private readonly time: Pick<RealTime, 'monotonicMs'>,
  ) {}

  /** @throws AppError `unavailable` while the provider has never been reached */
  async contact(): Promise<IssuerContact> {
    const nowMs = this.time.monotonicMs();
    if (this.known && nowMs - this.known.atMs < DESCRIPTION_MS_MAX) return this.known.contact;
    try {
      if (this.failed && nowMs - this.failed.atMs < OIDC_RETRY_MS) throw this.failed.error;
      this.pending ??= this.discover();
      return await this.pending;
    } catch (error) {
      if (!this.known) throw error;
      this.known = { ...this.known, atMs: nowMs - DESCRIPTION_MS_MAX + STALE_MS };
      return this.known.contact;
    }
  }

  private async discover(): Promise<IssuerContact> {
    try {
      const contact = await this.read();
      this.known = { contact, atMs: this.time.monotonicMs() };
      this.failed = undefined;
      return contact;
    } catch (cause) {
      const error = cause instanceof AppError ? cause : providerUnavailable(cause);
      this.failed = { error, atMs: this.time.monotonicMs() };
      throw error;
    } finally {
      this.pending = undefined;
    }
  }

  private async read(): Promise<IssuerContact> {
    const { issuer, clientId, clientSecret } = this.settings;
    const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret);
    const configuration = await discovery(new URL(issuer), clientId, undefined, authentication, {
      [customFetch]: boundedFetch,
      // Plain http is there for providers on this machine only; the settings have seen to it.
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
      timeout: OIDC_CALL_MS_MAX / 1000,
    });
    const keysUrl = configuration.serverMetadata().jwks_uri;
    if (keysUrl === undefined || !isSafeUrl(keysUrl)) throw providerUnavailable(new Error('the provider publishes no keys over https'));
    const keys = createRemoteJWKSet(new URL(keysUrl), {
      [joseFetch]: coolingFetch(this.time),
      timeoutDuration: OIDC_CALL_MS_MAX,
      cacheMaxAge: KEYS_MS_MAX,
      cooldownDuration: KEYS_COOL_DOWN_MS,
    });
    return { configuration, keys };
  }
}
