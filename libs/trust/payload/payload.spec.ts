import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemEntropy } from '#kernel';
import { newSm2PrivateKeyPem, openPayload, PayloadKey, PayloadRecipient, sealPayload } from '../index.js';
import { parseSm2CipherDer, sm2CipherDer } from './sm2-cipher.js';

const pem = newSm2PrivateKeyPem(systemEntropy);
const key = new PayloadKey(pem, 'court-sm2-enc-1');
const recipient = new PayloadRecipient(key.publicKeyPem(), key.keyId);
const stranger = new PayloadKey(newSm2PrivateKeyPem(systemEntropy), key.keyId);
const text = Buffer.from('{"v":1,"reqNo":"202603104201060000000201","cust":{"name":"陈志远"}}', 'utf8');

type Envelope = Record<'enc' | 'kid' | 'key' | 'iv' | 'data' | 'mac', string> & { v: number };
const membersOf = (envelope: Buffer): Envelope => JSON.parse(envelope.toString('utf8')) as Envelope;
const bytesOf = (members: object): Buffer => Buffer.from(JSON.stringify(members), 'utf8');
const flipped = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('an envelope of SM4', () => {
  it('gives exactly what was put in, at every length around a block, and never looks the same', async () => {
    for (const length of [0, 1, 15, 16, 17, 4096]) {
      const bytes = systemEntropy.bytes(length);
      const [one, two] = [await sealPayload(bytes, recipient, systemEntropy), await sealPayload(bytes, recipient, systemEntropy)];
      expect(await openPayload(one, [stranger, key].slice(1))).toEqual({ bytes });
      const [a, b] = [membersOf(one), membersOf(two)];
      expect([a.key === b.key, a.iv === b.iv, a.data === b.data, a.mac === b.mac]).not.toContain(true);
    }
  });

  it.each<[string, (sealed: Envelope) => object, string]>([
    ['no envelope at all', () => JSON.parse(text.toString('utf8')) as object, 'payload-not-sealed'],
    ['a list', () => [], 'payload-not-sealed'],
    ['another key id', (sealed) => ({ ...sealed, kid: 'court-sm2-enc-2' }), 'payload-key-unknown'],
    ['another algorithm', (sealed) => ({ ...sealed, enc: 'none' }), 'payload-malformed'],
    ['another version', (sealed) => ({ ...sealed, v: 2 }), 'payload-malformed'],
    ['one member more', (sealed) => ({ ...sealed, jku: 'x' }), 'payload-malformed'],
    ['half a block', (sealed) => ({ ...sealed, data: Buffer.alloc(8).toString('base64') }), 'payload-malformed'],
    ['no data', (sealed) => ({ ...sealed, data: '' }), 'payload-malformed'],
    ['base64 in another spelling', (sealed) => ({ ...sealed, iv: sealed.iv.replace(/=+$/, '') }), 'payload-malformed'],
    ['a changed initial value', (sealed) => ({ ...sealed, iv: flipped(sealed.iv) }), 'payload-tampered'],
    ['changed data', (sealed) => ({ ...sealed, data: flipped(sealed.data) }), 'payload-tampered'],
    ['a changed code', (sealed) => ({ ...sealed, mac: flipped(sealed.mac) }), 'payload-tampered'],
    ['a changed key', (sealed) => ({ ...sealed, key: flipped(sealed.key) }), 'payload-key-wrong'],
    ['a key that is no cipher', (sealed) => ({ ...sealed, key: 'AAAA' }), 'payload-key-wrong'],
  ])('refuses %s', async (_, change, fault) => {
    const sealed = membersOf(await sealPayload(text, recipient, systemEntropy));
    expect(await openPayload(bytesOf(change(sealed)), [key])).toEqual({ fault });
  });

  it('opens for its receiver alone', async () => {
    expect(await openPayload(await sealPayload(text, recipient, systemEntropy), [stranger])).toEqual({ fault: 'payload-key-wrong' });
  });

  it('answers any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await openPayload(Buffer.from(bytes), [key])).toHaveProperty('fault');
      }),
    );
  });
});

describe('a cipher of SM2 in DER', () => {
  it('reads back what it writes, leading zeros and signs included, and only that spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 97, maxLength: 160 }), fc.nat({ max: 40 }), (bytes, zeros) => {
        const cipher = Buffer.from(bytes).fill(0, 0, Math.min(zeros, 31));
        const der = sm2CipherDer(cipher);
        expect(parseSm2CipherDer(der)).toEqual(cipher);
        expect(parseSm2CipherDer(Buffer.concat([der, Buffer.of(0)]))).toBeUndefined();
        expect(parseSm2CipherDer(der.subarray(0, -1))).toBeUndefined();
      }),
    );
  });

  it('refuses a point beside the curve', async () => {
    const cipher = parseSm2CipherDer(await recipient.wrap(Buffer.alloc(48, 1)));
    expect(await key.unwrap(sm2CipherDer(cipher?.fill(0x11, 0, 64) ?? Buffer.alloc(200)))).toBeUndefined();
  });
});

/** Another program's hands at both halves: `openssl pkeyutl` for the key, `openssl enc` for the data. */
describe('against the OpenSSL command line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chakong-payload-'));
    await writeFile(join(folder, 'key.pem'), pem);
    await writeFile(join(folder, 'pub.pem'), key.publicKeyPem());
  });
  afterAll(() => rm(folder, { recursive: true }));

  function openssl(args: readonly string[], input: Buffer): Buffer {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: folder, input });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout;
  }
  const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

  it('opens what we seal', async () => {
    const sealed = membersOf(await sealPayload(text, recipient, systemEntropy));
    const keys = openssl(['pkeyutl', '-decrypt', '-inkey', 'key.pem'], Buffer.from(sealed.key, 'base64'));
    const sm4 = ['enc', '-d', '-sm4-cbc', '-K', keys.subarray(0, 16).toString('hex'), '-iv', hex(sealed.iv)];
    expect(openssl(sm4, Buffer.from(sealed.data, 'base64'))).toEqual(text);
    const covered = Buffer.from([sealed.enc, sealed.kid, sealed.key, sealed.iv, sealed.data].join('.'));
    const mac = openssl(
      ['dgst', '-sm3', '-mac', 'hmac', '-macopt', `hexkey:${hex(keys.subarray(16).toString('base64'))}`, '-binary'],
      covered,
    );
    expect(mac.toString('base64')).toBe(sealed.mac);
  });

  it('seals what we open', async () => {
    const [keys, iv] = [systemEntropy.bytes(48), systemEntropy.bytes(16)];
    const sm4 = ['enc', '-sm4-cbc', '-K', keys.subarray(0, 16).toString('hex'), '-iv', iv.toString('hex')];
    const sealed = {
      enc: 'SM4-CBC+HMAC-SM3',
      kid: key.keyId,
      key: openssl(['pkeyutl', '-encrypt', '-pubin', '-inkey', 'pub.pem'], keys).toString('base64'),
      iv: iv.toString('base64'),
      data: openssl(sm4, text).toString('base64'),
    };
    const covered = [sealed.enc, sealed.kid, sealed.key, sealed.iv, sealed.data].join('.');
    const mac = createHmac('sm3', keys.subarray(16)).update(covered).digest('base64');
    expect(await openPayload(bytesOf({ v: 1, ...sealed, mac }), [key])).toEqual({ bytes: text });
  });
});
