import { createPublicKey, verify } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemEntropy } from '#kernel';
import {
  Ed25519Signer,
  Ed25519Verifier,
  ensureKeyPair,
  ensureRandomSecret,
  KeyRing,
  newPrivateKeyPem,
  openSigner,
  parseDetached,
  publicKeyPathOf,
  rawPublicKey,
  readSecretFile,
  sealDocument,
  signDetached,
  verifyDetached,
  verifySeal,
  type SealRecord,
} from './index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chakong-trust-'));
});
afterAll(() => rm(folder, { recursive: true }));

const signer = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'court-1');
const verifier = new Ed25519Verifier(signer.publicKeyPem(), 'court-1');
const stranger = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'court-1');
const text = Buffer.from('{"orderNumber":"1"}');

describe('Ed25519 keys', () => {
  it('sign as RFC 8032, section 7.1, test 2', () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const known = new Ed25519Signer(newPrivateKeyPem({ bytes: () => seed }));
    expect(rawPublicKey(known.publicKey).toString('hex')).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(known.signNow(Buffer.from([0x72])).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('are made once when many processes start together, private for the owner alone', async () => {
    const path = join(folder, 'race', 'bank.pem');
    const all = await Promise.all(Array.from({ length: 12 }, () => ensureKeyPair(path, systemEntropy)));
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(1);
    expect((await readdir(join(folder, 'race'))).sort()).toEqual(['bank.pem', 'bank.pub.pem']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const publicPem = await readFile(publicKeyPathOf(path), 'utf8');
    const opened = await openSigner(path);
    expect(verify(null, text, createPublicKey(publicPem), opened.signNow(text))).toBe(true);
    expect(publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it('are refused when others may read the file, when there is none and when it holds something else', async () => {
    const path = join(folder, 'loose.pem');
    await ensureKeyPair(path, systemEntropy);
    await chmod(path, 0o640);
    await expect(openSigner(path)).rejects.toMatchObject({ code: 'key-file-loose' });
    await expect(ensureKeyPair(path, systemEntropy)).rejects.toMatchObject({ code: 'key-file-loose' });
    await expect(openSigner(join(folder, 'nowhere.pem'))).rejects.toMatchObject({ code: 'key-file-missing' });
    await writeFile(join(folder, 'other.pem'), 'not a key', { mode: 0o600 });
    await expect(openSigner(join(folder, 'other.pem'))).rejects.toMatchObject({ code: 'key-damaged' });
    expect(() => new Ed25519Verifier('x')).toThrow(expect.objectContaining({ code: 'key-damaged' }));
  });

  it('make a shared secret once', async () => {
    const path = join(folder, 'token.key');
    const all = await Promise.all(Array.from({ length: 8 }, () => ensureRandomSecret(path, systemEntropy)));
    expect(new Set(all.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect((await readSecretFile(path)).length).toBe(32);
  });
});

describe('detached signatures', () => {
  it('hold for the exact bytes and no others', async () => {
    const value = await signDetached(signer, text);
    expect(value).toMatch(/^ed25519:[A-Za-z0-9_-]{86}$/);
    expect(await verifyDetached(verifier, text, value)).toEqual({ valid: true, keyId: 'court-1' });
    for (let bit = 0; bit < text.length * 8; bit++) {
      const changed = Buffer.from(text);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await verifyDetached(verifier, changed, value)).toEqual({ valid: false, fault: 'signature-wrong' });
    }
  });

  it('have one spelling only', async () => {
    const value = await signDetached(signer, text);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...last].filter((c) => parseDetached(value.slice(0, -1) + c) !== undefined);
    // 86 characters carry four bits more than 64 bytes; only the spelling with those bits zero may pass.
    expect(accepted.length).toBe(4);
    for (const spelled of [
      `${value}=`,
      `${value}A`,
      value.slice(0, -1),
      ` ${value}`,
      value.replace('ed25519:', 'ED25519:'),
      value.slice(8),
      '',
    ]) {
      expect(await verifyDetached(verifier, text, spelled)).toEqual({ valid: false, fault: 'signature-malformed' });
    }
  });

  it('answer for any text and never throw', async () => {
    await fc.assert(fc.asyncProperty(fc.string(), async (value) => !(await verifyDetached(verifier, text, `ed25519:${value}`)).valid));
  });
});

describe('the key ring', () => {
  const keys = [
    { bank: 'hubeibank', keyId: 'k1', publicKeyPem: signer.publicKeyPem(), to: 2_000 },
    { bank: 'hubeibank', keyId: 'k2', publicKeyPem: stranger.publicKeyPem(), from: 1_000 },
    { bank: 'hankoubank', keyId: 'k9', publicKeyPem: stranger.publicKeyPem() },
  ];
  const ring = new KeyRing(keys);

  it.each([
    ['its key in time', 'hubeibank', 'k1', signer, 1_999, { valid: true, keyId: 'k1' }],
    ['its next key, beside it', 'hubeibank', 'k2', stranger, 1_000, { valid: true, keyId: 'k2' }],
    ['its key after the end', 'hubeibank', 'k1', signer, 2_000, { valid: false, fault: 'key-not-valid' }],
    ['its key before the start', 'hubeibank', 'k2', stranger, 999, { valid: false, fault: 'key-not-valid' }],
    ['an id it does not have', 'hubeibank', 'k9', stranger, 1_500, { valid: false, fault: 'key-unknown' }],
    ['a bank that is none', 'wrcb', 'k1', signer, 1_500, { valid: false, fault: 'key-unknown' }],
    ['the id of one key with the other', 'hubeibank', 'k1', stranger, 1_500, { valid: false, fault: 'signature-wrong' }],
  ])('judges %s', async (_what, bank, keyId, by, at, verdict) => {
    expect(await ring.verify(bank, keyId, text, await signDetached(by, text), at)).toEqual(verdict);
  });

  it('takes new bounds of a known key but never another key under its id', () => {
    const own = new KeyRing(keys);
    own.add({ bank: 'hubeibank', keyId: 'k1', publicKeyPem: signer.publicKeyPem() });
    expect(() => own.add({ bank: 'hubeibank', keyId: 'k1', publicKeyPem: stranger.publicKeyPem() })).toThrow(
      expect.objectContaining({ code: 'key-conflict' }),
    );
  });
});

describe('document seals', () => {
  const pdf = Buffer.from('%PDF-1.7 裁定书');
  const findKey = (sealer: string, keyId: string) => (sealer === '420106' && keyId === 'court-1' ? verifier : undefined);
  const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

  it('hold for the document, its time and its sealer', async () => {
    const seal = await sealDocument(signer, '420106', pdf, at);
    expect(seal).toMatchObject({ format: 'chakong-seal/v1', sealedAt: '2026-01-02T03:04:05.006Z', sealer: '420106', keyId: 'court-1' });
    expect(await verifySeal(JSON.parse(JSON.stringify(seal)), pdf, findKey)).toEqual({ valid: true, seal });
  });

  it.each([
    ['another document', {}, Buffer.from('%PDF-1.7 其他'), 'document-differs'],
    ['a digest to fit another document', { sha256: 'a'.repeat(64) }, pdf, 'document-differs'],
    ['another time', { sealedAt: '2026-01-02T03:04:05.007Z' }, pdf, 'signature-wrong'],
    ['the same time spelled otherwise', { sealedAt: '2026-01-02T03:04:05.006000Z' }, pdf, 'seal-malformed'],
    ['another sealer', { sealer: '420107' }, pdf, 'key-unknown'],
    ['another key id', { keyId: 'court-2' }, pdf, 'key-unknown'],
    ['another format', { format: 'chakong-seal/v2' }, pdf, 'seal-malformed'],
    ['no signature', { signature: undefined }, pdf, 'seal-malformed'],
    ['a sealer without a canonical form', { sealer: '\ud800' }, pdf, 'seal-malformed'],
  ])('are refused with %s', async (_what, change, document, fault) => {
    const seal = { ...(await sealDocument(signer, '420106', pdf, at)), ...change } as SealRecord;
    expect(await verifySeal(seal, document, findKey)).toEqual({ valid: false, fault });
  });

  it('are refused when another key made them', async () => {
    const seal = await sealDocument(stranger, '420106', pdf, at);
    expect(await verifySeal(seal, pdf, findKey)).toEqual({ valid: false, fault: 'signature-wrong' });
  });

  it('judge anything without throwing', async () => {
    await fc.assert(fc.asyncProperty(fc.anything(), async (record) => !(await verifySeal(record, pdf, findKey)).valid));
  });
});
