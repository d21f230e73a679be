import { AppError } from '#kernel';
import { parseOidcRoles, type OidcRoles } from './oidc-roles.js';

/** Where a provider sends a browser back to, below the public origin. */
export const OIDC_CALLBACK_PATH = '/api/v1/auth/oidc/callback';
const SCOPES_DEFAULT = 'openid profile';
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** How this installation meets its identity provider. Made by `readOidcSettings`, so all of it has been checked. */
export interface OidcSettings {
  /** Exactly as the provider writes itself into its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client; PKCE is used either way. */
  readonly clientSecret?: string;
  readonly redirectUri: string;
  /** Separated by blanks; `openid` is among them. */
  readonly scopes: string;
  /** Whom a token is made for that is to be accepted on calls without a sign-in here. */
  readonly audience: string;
  readonly roles: OidcRoles;
}

export interface OidcSources {
  /** `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `OIDC_REDIRECT_URI`, `OIDC_SCOPES`, `OIDC_AUDIENCE`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where users reach this system, for example `https://chakong.example`; a path after it is left away. */
  readonly publicOrigin: string;
  /** The parsed content of `deploy/oidc-roles.yaml`. */
  readonly roles: unknown;
}

/**
 * The settings of sign-in by OIDC, or undefined when `OIDC_ISSUER` is not set.
 * Only https is taken, and http on this machine's own loopback: everything that is trusted comes over these connections.
 * @throws AppError `invalid-configuration` that names every fault
 */
export function readOidcSettings({ env, publicOrigin, roles }: OidcSources): OidcSettings | undefined {
  const issuer = env['OIDC_ISSUER'];
  if (!issuer) return undefined;
  const faults: string[] = [];
  const redirectUri = env['OIDC_REDIRECT_URI'] || redirectBelow(publicOrigin, faults);
  const clientId = env['OIDC_CLIENT_ID'] ?? '';
  const scopes = env['OIDC_SCOPES'] || SCOPES_DEFAULT;
  if (!isSafeUrl(issuer) || /[?#]/.test(issuer)) faults.push('OIDC_ISSUER is an https URL without query');
  if (!isSafeUrl(redirectUri) || redirectUri.includes('#')) faults.push('OIDC_REDIRECT_URI is an https URL');
  if (clientId === '') faults.push('OIDC_CLIENT_ID is missing');
  if (!scopes.split(' ').includes('openid')) faults.push('OIDC_SCOPES has "openid" among its words');
  if (faults.length > 0) throw new AppError('invalid-configuration', faults.join('; '), { level: 'fatal' });
  const clientSecret = env['OIDC_CLIENT_SECRET'] || undefined;
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    redirectUri,
    scopes,
    audience: env['OIDC_AUDIENCE'] || clientId,
    roles: parseOidcRoles(roles),
  };
}

/** Whether a URL is https, or stays on this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

function redirectBelow(publicOrigin: string, faults: string[]): string {
  if (URL.canParse(publicOrigin)) return new URL(OIDC_CALLBACK_PATH, publicOrigin).href;
  faults.push(`the public origin "${publicOrigin}" is no URL`);
  return '';
}
