import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode, type Entropy } from '#kernel';
import { ensureKeyPair, readSecretFile, sshKeyBlob, sshPublicKey } from '#trust';

/** Keys of an exchange of files with one bank, over SSH. */
export interface ExchangeKeys {
  /** Ours, PKCS #8 PEM. */
  readonly clientKeyPem: Buffer;
  /** Its public half as the bank takes it: `ssh-ed25519 AAAA…`. */
  readonly clientKey: string;
  /** The one host key that we accept. */
  readonly hostKey: string;
  /** Its private half, which only a simulated bank has here. */
  readonly hostKeyPem?: Buffer;
}

/**
 * Opens the keys of one exchange, made first when there are none. A real bank's host key is the line in `<bank>.host.pub`, put there by hand;
 * only where there is no such file a host key is made for a simulated bank, which no real machine can have.
 * @throws AppError `key-damaged` when the line is no Ed25519 key
 */
export async function openExchangeKeys(folder: string, bank: string, entropy: Entropy): Promise<ExchangeKeys> {
  const clientPath = join(folder, `${bank}.exchange.pem`);
  const client = await ensureKeyPair(clientPath, entropy);
  const ours = { clientKeyPem: await readSecretFile(clientPath), clientKey: sshPublicKey(client.publicKey) };
  const pinned = await pinnedHostKey(join(folder, `${bank}.host.pub`));
  if (pinned !== undefined) return { ...ours, hostKey: pinned };
  const hostPath = join(folder, `${bank}.host.pem`);
  const host = await ensureKeyPair(hostPath, entropy);
  return { ...ours, hostKey: sshPublicKey(host.publicKey), hostKeyPem: await readSecretFile(hostPath) };
}

async function pinnedHostKey(path: string): Promise<string | undefined> {
  let line: string;
  try {
    line = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  sshKeyBlob(line);
  return line.trim();
}
