import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entropy } from '#kernel';
import {
  assertSm4Here,
  ensureSecretFile,
  newSm2PrivateKeyPem,
  PayloadKey,
  PayloadRecipient,
  publicKeyPathOf,
  replaceFile,
  Sm4Sealing,
  type PayloadSealing,
  type Sm2Work,
} from '#trust';

/** Both sides of the encryption between the court and one bank. */
export interface BankPayloads {
  readonly court: PayloadSealing;
  /** For a simulated bank; undefined where only the public half of a real one is here. */
  readonly bank: PayloadSealing | undefined;
}

export interface PayloadPlace {
  /** Below it `court-sm2-enc.pem` and `banks/<bank>-sm2-enc.pem`, each with its public half beside. */
  readonly keyFolder: string;
  readonly entropy: Entropy;
  readonly work: Sm2Work;
}

/**
 * Opens, or on the first start makes, the keys of encryption of a bank with `payload: sm4`. A real bank's `<bank>-sm2-enc.pub.pem`, put there
 * without a private half, is taken as it is.
 * @throws AppError `key-damaged`, `key-file-loose`; `invalid-configuration` when the runtime has no SM4
 */
export async function openPayloadKeys({ keyFolder, entropy, work }: PayloadPlace, bank: string): Promise<BankPayloads> {
  assertSm4Here();
  const ensure = async (path: string, keyId: string): Promise<PayloadKey> => {
    const pem = await ensureSecretFile(path, entropy, () => Buffer.from(newSm2PrivateKeyPem(entropy), 'utf8'));
    const key = new PayloadKey(pem.toString('utf8'), keyId, work);
    await replaceFile(publicKeyPathOf(path), key.publicKeyPem(), 0o644, entropy);
    return key;
  };
  const court = await ensure(join(keyFolder, 'court-sm2-enc.pem'), 'court-sm2-enc-1');
  const path = join(keyFolder, 'banks', `${bank}-sm2-enc.pem`);
  const keyId = `${bank}-sm2-enc-1`;
  const isRealBank = !existsSync(path) && existsSync(publicKeyPathOf(path));
  const own = isRealBank ? undefined : await ensure(path, keyId);
  const toBank = new PayloadRecipient(own?.publicKeyPem() ?? (await readFile(publicKeyPathOf(path), 'utf8')), keyId, work);
  const toCourt = new PayloadRecipient(court.publicKeyPem(), court.keyId, work);
  return { court: new Sm4Sealing(court, toBank, entropy), bank: own && new Sm4Sealing(own, toCourt, entropy) };
}
