import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT, type JWTPayload } from 'jose';
import { readOidcSettings } from '#access';
import { Browser, OidcProviderProcess, eventuallyHolds, providerKey, tempDir, type ProviderKey, type TempDir } from '#testing';
import { PASSWORD, send, startGateway, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';

const CALLBACK = '/api/v1/auth/oidc/callback';
/** Never reached: the test carries what the provider sends back to whichever gateway it likes. */
const REDIRECT = `http://127.0.0.1:9${CALLBACK}`;
const AUDIENCE = 'https://chakong.test/api';
const OFFICER = { name: '孙尚', groups: ['chakong-officer'], court_code: '420106' };
const PEOPLE = {
  'p-1': { ...OFFICER, preferred_username: 'sun.shang' },
  'p-officer': { ...OFFICER, preferred_username: 'officer' },
  'p-other-court': { ...OFFICER, preferred_username: 'zhao.registered', court_code: '420102' },
  'p-guest': { name: '访客', preferred_username: 'guest', groups: ['visitors'] },
  'p-homeless': { name: '无院', preferred_username: 'homeless', groups: ['chakong-judge'] },
  [OidcProviderProcess.serviceId]: { preferred_username: 'svc.feed', name: 'feed', groups: ['chakong-auditor'] },
};
const ROLES = {
  courtCode: 'court_code',
  rules: ['officer', 'judge', 'auditor'].map((role) => ({ claim: 'groups', value: `chakong-${role}`, roles: [role] })),
};

let folder: TempDir;
let provider: OidcProviderProcess;
let gateway: GatewayFixture;
/** A second replica on the same database and keys. */
let replica: GatewayFixture;
const oldKey = providerKey('old');
const newKey = providerKey('new');

beforeAll(async () => {
  folder = await tempDir('oidc');
  provider = await OidcProviderProcess.at({ folder: folder.path, redirectUri: REDIRECT, audience: AUDIENCE, people: PEOPLE });
  const oidc = readOidcSettings({
    env: {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: OidcProviderProcess.clientId,
      OIDC_CLIENT_SECRET: OidcProviderProcess.clientSecret,
      OIDC_REDIRECT_URI: REDIRECT,
      OIDC_AUDIENCE: AUDIENCE,
    },
    publicOrigin: 'http://127.0.0.1',
    roles: ROLES,
  });
  const parts = oidc ? { oidc } : {};
  gateway = await startGateway({ dataDir: folder.path, parts });
  replica = await startGateway({ dataDir: folder.path, parts, seed: false });
}, 60_000);

afterAll(async () => {
  await replica.close();
  await gateway.close();
  await provider.stop();
  await folder.remove();
});

interface Begun {
  readonly url: URL;
  readonly cookie: string;
  readonly setCookie: string;
}

async function begin(at: GatewayFixture = gateway): Promise<Begun> {
  const response = await fetch(`${at.url}/api/v1/auth/oidc/login`, { redirect: 'manual' });
  expect(response.status).toBe(302);
  const setCookie = response.headers.getSetCookie()[0] ?? '';
  return { url: new URL(response.headers.get('location') ?? ''), cookie: setCookie.split(';')[0] ?? '', setCookie };
}

function finish(back: URL, cookie: string, at: GatewayFixture = gateway): Promise<Reply> {
  return send(at.url, 'GET', `${CALLBACK}${back.search}`, undefined, { cookie });
}

/** A whole login: here, at the provider, and back to a gateway. */
async function logIn(person: string, at: GatewayFixture = gateway, change: (url: URL) => void = () => undefined): Promise<Reply> {
  const begun = await begin();
  change(begun.url);
  return finish(await new Browser().passLogin(begun.url.href, person, REDIRECT), begun.cookie, at);
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const cases = (token: unknown, at: GatewayFixture = gateway) => send(at.url, 'GET', '/api/v1/cases', undefined, bearer(token));

async function factCount(type: string): Promise<number> {
  return (await gateway.parts.database.reader.all('SELECT 1 AS one FROM facts WHERE type = ?', [type])).length;
}

describe('before the provider can be reached', () => {
  it('answers 503 and when to come back, and local users sign in as ever', async () => {
    const login = await send(gateway.url, 'GET', '/api/v1/auth/oidc/login');
    expect([login.status, login.at('code'), Number(login.headers.get('retry-after')) > 0]).toEqual([503, 'unavailable', true]);
    const token = await signed(oldKey, {});
    expect((await cases(token)).status).toBe(503);
    expect((await send(gateway.url, 'POST', '/api/v1/auth/token', { username: 'officer', password: PASSWORD })).status).toBe(200);
  });

  it('finds it by itself when it comes', async () => {
    await provider.start([oldKey]);
    await eventuallyHolds(async () => {
      for (const at of [gateway, replica]) {
        const { status } = await fetch(`${at.url}/api/v1/auth/oidc/login`, { redirect: 'manual' });
        expect(status).toBe(302);
      }
    });
  });
});

describe('a login', () => {
  it('asks with PKCE, state and nonce, and keeps them in a sealed cookie', async () => {
    const { url, setCookie } = await begin();
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({ code_challenge_method: 'S256', response_type: 'code', redirect_uri: REDIRECT, scope: 'openid profile' });
    expect(setCookie).toMatch(/; Max-Age=600; .*HttpOnly; SameSite=Lax$/);
    for (const secret of ['state', 'nonce', 'code_challenge']) {
      expect(asked[secret]?.length).toBeGreaterThan(40);
      expect(Buffer.from(setCookie, 'base64url').toString('latin1')).not.toContain(asked[secret]);
    }
  });

  it('ends at any replica with a token like that of a local user, and a stable user', async () => {
    const before = await factCount('user.signed-in');
    const first = await logIn('p-1');
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(first.body).toMatchObject({ expiresIn: 3600, user: { name: '孙尚', roles: ['officer'], courtCode: '420106' } });
    const second = await logIn('p-1', replica);
    expect([second.status, second.at('user.id')]).toEqual([200, first.at('user.id')]);
    expect((await cases(first.at('accessToken'))).status).toBe(200);
    expect(await factCount('user.signed-in')).toBe(before + 2);
  });

  it('gives its user no password: an empty or any other one opens nothing', async () => {
    await logIn('p-1');
    for (const password of [' ', 'x']) {
      const reply = await send(gateway.url, 'POST', '/api/v1/auth/token', { username: 'sun.shang', password });
      expect([400, 401]).toContain(reply.status);
    }
  });

  it('finds the entry of the officer register by the user name', async () => {
    const entry = {
      username: 'sun.shang',
      name: '孙尚',
      courtCode: '420106',
      workId: 'w',
      dutyId: 'd',
      validFrom: '2020-01-01',
      validTo: '2040-12-31',
    };
    const made = await gateway.call('admin', 'POST', '/api/v1/officers', entry);
    expect(made.status).toBe(201);
    const reply = await logIn('p-1');
    const principal = await gateway.parts.tokens.verifier.verify(reply.at('accessToken'));
    expect(principal.officerId).toBe(made.at('id'));
    await gateway.call('admin', 'POST', '/api/v1/officers', { ...entry, username: 'zhao.registered' });
  });

  it.each([
    ['no role', 'p-guest', 'no-role'],
    ['no court', 'p-homeless', 'no-court'],
    ["a local user's name", 'p-officer', 'username-taken'],
    ["the name of another court's registered officer", 'p-other-court', 'court-mismatch'],
  ])('of a person with %s is refused with the reason, and is a fact', async (_, person, reason) => {
    const before = await factCount('user.sign-in-failed');
    const users = await gateway.parts.database.reader.all('SELECT id, roles, password_hash FROM users ORDER BY id');
    const reply = await logIn(person);
    expect([reply.status, reply.at('code'), reply.at('reason')]).toEqual([403, 'forbidden', reason]);
    expect(await factCount('user.sign-in-failed')).toBe(before + 1);
    expect(await gateway.parts.database.reader.all('SELECT id, roles, password_hash FROM users ORDER BY id')).toEqual(users);
  });

  it('of a disabled user is refused', async () => {
    const { body } = await logIn('p-1');
    const { user } = body as { user: { id: string } };
    const setDisabled = (to: number) =>
      gateway.parts.database.run((tx) => tx.run('UPDATE users SET disabled = ? WHERE id = ?', [to, user.id]));
    await setDisabled(1);
    expect((await logIn('p-1')).at('reason')).toBe('disabled');
    await setDisabled(0);
    expect((await logIn('p-1')).status).toBe(200);
  });

  it('is refused with a nonce that is not its own', async () => {
    const reply = await logIn('p-1', gateway, (url) => url.searchParams.set('nonce', 'of-another-login'));
    expect([reply.status, reply.at('code')]).toEqual([401, 'unauthenticated']);
  });

  it('is refused when anything of the way back is wrong, and each is a fact', async () => {
    const { url, cookie } = await begin();
    const back = await new Browser().passLogin(url.href, 'p-1', REDIRECT);
    const other = await begin();
    const changed = (name: string, value: string): URL => {
      const copy = new URL(back);
      copy.searchParams.set(name, value);
      return copy;
    };
    const before = await factCount('user.sign-in-failed');
    const wrong: readonly [string, URL, string][] = [
      ['another state', changed('state', 'x'), cookie],
      ['no cookie', back, ''],
      ['the cookie of another login', back, other.cookie],
      ['a cookie that was made up', back, 'chakong-login=AAAA'],
      ['another issuer', changed('iss', 'https://evil.example'), cookie],
      ['a code that is none', changed('code', 'x'), cookie],
      ['nothing at all', new URL(REDIRECT), cookie],
    ];
    for (const [what, to, kept] of wrong) {
      const reply = await finish(to, kept);
      expect([what, reply.status, reply.at('code')]).toEqual([what, 401, 'unauthenticated']);
    }
    expect(await factCount('user.sign-in-failed')).toBe(before + wrong.length);
    expect((await finish(back, cookie)).status).toBe(200);
    expect((await finish(back, cookie, replica)).status).toBe(401);
  });
});

/** A token as the provider would make it for the service, but for `change`; undefined takes a claim away. */
function signed(key: ProviderKey, change: JWTPayload, head: Readonly<Record<string, string>> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'svc-9', iat: now, exp: now + 300, ...SERVICE, ...change };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...head }).sign(key.privateKey);
}

const SERVICE = { preferred_username: 'svc.nine', groups: ['chakong-auditor'] };

describe('a token of the provider on a call', () => {
  it('is taken when it was made for this system, and counts as one sign-in', async () => {
    const token = await provider.serviceToken(AUDIENCE);
    const before = await factCount('user.signed-in');
    const replies = await Promise.all(Array.from({ length: 5 }, () => cases(token)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await factCount('user.signed-in')).toBe(before + 1);
    expect((await cases(await provider.serviceToken('https://other.test/api'))).status).toBe(401);
  });

  it('is taken in the form that the next rows break', async () => {
    expect((await cases(await signed(oldKey, {}))).status).toBe(200);
  });

  const past = Math.floor(Date.now() / 1000) - 120;
  it.each<[string, () => Promise<string> | string]>([
    ['is over', () => signed(oldKey, { iat: past, exp: past + 30 })],
    ['is not yet good', () => signed(oldKey, { nbf: past + 3_600 })],
    ['never ends', () => signed(oldKey, { exp: undefined })],
    ['was made for somebody else', () => signed(oldKey, { aud: 'https://other.test/api' })],
    ['speaks of nobody', () => signed(oldKey, { sub: undefined })],
    ['was signed by another key', () => signed({ ...oldKey, privateKey: newKey.privateKey }, {})],
    ['is a logout token', () => signed(oldKey, { events: { logout: {} } })],
    ['has the type of something else', () => signed(oldKey, {}, { typ: 'logout+jwt' })],
    ['is not signed', () => unsigned({ alg: 'none' })],
    ['has lost its signature', async () => (await signed(oldKey, {})).replace(/[^.]+$/, '')],
    ['was signed with the public key as a secret', () => confused(oldKey)],
  ])('is refused when it %s', async (_, make) => {
    const reply = await cases(await make());
    expect([reply.status, reply.at('code')]).toEqual([401, 'unauthenticated']);
  });

  it('of a service without a role is refused, and leaves one fact', async () => {
    const token = await signed(oldKey, { groups: ['visitors'] });
    const before = await factCount('user.sign-in-failed');
    for (let n = 0; n < 3; n += 1) expect((await cases(token)).status).toBe(403);
    expect(await factCount('user.sign-in-failed')).toBe(before + 1);
  });
});

function unsigned(header: object): string {
  const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'svc-9', iat: 1, exp: 9_999_999_999, ...SERVICE };
  return `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

/** The old trick: HMAC over the published key, in the hope that the verifier takes the algorithm from the token. */
function confused({ kid, publicKey }: ProviderKey): Promise<string> {
  const secret = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'svc-9', iat: 1, exp: 9_999_999_999, ...SERVICE };
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
}

describe('a provider that goes and comes back with another key', () => {
  it('is met again by a process that knew the old key', async () => {
    const begun = await begin();
    const back = await new Browser().passLogin(begun.url.href, 'p-1', REDIRECT);
    const early = await signed(newKey, { jti: 'early' });
    expect((await cases(early)).status).toBe(401);
    await provider.stop();
    const down = await finish(back, begun.cookie);
    expect([down.status, down.headers.has('retry-after')]).toEqual([503, true]);
    expect((await send(gateway.url, 'POST', '/api/v1/auth/token', { username: 'judge', password: PASSWORD })).status).toBe(200);
    await provider.start([newKey]);
    expect((await logInWhenKeysAreNew()).status).toBe(200);
    expect((await cases(early)).status).toBe(200);
    await eventuallyHolds(async () => expect((await cases(await signed(oldKey, { jti: 'late' }))).status).toBe(401));
  }, 60_000);

  /** The keys are read again at once unless they have just been read. */
  async function logInWhenKeysAreNew(): Promise<Reply> {
    let reply = await logIn('p-1');
    await eventuallyHolds(async () => {
      if (reply.status !== 200) reply = await logIn('p-1');
      expect(reply.status).toBe(200);
    });
    return reply;
  }
});

describe('without a provider', () => {
  it('answers 501 with a problem', async () => {
    const plain = await startGateway({ seed: false });
    for (const route of ['login', 'callback?code=x&state=y']) {
      const reply = await send(plain.url, 'GET', `/api/v1/auth/oidc/${route}`);
      expect([reply.status, reply.at('code')]).toEqual([501, 'not-implemented']);
    }
    await plain.close();
  });
});
