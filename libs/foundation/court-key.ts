import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Entropy } from '#kernel';
import { ensureKeyPair, openPublicKey, publicKeyPathOf, replaceFile, type SigningKey } from '#trust';
import type { DeviceKeys } from './key-source.js';

const COURT_KEY_ID = 'court-1';

/**
 * The court's key: in a token where `COURT_SIGNING_KEY` names one, else in `keys/court.pem`. `keys/court.pub.pem` is its public half, which banks
 * have been given: a key in a token that is another is refused, and so is a new file where the key has moved to a token.
 * @throws AppError `invalid-configuration` and what reading files throws
 */
export async function openCourtKey(dataDir: string, entropy: Entropy, device: DeviceKeys | undefined): Promise<SigningKey> {
  const path = join(dataDir, 'keys', 'court.pem');
  const publicPath = publicKeyPathOf(path);
  const inToken = await device?.courtKey();
  if (inToken) {
    if (existsSync(publicPath)) inToken.assertIs(await readFile(publicPath, 'utf8'), publicPath);
    else await replaceFile(publicPath, inToken.publicKeyPem(), 0o644, entropy);
    return inToken;
  }
  if (!existsSync(path) && existsSync(publicPath)) return new KeyElsewhere(await readFile(publicPath, 'utf8'));
  return ensureKeyPair(path, entropy, COURT_KEY_ID);
}

/** Whoever will sign for the court asks at its start. @throws AppError `invalid-configuration` where only the public half is there */
export function assertSigns(key: Pick<SigningKey, 'sign'>): void {
  if (key instanceof KeyElsewhere) throw key.refusal();
}

/** The public half of a key that lies in a token which this process was not given: the ledger and a simulated bank need no more. */
class KeyElsewhere implements SigningKey {
  readonly algorithm = 'ed25519';
  readonly keyId = COURT_KEY_ID;

  constructor(private readonly pem: string) {
    openPublicKey(pem);
  }

  sign(): Promise<Buffer> {
    return Promise.reject(this.refusal());
  }

  publicKeyPem(): string {
    return this.pem;
  }

  refusal(): AppError {
    const detail = 'the key of keys/court.pub.pem is not in keys/court.pem: COURT_SIGNING_KEY names the token that holds it';
    return new AppError('invalid-configuration', detail, { level: 'fatal' });
  }
}
