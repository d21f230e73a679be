import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { CKA_EC_POINT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, type Attribute, type Cryptoki } from './cryptoki.js';
import { TokenKeys } from './token-keys.js';

const key = { token: 'court', object: 'court-1', pin: 'right' };
const bytes = Buffer.from('order 1');
const refusal = (code: number): Error => Object.assign(new Error(`CKR ${code}`), { code });
const DEVICE_REMOVED = 0x32;
const PIN_INCORRECT = 0xa0;

/** A library that keeps one Ed25519 key, counts what it is asked, and can be told to misbehave. */
class ScriptedLibrary implements Cryptoki {
  readonly calls: string[] = [];
  /** How many of the next signatures fail as of a device that was taken out. */
  failures = 0;
  liesOnce = false;
  private readonly pair = generateKeyPairSync('ed25519');

  load(): void {}
  close(): void {}
  C_Initialize(): void {
    this.calls.push('initialize');
  }
  C_Finalize(): void {}
  C_GetSlotList(): Buffer[] {
    return [Buffer.of(1)];
  }
  C_GetTokenInfo(): { label: string; serialNumber: string } {
    return { label: 'court'.padEnd(32), serialNumber: '1'.padEnd(16) };
  }
  C_OpenSession(): Buffer {
    return Buffer.of(2);
  }
  C_Login(_session: Buffer, _user: number, pin: string): void {
    this.calls.push('login');
    if (pin !== 'right') throw refusal(PIN_INCORRECT);
  }
  C_FindObjectsInit(): void {}
  C_FindObjects(): Buffer[] {
    return [Buffer.of(3)];
  }
  C_FindObjectsFinal(): void {}
  C_GetAttributeValue(_session: Buffer, _object: Buffer, [asked]: readonly Attribute[]): { value: Buffer }[] {
    const x = Buffer.from(this.pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const values = new Map([
      [CKA_KEY_TYPE, Buffer.from('4000000000000000', 'hex')],
      [CKA_SENSITIVE, Buffer.of(1)],
      [CKA_EXTRACTABLE, Buffer.of(0)],
      [CKA_EC_POINT, x],
    ]);
    return [{ value: values.get(asked?.type ?? -1) ?? Buffer.alloc(0) }];
  }
  C_SignInit(): void {
    if (this.failures-- > 0) throw refusal(DEVICE_REMOVED);
  }
  C_Sign(_session: Buffer, data: Buffer): Buffer {
    const lie = this.liesOnce;
    this.liesOnce = false;
    return lie ? Buffer.alloc(64, 7) : sign(null, data, this.pair.privateKey);
  }
}

it('logs in once for many signatures', () => {
  const library = new ScriptedLibrary();
  const keys = new TokenKeys(library);
  for (let i = 0; i < 3; i++) expect(keys.run({ key, bytes })).toMatchObject({ ok: true });
  expect(library.calls).toEqual(['initialize', 'login']);
});

it('tries a refused PIN once, because a token locks itself', () => {
  const library = new ScriptedLibrary();
  const keys = new TokenKeys(library);
  for (let i = 0; i < 3; i++) expect(keys.run({ key: { ...key, pin: 'wrong' } })).toMatchObject({ ok: false, isConfiguration: true });
  expect(library.calls).toEqual(['initialize', 'login']);
});

it.each([
  ['once: everything is opened again and the signature made', 1, [true, true], ['initialize', 'login', 'initialize', 'login']],
  // The second attempt fails too; the next signature begins as after a start.
  ['twice: the one is refused, the next is made', 2, [false, true], ['initialize', 'login', 'initialize', 'login', 'initialize', 'login']],
])('a device that was taken out fails %s', (_, failures, outcomes, calls) => {
  const library = new ScriptedLibrary();
  const keys = new TokenKeys(library);
  keys.run({ key });
  library.failures = failures;
  expect([keys.run({ key, bytes }).ok, keys.run({ key, bytes }).ok]).toEqual(outcomes);
  expect(library.calls).toEqual(calls);
});

it('gives out no signature that its own public half does not confirm', () => {
  const library = new ScriptedLibrary();
  const keys = new TokenKeys(library);
  library.liesOnce = true;
  expect(keys.run({ key, bytes })).toMatchObject({ ok: false, detail: 'the token has given a signature that does not verify' });
  expect(keys.run({ key, bytes })).toMatchObject({ ok: true });
});
