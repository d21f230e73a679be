import type { Entropy } from '#kernel';
import { publicKeyPathOf } from '../ed25519-keys.js';
import { ensureSecretFile, replaceFile } from '../secret-file.js';
import { Sm2Signer } from './sm2-keys.js';
import { newSm2PrivateKeyPem } from './sm2-pem.js';
import type { Sm2Work } from './sm2-work.js';

/** As `ensureKeyPair`, of SM2. @throws AppError `key-file-loose`, `key-damaged` */
export async function ensureSm2KeyPair(path: string, entropy: Entropy, keyId?: string, work?: Sm2Work): Promise<Sm2Signer> {
  const pem = await ensureSecretFile(path, entropy, () => Buffer.from(newSm2PrivateKeyPem(entropy), 'utf8'));
  const signer = new Sm2Signer(pem.toString('utf8'), keyId, work);
  await replaceFile(publicKeyPathOf(path), signer.publicKeyPem(), 0o644, entropy);
  return signer;
}
