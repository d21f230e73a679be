import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, type JWTPayload } from 'jose';
import { systemEntropy } from '#kernel';
import { OidcClient, OidcRefused, readOidcSettings, type PendingLogin } from './index.js';

const SECRET = 'a client secret of thirty-two bytes or more';
const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
}

/** A provider that answers whatever a test wants, right or wrong; the right ones are tested against a real one. */
let answers: Record<string, () => Answer | Promise<Answer>>;
let asked: string[];
let server: Server;
let issuer: string;
let ms = 0;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    asked.push(pathname);
    give(pathname, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers = {
    '/.well-known/openid-configuration': () => ({ body: description({}) }),
    '/keys': () => ({ body: { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }] } }),
  };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function give(path: string, response: ServerResponse): Promise<void> {
  const { status = 200, type = 'application/json', body } = (await answers[path]?.()) ?? { status: 404, body: {} };
  response.writeHead(status, { 'content-type': type, ...(status === 302 ? { location: `${issuer}/elsewhere` } : {}) });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function description(change: object): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    ...change,
  };
}

function makeClient(): OidcClient {
  const env = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'chakong', OIDC_CLIENT_SECRET: SECRET };
  const roles = { rules: [{ claim: 'groups', value: 'a', roles: ['admin'] }] };
  const settings = readOidcSettings({ env, publicOrigin: 'http://localhost', roles });
  if (!settings) throw new Error('there are settings');
  return new OidcClient(settings, systemEntropy, { realNow: () => Date.now(), monotonicMs: () => ms });
}

type Claims = (login: PendingLogin) => JWTPayload;

const now = () => Math.floor(Date.now() / 1000);
const claimsOf: Claims = ({ nonce }) => ({ iss: issuer, aud: 'chakong', sub: 's-1', iat: now(), exp: now() + 60, nonce });

function idToken(claims: JWTPayload, key = own.privateKey, kid = 'own'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
}

function unsigned(claims: JWTPayload): string {
  return `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

/** A whole login, to which the token endpoint answers as told. What came of it: the subject, or the error's code and reason. */
async function logIn(answer: (login: PendingLogin) => Answer | Promise<Answer>): Promise<string> {
  const client = makeClient();
  try {
    const { login } = await client.begin();
    answers['/token'] = () => answer(login);
    return (await client.finish(`code=c&state=${login.state}`, login)).sub;
  } catch (error) {
    if (error instanceof OidcRefused) return `${error.code} ${error.reason}`;
    return (error as { code: string }).code;
  }
}

async function tokenAnswer(token: string | Promise<string> | undefined): Promise<Answer> {
  return { body: { access_token: 'a', token_type: 'Bearer', ...(token === undefined ? {} : { id_token: await token }) } };
}

describe('an answer of the token endpoint', () => {
  it('makes a login when all of it is right', async () => {
    expect(await logIn((login) => tokenAnswer(idToken(claimsOf(login))))).toBe('s-1');
  });

  it.each<[string, (login: PendingLogin) => string | Promise<string> | undefined]>([
    ['none', () => undefined],
    ['one without a signature', (login) => unsigned(claimsOf(login))],
    [
      "one signed with the client's own secret",
      (login) => new SignJWT(claimsOf(login)).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET)),
    ],
    ['one signed by another key', (login) => idToken(claimsOf(login), other.privateKey)],
    ['one signed by an unknown key', (login) => idToken(claimsOf(login), other.privateKey, 'other')],
    ['one that is over', (login) => idToken({ ...claimsOf(login), iat: now() - 120, exp: now() - 60 })],
    ['one of another issuer', (login) => idToken({ ...claimsOf(login), iss: 'http://127.0.0.1:1' })],
    ['one for another client', (login) => idToken({ ...claimsOf(login), aud: 'other' })],
    ['one with the nonce of another login', (login) => idToken({ ...claimsOf(login), nonce: 'x' })],
    ['one without a nonce', (login) => idToken({ ...claimsOf(login), nonce: undefined })],
    ['one that speaks of nobody', (login) => idToken({ ...claimsOf(login), sub: undefined })],
    ['no JWT', () => 'abc'],
  ])('is refused when its ID token is %s', async (_, token) => {
    expect(await logIn((login) => tokenAnswer(token(login)))).toMatch(/^unauthenticated \S+$/);
  });

  it.each<[string, Answer, string]>([
    ['a code that is used', { status: 400, body: { error: 'invalid_grant' } }, 'unauthenticated invalid_grant'],
    ['a client that is not known there', { status: 401, body: { error: 'invalid_client' } }, 'unavailable'],
    ['a fault of its own', { status: 500, body: {} }, 'unavailable'],
    ['too many calls', { status: 429, body: {} }, 'unavailable'],
    ['a page', { type: 'text/html', body: '<html>' }, 'unavailable'],
    ['no JSON', { body: '{' }, 'unavailable'],
    ['more than anyone reads', { body: JSON.stringify({ access_token: 'a'.repeat(300_000) }) }, 'unavailable'],
  ])('of %s is told apart from a login that is not good', async (_, answer, outcome) => {
    expect(await logIn(() => answer)).toBe(outcome);
  });

  it('does not lead elsewhere', async () => {
    expect(await logIn(() => ({ status: 302, body: {} }))).toBe('unavailable');
    expect(asked).not.toContain('/elsewhere');
  });
});

describe('a description of the provider', () => {
  it.each<[string, () => Answer]>([
    ['of another issuer', () => ({ body: description({ issuer: 'https://other.example' }) })],
    ['without keys', () => ({ body: description({ jwks_uri: undefined }) })],
    ['with keys over plain http', () => ({ body: description({ jwks_uri: issuer.replace('127.0.0.1', '0.0.0.0') + '/keys' }) })],
    ['that is none', () => ({ body: 'hello' })],
    ['that is not there', () => ({ status: 404, body: {} })],
  ])('%s makes no login', async (_, answer) => {
    answers['/.well-known/openid-configuration'] = answer;
    expect(await logIn((login) => tokenAnswer(idToken(claimsOf(login))))).toBe('unavailable');
  });

  it('is asked for once by many, again a second after it failed, and serves on while a later reading fails', async () => {
    const path = '/.well-known/openid-configuration';
    const good = answers[path];
    const client = makeClient();
    answers[path] = () => ({ status: 500, body: {} });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => client.begin()));
    expect([new Set(outcomes.map(({ status }) => status)), asked.length]).toEqual([new Set(['rejected']), 1]);
    await expect(client.begin()).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked.length).toBe(1);
    ms += 1_000;
    if (good) answers[path] = good;
    await client.begin();
    await client.begin();
    expect(asked.length).toBe(2);
    ms += 3_600_000;
    answers[path] = () => ({ status: 500, body: {} });
    await client.begin();
    await client.begin();
    expect(asked.length).toBe(3);
  });
});

describe('the keys of the provider', () => {
  const token = (kid = 'own') => idToken(claimsOf({ state: '', nonce: '', codeVerifier: '' }), own.privateKey, kid);
  const fetched = () => asked.filter((path) => path === '/keys').length;

  it('are not asked for at the whim of whoever makes up key ids', async () => {
    const client = makeClient();
    expect((await client.verify(await token())).sub).toBe('s-1');
    for (let n = 0; n < 20; n += 1) await expect(client.verify(await token(`made-up-${n}`))).rejects.toThrow(OidcRefused);
    expect(fetched()).toBe(1);
  });

  it.each<[string, Answer]>([
    ['cannot be had', { status: 500, body: {} }],
    ['are not there', { status: 404, body: {} }],
    ['are none', { body: { keys: 'none' } }],
    ['are no JSON', { body: '<' }],
  ])('that %s are no fault of the caller', async (_, answer) => {
    answers['/keys'] = () => answer;
    await expect(makeClient().verify(await token())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are asked for once a second while they cannot be had', async () => {
    const client = makeClient();
    const good = answers['/keys'];
    answers['/keys'] = () => ({ status: 500, body: {} });
    for (let n = 0; n < 5; n += 1) await expect(client.verify(await token())).rejects.toMatchObject({ code: 'unavailable' });
    expect(fetched()).toBe(1);
    ms += 1_000;
    if (good) answers['/keys'] = good;
    expect((await client.verify(await token())).sub).toBe('s-1');
  });
});
