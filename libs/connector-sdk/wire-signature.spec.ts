import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ed25519Signer, KeyRing, newPrivateKeyPem, newSm2PrivateKeyPem, Sm2Signer } from '#trust';
import { SeededEntropy } from '#testing';
import { judgeSignature, signForWire } from './wire-signature.js';

const signer = new Ed25519Signer(newPrivateKeyPem(new SeededEntropy('bank')), 'bank-1');
const ring = new KeyRing([{ bank: 'bank', keyId: 'bank-1', publicKeyPem: signer.publicKeyPem(), from: 100, to: 200 }]);
const bytes = Buffer.from('{"orderNumber":"1"}');

describe('a signature on the wire', () => {
  it('has key id, algorithm and signature, and counts within the key’s time for its own bank alone', async () => {
    const signature = await signForWire(signer, bytes);
    expect(signature).toMatch(/^bank-1;ed25519;[A-Za-z0-9_-]{86}$/);
    expect(await judgeSignature(ring, 'bank', { bytes, signature }, 150)).toEqual({ signature: 'valid', keyId: 'bank-1' });
    expect((await judgeSignature(ring, 'bank', { bytes, signature: ` ${signature}\n` }, 150)).signature).toBe('valid');
    expect((await judgeSignature(ring, 'bank', { bytes, signature }, 200)).signature).toBe('invalid');
    expect((await judgeSignature(ring, 'other', { bytes, signature }, 150)).signature).toBe('invalid');
  });

  it.each([
    ['', 'absent'],
    ['  ', 'absent'],
    [undefined, 'absent'],
    ['bank-1', 'invalid'],
    ['bank-1;ed25519;', 'invalid'],
    ['bank-1;rsa;AAAA', 'invalid'],
    ['bank-2;ed25519;AAAA', 'invalid'],
  ])('%j is %s', async (signature, worth) => expect((await judgeSignature(ring, 'bank', { bytes, signature }, 150)).signature).toBe(worth));

  it('is by SM2 with SM3 where the key is one; an algorithm that is not the key’s is worth nothing', async () => {
    const sm2 = new Sm2Signer(newSm2PrivateKeyPem(new SeededEntropy('sm2')), 'bank-sm2-1');
    const both = new KeyRing([
      { bank: 'bank', keyId: 'bank-1', publicKeyPem: signer.publicKeyPem() },
      { bank: 'bank', keyId: 'bank-sm2-1', publicKeyPem: sm2.publicKeyPem() },
    ]);
    const signature = await signForWire(sm2, bytes);
    expect(signature).toMatch(/^bank-sm2-1;sm2-sm3;[A-Za-z0-9_-]{86}$/);
    expect(await judgeSignature(both, 'bank', { bytes, signature }, 150)).toEqual({ signature: 'valid', keyId: 'bank-sm2-1' });
    const crossed = [signature.replace('sm2-sm3', 'ed25519'), signature.replace('bank-sm2-1', 'bank-1')];
    for (const one of crossed) expect((await judgeSignature(both, 'bank', { bytes, signature: one }, 150)).signature).toBe('invalid');
  });

  it('is wrong for every other byte sequence', async () => {
    const signature = await signForWire(signer, bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ change;
        return (await judgeSignature(ring, 'bank', { bytes: other, signature }, 150)).signature === 'invalid';
      }),
    );
  });
});
