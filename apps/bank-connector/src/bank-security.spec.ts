import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bankKeyFolder } from '#foundation';
import { systemEntropy } from '#kernel';
import { tempDir, TestAuthority, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem } from '#trust';
import { readBankSecurity } from './bank-security.js';
import { testProfile } from './testing/rig.js';

const TLS = { authority: 'authority.pem', certificate: 'client.pem', key: 'client.pem' };

describe('what a profile names of certificates and keys', () => {
  let folder: TempDir;

  beforeAll(async () => {
    folder = await tempDir('security');
    await mkdir(bankKeyFolder(folder.path), { recursive: true });
    const authority = await TestAuthority.create('authority');
    const [client, other] = [await authority.issue('court'), await authority.issue('other')];
    const files: Readonly<Record<string, string>> = {
      'authority.pem': authority.cert,
      'client.pem': client.key + client.cert,
      'other.pem': other.key + other.cert,
      'text.pem': 'hello',
      'one.pub.pem': new Ed25519Signer(newPrivateKeyPem(systemEntropy)).publicKeyPem(),
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(bankKeyFolder(folder.path), name), text, { mode: 0o600 });
    }
    await writeFile(path.join(bankKeyFolder(folder.path), 'loose.pem'), client.key + client.cert, { mode: 0o644 });
  });
  afterAll(() => folder.remove());

  const read = (over: object) => readBankSecurity(folder.path, testProfile('hubeibank', 'realtime-json', over));

  it('is read; what it does not name is left out', async () => {
    expect(await read({})).toEqual({});
    const { tls, signingKeys } = await read({ tls: TLS, signingKeys: [{ kid: 'one', file: 'one.pub.pem', from: 10, to: 20 }] });
    expect(tls?.certificate).toContain('BEGIN CERTIFICATE');
    const at = (now: number) => signingKeys?.find('hubeibank', 'one', now);
    expect([at(9), at(20)]).toEqual([{ fault: 'key-not-valid' }, { fault: 'key-not-valid' }]);
    expect(at(10)).toHaveProperty('key');
    expect(signingKeys?.find('hubeibank', 'two', 10)).toEqual({ fault: 'key-unknown' });
  });

  it.each<[string, object, RegExp]>([
    ['a file that is not there', { tls: { ...TLS, authority: 'gone.pem' } }, /gone\.pem/],
    ['a key that is not there', { tls: { ...TLS, key: 'gone.pem' } }, /gone\.pem/],
    ['a key that others may read', { tls: { ...TLS, key: 'loose.pem' } }, /loose\.pem/],
    ['a key of another certificate', { tls: { ...TLS, key: 'other.pem' } }, /does not fit/],
    ['a text for a certificate', { tls: { ...TLS, certificate: 'text.pem' } }, /PEM form/],
    ['a text for an authority', { tls: { ...TLS, authority: 'text.pem' } }, /PEM form/],
    [
      'a signing key of another algorithm',
      { signatures: 'sm2-sm3', signingKeys: [{ kid: 'one', file: 'one.pub.pem' }] },
      /no key of sm2-sm3/,
    ],
    ['a signing key that is not there', { signingKeys: [{ kid: 'one', file: 'gone.pub.pem' }] }, /gone\.pub\.pem/],
  ])('stops the start with %s', async (_, over, message) => {
    await expect(read(over)).rejects.toMatchObject({ code: 'invalid-configuration', message: expect.stringMatching(message) });
  });
});
