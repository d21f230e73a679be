// An identity provider for tests, as a process of its own: `node identity-provider.mjs <settings.json>`. The settings have
// {issuer, keys, clients, people, audience}; whoever signs in by the name of one of the people is that person, with any password.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const { issuer, keys, clients, people, audience } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const known = new Map(Object.entries(people));

const provider = new Provider(issuer, {
  clients,
  jwks: { keys },
  cookies: { keys: ['for tests only'] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups', 'court_code', 'bank'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => (known.has(id) ? { accountId: id, claims: () => ({ sub: id, ...known.get(id) }) } : undefined),
  // A token of a service carries what the provider knows of it, as one of a person does.
  extraTokenClaims: (_context, token) => known.get(token.accountId ?? token.clientId),
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({ scope: 'openid', audience: resource, accessTokenFormat: 'jwt' }),
      defaultResource: () => audience,
    },
  },
});

const server = provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log('provider listens'));
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
