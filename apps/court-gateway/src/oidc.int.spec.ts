import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser, OidcProviderProcess, eventuallyHolds, providerKey, tempDir, type TempDir } from '#testing';
import { PASSWORD, send, startGateway, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';
import { AUDIENCE, CALLBACK, PEOPLE, REDIRECT, settingsFor } from './testing/oidc-people.js';
import { TokenForger } from './testing/token-forger.js';

let folder: TempDir;
let provider: OidcProviderProcess;
let forger: TokenForger;
let gateway: GatewayFixture;
/** A second replica on the same database and keys. */
let replica: GatewayFixture;
const oldKey = providerKey('old');
const newKey = providerKey('new');

beforeAll(async () => {
  folder = await tempDir('oidc');
  provider = await OidcProviderProcess.at({ folder: folder.path, redirectUri: REDIRECT, audience: AUDIENCE, people: PEOPLE });
  const oidc = settingsFor(provider.issuer, OidcProviderProcess.clientId, OidcProviderProcess.clientSecret);
  forger = new TokenForger(provider.issuer, Math.floor(Date.now() / 1000));
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
    const token = await forger.signed(oldKey);
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
    expect((await cases(await forger.signed(oldKey))).status).toBe(200);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['is over', () => forger.signed(oldKey, { iat: forger.nowSeconds - 120, exp: forger.nowSeconds - 60 })],
    ['is not yet good', () => forger.signed(oldKey, { nbf: forger.nowSeconds + 3_600 })],
    ['never ends', () => forger.signed(oldKey, { exp: undefined })],
    ['was made for somebody else', () => forger.signed(oldKey, { aud: 'https://other.test/api' })],
    ['speaks of nobody', () => forger.signed(oldKey, { sub: undefined })],
    ['was signed by another key', () => forger.signed({ ...oldKey, privateKey: newKey.privateKey }, {})],
    ['is a logout token', () => forger.signed(oldKey, { events: { logout: {} } })],
    ['has the type of something else', () => forger.signed(oldKey, {}, { typ: 'logout+jwt' })],
    ['is not signed', () => forger.unsigned()],
    ['has lost its signature', async () => (await forger.signed(oldKey)).replace(/[^.]+$/, '')],
    ['was signed with the public key as a secret', () => forger.confused(oldKey)],
  ])('is refused when it %s', async (_, make) => {
    const reply = await cases(await make());
    expect([reply.status, reply.at('code')]).toEqual([401, 'unauthenticated']);
  });

  it('of a service without a role is refused, and leaves one fact', async () => {
    const token = await forger.signed(oldKey, { groups: ['visitors'] });
    const before = await factCount('user.sign-in-failed');
    for (let n = 0; n < 3; n += 1) expect((await cases(token)).status).toBe(403);
    expect(await factCount('user.sign-in-failed')).toBe(before + 1);
  });
});

describe('a provider that goes and comes back with another key', () => {
  it('is met again by a process that knew the old key', async () => {
    const begun = await begin();
    const back = await new Browser().passLogin(begun.url.href, 'p-1', REDIRECT);
    const early = await forger.signed(newKey, { jti: 'early' });
    expect((await cases(early)).status).toBe(401);
    await provider.stop();
    const down = await finish(back, begun.cookie);
    expect([down.status, down.headers.has('retry-after')]).toEqual([503, true]);
    expect((await send(gateway.url, 'POST', '/api/v1/auth/token', { username: 'judge', password: PASSWORD })).status).toBe(200);
    await provider.start([newKey]);
    expect((await logInWhenKeysAreNew()).status).toBe(200);
    expect((await cases(early)).status).toBe(200);
    await eventuallyHolds(async () => expect((await cases(await forger.signed(oldKey, { jti: 'late' }))).status).toBe(401));
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

describe('a gateway behind https', () => {
  it('binds the cookie to its host, and makes an address that keeps failing wait', async () => {
    const settings = settingsFor(provider.issuer, OidcProviderProcess.clientId, OidcProviderProcess.clientSecret);
    const oidc = settings && { ...settings, redirectUri: `https://chakong.test${CALLBACK}` };
    const secured = await startGateway({ seed: false, parts: oidc ? { oidc } : {} });
    expect((await begin(secured)).setCookie).toMatch(/^__Host-chakong-login=\S+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    const failures = Array.from({ length: 300 }, () => finish(new URL(`${REDIRECT}?code=x&state=y`), '', secured));
    expect(new Set((await Promise.all(failures)).map(({ status }) => status))).toEqual(new Set([401]));
    const slowed = await finish(new URL(REDIRECT), '', secured);
    expect([slowed.status, Number(slowed.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await secured.close();
  });
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
