import { readOidcSettings, type OidcSettings } from '#access';

export const CALLBACK = '/api/v1/auth/oidc/callback';
/** Never reached: a test carries what the provider sends back to whichever gateway it likes. */
export const REDIRECT = `http://127.0.0.1:9${CALLBACK}`;
/** Whom the provider makes tokens for that services send on calls. */
export const AUDIENCE = 'https://chakong.test/api';

const OFFICER = { name: '孙尚', groups: ['chakong-officer'], court_code: '420106' };

/** What the provider knows, by what is typed at its sign-in; the last one is a service. */
export const PEOPLE = {
  'p-1': { ...OFFICER, preferred_username: 'sun.shang' },
  'p-officer': { ...OFFICER, preferred_username: 'officer' },
  'p-other-court': { ...OFFICER, preferred_username: 'zhao.registered', court_code: '420102' },
  'p-guest': { name: '访客', preferred_username: 'guest', groups: ['visitors'] },
  'p-homeless': { name: '无院', preferred_username: 'homeless', groups: ['chakong-judge'] },
  'court-feed': { preferred_username: 'svc.feed', name: 'feed', groups: ['chakong-auditor'] },
};

const ROLES = {
  courtCode: 'court_code',
  rules: ['officer', 'judge', 'auditor'].map((role) => ({ claim: 'groups', value: `chakong-${role}`, roles: [role] })),
};

export function settingsFor(issuer: string, clientId: string, clientSecret: string): OidcSettings | undefined {
  return readOidcSettings({
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_REDIRECT_URI: REDIRECT,
      OIDC_AUDIENCE: AUDIENCE,
    },
    publicOrigin: 'http://127.0.0.1',
    roles: ROLES,
  });
}
