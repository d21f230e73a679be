import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import { withTempDir } from '#testing';
import { newSm2PrivateKeyPem, PayloadKey, SM2_HERE } from '#trust';
import { openPayloadKeys } from './index.js';

const body = Buffer.from('{"v":1}');
const place = (keyFolder: string) => ({ keyFolder, entropy: systemEntropy, work: SM2_HERE });

it('makes the keys of both sides once, and each side opens what the other seals', () =>
  withTempDir(async (folder) => {
    const { court, bank } = await openPayloadKeys(place(folder), 'hubeibank');
    expect(await bank?.open(await court.seal(body))).toEqual({ bytes: body });
    const again = await openPayloadKeys(place(folder), 'hubeibank');
    expect(await again.court.open((await bank?.seal(body)) ?? body)).toEqual({ bytes: body });
    // What is for the bank is not for the court.
    expect(await court.open(await court.seal(body))).toEqual({ fault: 'payload-key-unknown' });
  }));

it('takes the public key of a real bank as it is, and makes no private one beside it', () =>
  withTempDir(async (folder) => {
    const key = new PayloadKey(newSm2PrivateKeyPem(systemEntropy), 'hubeibank-sm2-enc-1');
    const file = join(folder, 'banks', 'hubeibank-sm2-enc.pub.pem');
    await mkdir(join(folder, 'banks'));
    await writeFile(file, key.publicKeyPem());
    const { court, bank } = await openPayloadKeys(place(folder), 'hubeibank');
    expect(bank).toBeUndefined();
    expect(await readFile(file, 'utf8')).toBe(key.publicKeyPem());
    expect(existsSync(join(folder, 'banks', 'hubeibank-sm2-enc.pem'))).toBe(false);
    const sealed = JSON.parse((await court.seal(body)).toString('utf8')) as { key: string };
    expect(await key.unwrap(Buffer.from(sealed.key, 'base64'))).toHaveLength(48);
  }));
