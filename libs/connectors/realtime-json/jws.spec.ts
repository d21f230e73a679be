import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallBackKind } from '#connector-sdk';
import { SystemClock, systemEntropy } from '#kernel';
import { Ed25519Signer, KeyRing, newPrivateKeyPem, newSm2PrivateKeyPem, Sm2Signer, type SignerPort } from '#trust';
import { BANK, makeSides } from './fixtures/bank-side.js';
import { JWS_SKEW_MS, signJws, type JwsClaims } from './index.js';

const bytes = Buffer.from('{"v":1,"reqNo":"2026-1"}');
const claims: JwsClaims = { aud: 'court', msg: 'answer', sub: '2026-1' };
const real = new SystemClock();
const now = (): number => real.realNow();

/** A court that remembers in memory what it has let in. */
function court(ring?: KeyRing) {
  const seen = new Map<string, number>();
  const sides = makeSides(ring, {
    isFirst: async (jti, until) => {
      if (seen.has(jti)) return false;
      seen.set(jti, until);
      return true;
    },
  });
  const judge = (signature: string | undefined, body = bytes, kind: CallBackKind = 'answer') =>
    sides.signatures.judgeCallBack({ bytes: body, contentType: 'application/json', signature }, kind);
  const sign = async (over: Partial<JwsClaims> = {}, at = now(), signer: SignerPort = sides.bank) =>
    (await signJws(signer, bytes, { ...claims, ...over }, { at, entropy: systemEntropy })).value;
  return { ...sides, judge, sign, seen };
}

/** A JWS with any header, rightly signed by this key over what it says. */
async function forge(signer: SignerPort, header: object, body = bytes): Promise<string> {
  const head = Buffer.from(JSON.stringify(header)).toString('base64url');
  const signature = await signer.sign(Buffer.concat([Buffer.from(`${head}.`), body]));
  return `${head}..${signature.toString('base64url')}`;
}

const header = (over: object = {}) => ({
  alg: 'EdDSA',
  kid: 'hubeibank-1',
  b64: false,
  crit: ['b64', 'iat', 'jti', 'aud', 'msg', 'sub'],
  iat: Math.floor(now() / 1000),
  jti: systemEntropy.bytes(16).toString('base64url'),
  ...claims,
  ...over,
});

describe('the signatures of realtime-json', () => {
  it('hold over exact bytes, name their key and what they are about, and are let in once', async () => {
    const { judge, sign, seen } = court();
    const signature = await sign();
    expect(await judge(signature)).toEqual({ worth: { signature: 'valid', keyId: 'hubeibank-1' }, subject: '2026-1' });
    expect(await judge(signature)).toEqual({ worth: { signature: 'invalid', keyId: 'hubeibank-1' }, fault: 'jti-replayed' });
    expect(Math.abs(([...seen.values()][0] ?? 0) - now() - JWS_SKEW_MS)).toBeLessThan(5_000);
    expect(await judge(undefined)).toEqual({ worth: { signature: 'absent' }, fault: 'jws-absent' });
  });

  it.each<[string, object, string]>([
    ['no algorithm', { alg: 'none' }, 'alg-refused'],
    ['a secret’s algorithm', { alg: 'HS256' }, 'alg-refused'],
    ['another spelling of the algorithm', { alg: 'Ed25519' }, 'alg-refused'],
    ['another case of the algorithm', { alg: 'eddsa' }, 'alg-refused'],
    ['a key that nobody knows', { kid: 'hubeibank-9' }, 'key-unknown'],
    ['another bank’s key', { kid: 'hankoubank-1' }, 'key-unknown'],
    ['a payload that is encoded', { b64: true }, 'crit-refused'],
    ['a payload that nobody says is not encoded', { b64: undefined }, 'crit-refused'],
    ['no crit', { crit: undefined }, 'crit-refused'],
    ['an empty crit', { crit: [] }, 'crit-refused'],
    ['an unknown member in crit', { crit: ['b64', 'iat', 'jti', 'aud', 'msg', 'sub', 'exp'], exp: 1 }, 'crit-refused'],
    ['a known member that is missing in crit', { crit: ['b64', 'iat', 'jti', 'aud', 'msg'] }, 'crit-refused'],
    ['a member twice in crit', { crit: ['b64', 'iat', 'jti', 'aud', 'msg', 'msg'] }, 'crit-refused'],
    ['no time', { iat: undefined }, 'jws-malformed'],
    ['a time that is a text', { iat: '1773114724' }, 'jws-malformed'],
    ['a time with a fraction', { iat: 1773114724.5 }, 'jws-malformed'],
    ['no name of its own', { jti: undefined }, 'jws-malformed'],
    ['a name that is too short', { jti: 'x' }, 'jws-malformed'],
    ['a subject that is too long', { sub: 'x'.repeat(101) }, 'jws-malformed'],
    ['a message that nobody knows', { msg: 'greeting' }, 'jws-malformed'],
    ['another receiver', { aud: 'another-court' }, 'not-for-us'],
    ['another message', { msg: 'notice' }, 'not-for-us'],
    [
      'a reply that nobody asked for',
      { irt: 'AAAAAAAAAAAAAAAAAAAAAA', crit: ['b64', 'iat', 'jti', 'aud', 'msg', 'sub', 'irt'] },
      'not-for-us',
    ],
    ['a time too long ago', { iat: Math.floor((now() - JWS_SKEW_MS) / 1000) - 1 }, 'iat-old'],
    ['a time too far ahead', { iat: Math.floor((now() + JWS_SKEW_MS) / 1000) + 60 }, 'iat-early'],
  ])('are refused with %s', async (_, over, fault) => {
    const ring = new KeyRing();
    const { bank, judge, seen } = court(ring);
    ring.add({ bank: 'hankoubank', keyId: 'hankoubank-1', publicKeyPem: bank.publicKeyPem() });
    expect(await judge(await forge(bank, header(over)))).toMatchObject({ worth: { signature: 'invalid' }, fault });
    expect(seen.size).toBe(0);
  });

  it('hold by SM2 with SM3 where the key is one, and only under its own name', async () => {
    const sm2 = new Sm2Signer(newSm2PrivateKeyPem(systemEntropy), 'hubeibank-sm2-1');
    const { bank, judge, ring, sign } = court();
    ring.add({ bank: BANK, keyId: sm2.keyId, publicKeyPem: sm2.publicKeyPem() });
    const signature = await sign({}, now(), sm2);
    expect(JSON.parse(Buffer.from(signature.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: 'SM2-SM3' });
    expect(await judge(signature)).toEqual({ worth: { signature: 'valid', keyId: 'hubeibank-sm2-1' }, subject: '2026-1' });
    expect(await judge(await sign({}, now(), sm2), Buffer.from('{"v":1,"reqNo":"2026-2"}'))).toMatchObject({ fault: 'signature-wrong' });
    const crossed = [
      await forge(sm2, header({ kid: sm2.keyId })),
      await forge(bank, header({ kid: sm2.keyId })),
      await forge(bank, header({ alg: 'SM2-SM3' })),
      await forge(sm2, header({ alg: 'SM2-SM3' })),
    ];
    for (const value of crossed) expect(await judge(value)).toMatchObject({ worth: { signature: 'invalid' }, fault: 'alg-refused' });
  });

  it('are not made with a public key for a secret', async () => {
    const { bank, judge } = court();
    const head = Buffer.from(JSON.stringify(header({ alg: 'HS256' }))).toString('base64url');
    const mac = createHmac('sha256', bank.publicKeyPem()).update(`${head}.`).update(bytes).digest('base64url');
    expect((await judge(`${head}..${mac}`)).worth.signature).toBe('invalid');
  });

  it('change with any bit of the body, the header or the signature', async () => {
    const { judge, sign } = court();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await judge(await sign(), changed)).toMatchObject({ fault: 'signature-wrong' });
      }),
      { numRuns: 50 },
    );
    const signature = await sign();
    await fc.assert(
      fc.asyncProperty(fc.nat(signature.length - 1), fc.constantFrom(...'AZaz09-_.= '), async (at, char) => {
        fc.pre(signature[at] !== char);
        const changed = signature.slice(0, at) + char + signature.slice(at + 1);
        fc.pre(changed.trim() !== signature);
        expect((await judge(changed)).worth.signature).toBe('invalid');
      }),
    );
  });

  it('never throw, whatever stands in the header', async () => {
    const { judge, bank } = court();
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => void (await judge(text))));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...Object.keys(header()), 'irt', 'x5c', 'jwk'), fc.jsonValue()), async (over) => {
        const verdict = await judge(await forge(bank, header(over)));
        if (Object.keys(over).length === 0) expect(verdict.worth.signature).toBe('valid');
      }),
    );
  });

  it('pass over members that are not critical, and never take a key out of the header', async () => {
    const { bank, judge } = court();
    const stranger = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'hubeibank-1');
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    expect(await judge(await forge(bank, header({ typ: 'JOSE' })))).toMatchObject({ worth: { signature: 'valid' } });
    expect(await judge(await forge(stranger, header({ jwk })))).toMatchObject({ fault: 'signature-wrong' });
    expect(await judge(await forge(bank, Object.defineProperty(header(), '__proto__', { value: 1, enumerable: true })))).toMatchObject({
      worth: { signature: 'invalid' },
    });
  });

  it('roll over: two keys count at once, the old one until its end and the new one from its beginning', async () => {
    const ring = new KeyRing();
    const { bank, judge, sign } = court(ring);
    const next = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'hubeibank-2');
    const bounds = (keyId: string, signer: Ed25519Signer, from?: number, to?: number) =>
      ring.add({ bank: BANK, keyId, publicKeyPem: signer.publicKeyPem(), ...(from ? { from } : {}), ...(to ? { to } : {}) });
    const both = async () => [await judge(await sign()), await judge(await sign({}, now(), next))].map(({ fault }) => fault ?? 'valid');
    expect(await both()).toEqual(['valid', 'key-unknown']);
    bounds('hubeibank-2', next, now() + 60_000);
    expect(await both()).toEqual(['valid', 'key-not-valid']);
    bounds('hubeibank-2', next, now() - 60_000);
    bounds('hubeibank-1', bank, undefined, now() + 60_000);
    expect(await both()).toEqual(['valid', 'valid']);
    bounds('hubeibank-1', bank, undefined, now() - 1);
    expect(await both()).toEqual(['key-not-valid', 'valid']);
  });
});
