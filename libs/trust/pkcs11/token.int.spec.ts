import { verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, systemEntropy } from '#kernel';
import { builtFile, SoftToken, softTokenModule, tempDir, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem, parseKeyUri, SIGNER_UNAVAILABLE, TokenDevice, type KeyUri } from '../index.js';

const module = softTokenModule();
const uri: KeyUri = { token: 'court', object: 'court-1' };
const AT_ONCE = 50;

(module === undefined ? describe.skip : describe)('a key in a PKCS #11 token (needs softhsm2 and pkcs11js)', () => {
  let folder: TempDir;
  let token: SoftToken;
  let device: TokenDevice;

  beforeEach(async () => {
    folder = await tempDir('token');
    token = await SoftToken.make(module ?? '', folder.path);
    device = await deviceOn(token.module);
  });

  afterEach(async () => {
    await device.close();
    await folder.remove();
  });

  async function deviceOn(path: string): Promise<TokenDevice> {
    return new TokenDevice({ module: path, time: new SystemClock(), threadFile: await builtFile('libs/trust/pkcs11/token-thread.ts') });
  }

  it('signs exact bytes, many at once, and the runtime verifies each with the public half', async () => {
    const point = await token.generate('court-1');
    const signer = await device.open(uri, token.pin);
    expect([signer.algorithm, signer.keyId]).toEqual(['ed25519', 'court-1']);
    expect(Buffer.from(signer.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex')).toBe(point);
    const texts = Array.from({ length: AT_ONCE }, (_, i) => Buffer.from(`order ${i} ${'x'.repeat(i * 997)}`));
    const signatures = await Promise.all(texts.map((text) => signer.sign(text)));
    expect(texts.map((text, i) => verify(null, text, signer.publicKey, signatures[i] ?? text))).not.toContain(false);
    expect(verify(null, Buffer.from('another'), signer.publicKey, signatures[1] ?? Buffer.alloc(0))).toBe(false);
  });

  it('opens two keys of one token, and finds one by its id', async () => {
    await token.generate('court-1');
    await token.generate('ledger-1');
    const [court, ledger] = [await device.open(uri, token.pin), await device.open({ ...uri, object: 'ledger-1' }, token.pin)];
    expect(court.publicKeyPem()).not.toBe(ledger.publicKeyPem());
    const byId = await device.open(parseKeyUri('pkcs11:token=court;object=ledger-1;id=ledger-1'), token.pin);
    expect(byId.publicKeyPem()).toBe(ledger.publicKeyPem());
  });

  it.each([
    ['a wrong PIN', {}, 'not-the-pin', /token "court" refuses the PIN: CKR_PIN_INCORRECT/],
    ['a missing token', { token: 'other' }, undefined, /no token "other" is there/],
    ['a missing key', { object: 'court-2' }, undefined, /holds no private key "court-2"/],
    ['another id', { id: '00' }, undefined, /holds no private key "court-1"/],
    ['another serial number', { serial: '00' }, undefined, /no token "court" is there/],
    ['a key of NIST P-256', { object: 'p-256' }, undefined, /no Ed25519 key; keys of other kinds, SM2 among them/],
    ['a key that may leave', { object: 'extractable' }, undefined, /may be read out of it/],
  ])('refuses to open %s and says so', async (_, other, pin, detail) => {
    const kind = 'object' in other && (other.object === 'p-256' || other.object === 'extractable') ? other.object : 'ed25519';
    await token.generate(kind === 'ed25519' ? 'court-1' : kind, kind);
    const opening = device.open({ ...uri, ...other }, pin ?? token.pin);
    await expect(opening).rejects.toThrow(detail);
    await expect(opening).rejects.toMatchObject({ code: 'invalid-configuration' });
  });

  it('refuses a name that two keys have', async () => {
    await token.generate('court-1');
    await token.generate('court-1');
    await expect(device.open(uri, token.pin)).rejects.toThrow(/more than one private key "court-1": name the id/);
  });

  it('refuses a library that is none', async () => {
    const other = await deviceOn(token.configuration);
    await expect(other.open(uri, token.pin)).rejects.toThrow(/cannot load the PKCS #11 module/);
    await other.close();
  });

  it('tells a key from the one that others know', async () => {
    await token.generate('court-1');
    const signer = await device.open(uri, token.pin);
    expect(() => signer.assertIs(signer.publicKeyPem(), 'keys/court.pub.pem')).not.toThrow();
    const stranger = new Ed25519Signer(newPrivateKeyPem(systemEntropy)).publicKeyPem();
    expect(() => signer.assertIs(stranger, 'keys/court.pub.pem')).toThrow(/not the one whose public half stands in keys\/court.pub.pem/);
  });

  it('goes on by itself after the library was begun anew, and says that a removed token is away', async () => {
    await token.generate('court-1');
    const signer = await device.open(uri, token.pin);
    // A second device in this process begins the one library anew: sessions and login of the first are gone.
    const other = await deviceOn(token.module);
    await other.open(uri, token.pin);
    await other.close();
    await expect(signer.sign(Buffer.from('after'))).resolves.toHaveLength(64);

    await token.remove();
    await expect(signer.sign(Buffer.from('away'))).rejects.toMatchObject({ code: SIGNER_UNAVAILABLE, retryable: true });
    await token.initialize();
    await token.generate('court-1');
    // The same name, and another key.
    await expect(signer.sign(Buffer.from('back'))).rejects.toThrow(/another than at the start/);
  });
});
