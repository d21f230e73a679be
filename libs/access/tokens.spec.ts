import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { TOKEN_SECONDS, TokenIssuer, TokenVerifier, type Principal, type TokenKey } from './index.js';

const START_MS = Date.UTC(2026, 0, 1);
const key: TokenKey = { kid: 'a', secret: Buffer.alloc(32, 1) };
const principal: Principal = { userId: 'u-1', username: 'clerk.wrcb', name: '李柜员', roles: ['clerk'], bank: 'wrcb' };

class HandTime {
  ms = START_MS;
  realNow = () => this.ms;
}

function setUp(keys: readonly TokenKey[] = [key]) {
  const time = new HandTime();
  return { time, issuer: new TokenIssuer(key, time), verifier: new TokenVerifier(keys, time) };
}

const REFUSED = { code: 'unauthenticated' };

describe('tokens', () => {
  it('carry the principal to every process with the same secret', async () => {
    const { issuer, time } = setUp();
    const { accessToken, expiresIn } = await issuer.issue(principal);
    expect(expiresIn).toBe(TOKEN_SECONDS);
    expect(await new TokenVerifier([key], time).verify(accessToken)).toEqual(principal);
    const officer: Principal = { ...principal, roles: ['officer', 'judge'], bank: undefined, courtCode: '420106', officerId: 'o-1' };
    const { bank: _none, ...rest } = officer;
    expect(await new TokenVerifier([key], time).verify((await issuer.issue(officer)).accessToken)).toEqual(rest);
  });

  it.each([
    ['at once', 0, true],
    ['in the last second', TOKEN_SECONDS - 1, true],
    ['after the end and the skew', TOKEN_SECONDS + 6, false],
  ])('hold %s', async (_when, seconds, good) => {
    for (const warm of [false, true]) {
      const { issuer, verifier, time } = setUp();
      const { accessToken } = await issuer.issue(principal);
      if (warm) await verifier.verify(accessToken);
      time.ms += seconds * 1000;
      const outcome = await verifier.verify(accessToken).then(
        () => true,
        () => false,
      );
      expect([warm, outcome]).toEqual([warm, good]);
    }
  });

  it('stay good while the secret is changed, until it is taken away', async () => {
    const next: TokenKey = { kid: 'b', secret: Buffer.alloc(32, 2) };
    const { issuer, time } = setUp();
    const { accessToken } = await issuer.issue(principal);
    expect(await new TokenVerifier([next, key], time).verify(accessToken)).toEqual(principal);
    await expect(new TokenVerifier([next], time).verify(accessToken)).rejects.toMatchObject(REFUSED);
    await expect(new TokenVerifier([{ ...next, kid: 'a' }], time).verify(accessToken)).rejects.toMatchObject(REFUSED);
  });

  it('are refused when any character is changed, also after the true one was seen', async () => {
    const { issuer, verifier } = setUp();
    const { accessToken } = await issuer.issue(principal);
    await verifier.verify(accessToken);
    // The last character of a part may carry bits that no byte uses, so it is left out.
    const ends = [...accessToken.matchAll(/[^.](?=\.|$)/g)].map(({ index }) => index);
    for (let at = 0; at < accessToken.length; at++) {
      if (ends.includes(at)) continue;
      const other = accessToken[at] === 'A' ? 'B' : 'A';
      await expect(verifier.verify(accessToken.slice(0, at) + other + accessToken.slice(at + 1))).rejects.toMatchObject(REFUSED);
    }
  });

  const seconds = START_MS / 1000;
  const header = { alg: 'HS256', typ: 'at+jwt', kid: 'a' };
  const claims = {
    sub: 'u-1',
    username: 'x',
    name: 'x',
    roles: ['admin'],
    iss: 'chakong',
    aud: 'chakong-api',
    iat: seconds,
    exp: seconds + 60,
  };

  /** A token with any header and claims, rightly signed by HMAC-SHA-256. */
  function forged(head: object, body: object): string {
    const input = [head, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${createHmac('sha256', key.secret).update(input).digest('base64url')}`;
  }

  it('are accepted in the form that the next rows break', async () => {
    expect((await setUp().verifier.verify(forged(header, claims))).roles).toEqual(['admin']);
  });

  it.each([
    ['algorithm none', { ...header, alg: 'none' }, claims],
    ['another algorithm', { ...header, alg: 'HS512' }, claims],
    ['another type', { ...header, typ: 'JWT' }, claims],
    ['no key id', { ...header, kid: undefined }, claims],
    ['a key id that is none', { ...header, kid: '__proto__' }, claims],
    ['a critical extension', { ...header, crit: ['x'], x: 1 }, claims],
    ['another issuer', header, { ...claims, iss: 'other' }],
    ['another audience', header, { ...claims, aud: 'other' }],
    ['no end', header, { ...claims, exp: undefined }],
    ['no subject', header, { ...claims, sub: undefined }],
    ['a start in the future', header, { ...claims, nbf: seconds + 60 }],
    ['a role that is none', header, { ...claims, roles: ['admin', 'root'] }],
    ['roles as text', header, { ...claims, roles: 'admin' }],
    ['no name', header, { ...claims, name: 7 }],
  ])('are refused with %s', async (_what, head, body) => {
    await expect(setUp().verifier.verify(forged(head, body))).rejects.toMatchObject(REFUSED);
  });

  it('are refused without a signature', async () => {
    const none = `${forged({ ...header, alg: 'none' }, claims)
      .split('.')
      .slice(0, 2)
      .join('.')}.`;
    await expect(setUp().verifier.verify(none)).rejects.toMatchObject(REFUSED);
  });

  it('are refused when too long, whatever they hold', async () => {
    const long = await new SignJWT({ ...claims, name: 'x'.repeat(5_000) }).setProtectedHeader(header).sign(key.secret);
    await expect(setUp().verifier.verify(long)).rejects.toMatchObject(REFUSED);
  });

  it('are refused for any other text, and nothing else is thrown', async () => {
    const { verifier } = setUp();
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(verifier.verify(text)).rejects.toMatchObject(REFUSED);
      }),
    );
  });

  it('need a strong secret', () => {
    const weak: TokenKey = { kid: 'a', secret: Buffer.alloc(31) };
    expect(() => new TokenIssuer(weak, new HandTime())).toThrow('32 bytes');
    expect(() => new TokenVerifier([weak], new HandTime())).toThrow('32 bytes');
  });
});
