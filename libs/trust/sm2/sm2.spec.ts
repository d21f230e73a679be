import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemEntropy } from '#kernel';
import { newSm2PrivateKeyPem, Sm2Signer, Sm2Verifier } from '../index.js';
import { isPoint, publicPointOf, verifyDigest } from './sm2-arithmetic.js';
import { sm2Digest } from './sm2-digest.js';
import { isSm2Pem, parseSm2PrivateKeyPem, parseSm2PublicKeyPem, sm2PublicKeyPem } from './sm2-pem.js';

const signer = new Sm2Signer(newSm2PrivateKeyPem(systemEntropy), 'court-sm2-1');
const verifier = new Sm2Verifier(signer.publicKeyPem(), 'court-sm2-1');
const text = Buffer.from('协助冻结存款通知书', 'utf8');
const hex = (spaced: string): Buffer => Buffer.from(spaced.replaceAll(' ', ''), 'hex');

describe('the example of GB/T 32918.5, annex A.2', () => {
  const scalar = hex('3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8');
  const point = hex(
    '04 09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020 CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13',
  );
  const e = hex('F0B43E94 BA45ACCA ACE692ED 534382EB 17E6AB5A 19CE7B31 F4486FDF C0D28640');
  const signature = hex(
    'F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3 B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA',
  );

  it('gives the same public key, the same digest, and its signature holds', () => {
    expect(publicPointOf(scalar)).toEqual(point);
    expect(sm2Digest(Buffer.from('message digest'), point)).toEqual(e);
    expect(verifyDigest(e, signature, point)).toBe(true);
  });

  it('refuses its signature with any one bit changed', () => {
    for (let bit = 0; bit < signature.length * 8; bit += 5) {
      const changed = Buffer.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyDigest(e, changed, point)).toBe(false);
    }
  });

  const order = hex('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123');
  it.each([
    ['r of zero', Buffer.alloc(32), signature.subarray(32)],
    ['s of zero', signature.subarray(0, 32), Buffer.alloc(32)],
    ['r of the order', order, signature.subarray(32)],
    ['s of the order', signature.subarray(0, 32), order],
    ['s beyond the order', signature.subarray(0, 32), Buffer.alloc(32, 0xff)],
  ])('refuses %s', (_what, r, s) => {
    expect(verifyDigest(e, Buffer.concat([r, s]), point)).toBe(false);
  });
});

describe('SM2 keys', () => {
  it('sign exact bytes and no others, in 64 bytes', async () => {
    const signature = await signer.sign(text);
    expect(signature).toHaveLength(64);
    expect(await verifier.verify(text, signature)).toBe(true);
    expect(await verifier.verify(Buffer.concat([text, text]), signature)).toBe(false);
    expect(await new Sm2Verifier(new Sm2Signer(newSm2PrivateKeyPem(systemEntropy)).publicKeyPem()).verify(text, signature)).toBe(false);
  });

  it('never throw for a signature of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 70 }), async (bytes) => !(await verifier.verify(text, bytes))),
      { numRuns: 50 },
    );
  });

  it('come of our own randomness: the same again from the same', () => {
    const entropy = { bytes: (count: number) => Buffer.alloc(count, 7) };
    expect(newSm2PrivateKeyPem(entropy)).toBe(newSm2PrivateKeyPem(entropy));
    for (const fill of [0, 0xff]) {
      const { scalar, point } = parseSm2PrivateKeyPem(newSm2PrivateKeyPem({ bytes: (count) => Buffer.alloc(count, fill) }));
      expect(publicPointOf(scalar)).toEqual(point);
    }
  });

  const pem = newSm2PrivateKeyPem(systemEntropy);
  const { point } = parseSm2PrivateKeyPem(pem);
  const offCurve = Buffer.from(point);
  offCurve[64] = (offCurve[64] ?? 0) ^ 1;
  const p256 =
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n';
  it.each([
    ['text', 'not a key'],
    ['another curve', p256],
    ['a point off the curve', sm2PublicKeyPem(offCurve)],
    ['a private key in place of the public one', pem],
    ['a byte less', sm2PublicKeyPem(point.subarray(0, 64))],
    ['a byte more', sm2PublicKeyPem(Buffer.concat([point, Buffer.alloc(1)]))],
  ])('are refused where a public key is %s', (_what, wrong) => {
    expect(() => parseSm2PublicKeyPem(wrong)).toThrow(expect.objectContaining({ code: 'key-damaged' }));
  });

  it('are refused where the private half belongs to another public one', () => {
    const other = parseSm2PrivateKeyPem(newSm2PrivateKeyPem(systemEntropy));
    const der = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64');
    other.point.copy(der, der.length - other.point.length);
    const mixed = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
    expect(() => new Sm2Signer(mixed)).toThrow(expect.objectContaining({ code: 'key-damaged' }));
  });

  it('are told from others by their heads', () => {
    expect([pem, sm2PublicKeyPem(point), p256, ''].map(isSm2Pem)).toEqual([true, true, false, false]);
    expect([isPoint(point), isPoint(offCurve)]).toEqual([true, false]);
  });
});

const openssl = (folder: string, ...args: readonly string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'buffer' });
const hasOpenssl = openssl(tmpdir(), 'version').status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
const USER_ID = 'distid:1234567812345678';

withOpenssl('the command line of OpenSSL', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chakong-sm2-'));
    await writeFile(join(folder, 'text'), text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes our keys and accepts our signatures, and only over these bytes', async () => {
    const own = newSm2PrivateKeyPem(systemEntropy);
    const mine = new Sm2Signer(own);
    await writeFile(join(folder, 'own.pem'), own);
    expect(openssl(folder, 'pkey', '-in', 'own.pem', '-pubout').stdout.toString()).toBe(mine.publicKeyPem());
    await writeFile(join(folder, 'own.pub.pem'), mine.publicKeyPem());
    await writeFile(join(folder, 'sig'), derOfSignature(await mine.sign(text)));
    const verify = ['pkeyutl', '-verify', '-pubin', '-inkey', 'own.pub.pem', '-rawin', '-digest', 'sm3', '-sigfile', 'sig'];
    expect(openssl(folder, ...verify, '-in', 'text', '-pkeyopt', USER_ID).stdout.toString()).toContain('Signature Verified Successfully');
    expect(openssl(folder, ...verify, '-in', 'sig', '-pkeyopt', USER_ID).status).not.toBe(0);
    // Without a user id it is another signature: this is what makes the runtime's own SM2 useless with banks.
    expect(openssl(folder, ...verify, '-in', 'text').status).not.toBe(0);
  });

  it('makes keys that we take and signatures that we accept', async () => {
    openssl(folder, 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2', '-out', 'theirs.ec.pem');
    openssl(folder, 'pkcs8', '-topk8', '-nocrypt', '-in', 'theirs.ec.pem', '-out', 'theirs.pem');
    const signing = ['pkeyutl', '-sign', '-inkey', 'theirs.pem', '-rawin', '-digest', 'sm3', '-in', 'text', '-pkeyopt', USER_ID];
    const signature = rawOfSignature(openssl(folder, ...signing).stdout);
    const publicPem = openssl(folder, 'pkey', '-in', 'theirs.pem', '-pubout').stdout.toString();
    expect(await new Sm2Verifier(publicPem).verify(text, signature)).toBe(true);
    expect(new Sm2Signer(await readFile(join(folder, 'theirs.pem'), 'utf8')).publicKeyPem()).toBe(publicPem);
  });
});

/** SEQUENCE of two INTEGERs, as OpenSSL has signatures. */
function derOfSignature(raw: Uint8Array): Buffer {
  const integer = (bytes: Uint8Array): Buffer => {
    const from = bytes.findIndex((byte) => byte !== 0);
    const short = Buffer.from(bytes.subarray(from));
    const body = (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short;
    return Buffer.concat([Buffer.from([2, body.length]), body]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
}

function rawOfSignature(der: Uint8Array): Buffer {
  const bytes = Buffer.from(der);
  const rLength = bytes[3] ?? 0;
  const sAt = 4 + rLength + 2;
  const fixed = (part: Buffer): Buffer => Buffer.from(part.toString('hex').replace(/^00/, '').padStart(64, '0'), 'hex');
  return Buffer.concat([fixed(bytes.subarray(4, 4 + rLength)), fixed(bytes.subarray(sAt))]);
}
