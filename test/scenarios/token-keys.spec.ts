import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import { SoftToken, softTokenModule, tempDir, TestSystem, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem } from '#trust';
import { Stage } from './stage/stage.js';
import { verify } from './stage/verifier.js';

const module = softTokenModule();

/** The court's key and the ledger's in one PKCS #11 token, as a court with a crypto device has them. */
(module === undefined ? describe.skip : describe)('an installation whose keys are in a token (needs softhsm2 and pkcs11js)', () => {
  let place: TempDir;
  let env: Readonly<Record<string, string>>;
  let stage: Stage;

  beforeAll(async () => {
    place = await tempDir('token-keys');
    const token = await SoftToken.make(module ?? '', place.path);
    await token.generate('court-1');
    await token.generate('ledger-1');
    env = {
      SOFTHSM2_CONF: token.configuration,
      PKCS11_MODULE: token.module,
      PKCS11_PIN_FILE: await pinFile('pin', token.pin),
      COURT_SIGNING_KEY: 'pkcs11:token=court;object=court-1',
      LEDGER_SIGNING_KEY: 'pkcs11:token=court;object=ledger-1',
    };
    stage = await Stage.open({ env });
  }, 240_000);

  afterAll(async () => {
    await stage.close();
    await place.remove();
  }, 60_000);

  async function pinFile(name: string, pin: string): Promise<string> {
    const file = path.join(place.path, name);
    await writeFile(file, `${pin}\n`, { mode: 0o600 });
    return file;
  }

  /** Starts an embedded system that must not come up, and gives what it says. */
  async function refusal(over: Readonly<Record<string, string>>, dataDir: string): Promise<string> {
    const system = await TestSystem.start({ dataDir, profile: 'embedded', env: { ...env, ...over }, waitUntilReady: false });
    try {
      expect(await system.process.ended()).toMatchObject({ code: 1 });
      return system.process.output();
    } finally {
      await system.stop();
    }
  }

  it('freezes at banks that check the signature of each order, seals instruments, and proves it in its log', async () => {
    const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
    const [holding] = staged.holdings;
    const frozen = await stage.freeze(staged, [{ holdingId: holding?.id, amount: '500.00' }]);
    expect(frozen.status).toBe('completed');
    expect((await verify('--log', `${stage.system.origin}/ledger`)).code).toBe(0);
    const [court, seed] = ['court.pem', 'ledger.seed'].map((name) => existsSync(path.join(stage.dataDir, 'keys', name)));
    expect([court, seed]).toEqual([false, false]);
  }, 90_000);

  it.each([
    ['a wrong PIN', () => pinFile('wrong', '000000').then((file) => ({ PKCS11_PIN_FILE: file })), /COURT_SIGNING_KEY: .*refuses the PIN/],
    ['a key that is not there', () => ({ COURT_SIGNING_KEY: 'pkcs11:token=court;object=court-9' }), /holds no private key "court-9"/],
    ['a library that is not there', () => ({ PKCS11_MODULE: '/nowhere.so' }), /cannot load the PKCS #11 module \/nowhere.so/],
    [
      'a PIN in the setting',
      () => ({ COURT_SIGNING_KEY: 'pkcs11:token=court;object=k?pin-value=8642' }),
      /COURT_SIGNING_KEY: .*no attributes but/,
    ],
  ])(
    'refuses to start with %s',
    async (_, over, why) => {
      const folder = await tempDir('token-refused');
      const output = await refusal(await over(), folder.path);
      await folder.remove();
      expect(output).toMatch(why);
      expect(output).not.toMatch(/8642/);
    },
    60_000,
  );

  it('refuses a key that is not the one the banks know, and a new one in its place', async () => {
    const folder = await tempDir('token-other');
    const publicFile = path.join(folder.path, 'keys', 'court.pub.pem');
    const system = await TestSystem.start({ dataDir: folder.path, profile: 'embedded', env });
    await system.stop();
    // Without the setting a file with a new key would be made, which no bank knows.
    expect(await refusal({ COURT_SIGNING_KEY: '' }, folder.path)).toMatch(/COURT_SIGNING_KEY names the token that holds it/);
    await rename(publicFile, `${publicFile}.old`);
    await writeFile(publicFile, new Ed25519Signer(newPrivateKeyPem(systemEntropy)).publicKeyPem());
    expect(await refusal({}, folder.path)).toMatch(/"court-1" of the token is not the one whose public half stands in/);
    await folder.remove();
  }, 120_000);
});
