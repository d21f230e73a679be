import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, systemErrorCode, type Entropy } from '#kernel';
import { ensureSecretFile } from '#trust';

const PASSWORD_BYTES = 12;

/** The demo users' password of a data folder. */
export interface DemoPassword {
  readonly text: string;
  /** Forgets the random password once it was shown and the play that signs in with it is over. */
  forget(): Promise<void>;
}

/**
 * The given password; else the random one, which lies in a file of mode 0600 until it has served, so that a start that was killed
 * can go on; else none, because an earlier start has shown and forgotten it.
 */
export async function demoPassword(
  dataDir: string,
  given: string | undefined,
  firstStart: boolean,
  entropy: Entropy,
): Promise<DemoPassword | undefined> {
  const path = join(dataDir, 'keys', 'demo.password');
  const forget = async (): Promise<void> => {
    await unlink(path).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    });
  };
  if (given !== undefined) return { text: given, forget };
  if (firstStart) {
    const made = await ensureSecretFile(path, entropy, () => Buffer.from(entropy.bytes(PASSWORD_BYTES).toString('base64url'), 'utf8'));
    return { text: made.toString('utf8'), forget };
  }
  try {
    return { text: await readFile(path, 'utf8'), forget };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new AppError('key-file-missing', `cannot read ${path}`, { level: 'fatal', cause: error });
  }
}
