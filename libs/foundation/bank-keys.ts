import { join } from 'node:path';
import type { Entropy } from '#kernel';
import { ensureKeyPair, ensureRandomSecret, KeyRing, type Ed25519Signer } from '#trust';

/** The keys of the demo banks: private halves for the simulator, public ones for the connectors. */
export interface BankKeys {
  readonly signers: ReadonlyMap<string, Ed25519Signer>;
  readonly ring: KeyRing;
  /** The password with which a bank that polls us signs in. */
  readonly passwords: ReadonlyMap<string, string>;
}

/** Where everything lies that belongs to one bank and is secret, or must be trusted. */
export const bankKeyFolder = (dataDir: string): string => join(dataDir, 'keys', 'banks');

/** Opens, or on the first start makes, one key pair and one password for each bank below `keys/banks/`. */
export async function openBankKeys(dataDir: string, banks: readonly string[], entropy: Entropy): Promise<BankKeys> {
  const signers = new Map<string, Ed25519Signer>();
  const passwords = new Map<string, string>();
  const ring = new KeyRing();
  for (const bank of banks) {
    const keyId = `${bank}-1`;
    const signer = await ensureKeyPair(join(bankKeyFolder(dataDir), `${bank}.pem`), entropy, keyId);
    signers.set(bank, signer);
    ring.add({ bank, keyId, publicKeyPem: signer.publicKeyPem() });
    const secret = await ensureRandomSecret(join(bankKeyFolder(dataDir), `${bank}.password`), entropy);
    passwords.set(bank, secret.toString('base64url'));
  }
  return { signers, ring, passwords };
}
