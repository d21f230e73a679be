import { join } from 'node:path';
import type { Entropy } from '#kernel';
import { openExchangeKeys, type ExchangeKeys } from './exchange-keys.js';
import { openPayloadKeys, type BankPayloads } from './payload-keys.js';
import {
  ensureKeyPair,
  ensureRandomSecret,
  ensureSm2KeyPair,
  KeyRing,
  Sm2Threads,
  type SignatureAlgorithm,
  type SigningKey,
  type Sm2Signer,
  type Sm2Work,
} from '#trust';

/** The keys of the demo banks: private halves for the simulator, public ones for the connectors. */
export interface BankKeys {
  readonly signers: ReadonlyMap<string, SigningKey>;
  readonly ring: KeyRing;
  /** The password with which a bank that polls us signs in. */
  readonly passwords: ReadonlyMap<string, string>;
  /** With whom files are exchanged, and how both sides know each other. */
  readonly exchanges: ReadonlyMap<string, ExchangeKeys>;
  /** Of banks with `payload: sm4`. */
  readonly payloads: ReadonlyMap<string, BankPayloads>;
  /** The court's key for banks that sign by SM2; undefined where there is no such bank. */
  readonly courtSm2: Sm2Signer | undefined;
  /** Who does the arithmetic of SM2. */
  readonly sm2Work: Sm2Work;
}

/** What of a bank's profile its keys depend on. */
export interface SigningBank {
  readonly bank: string;
  readonly signatures: SignatureAlgorithm;
  readonly payload?: 'sm4';
}

/** Where everything lies that belongs to one bank and is secret, or must be trusted. */
export const bankKeyFolder = (dataDir: string): string => join(dataDir, 'keys', 'banks');

/** Opens, or on the first start makes, the keys and the password of each bank below `keys/banks/`. */
export async function openBankKeys(
  dataDir: string,
  banks: readonly SigningBank[],
  entropy: Entropy,
  sm2Work: Sm2Work = new Sm2Threads(),
): Promise<BankKeys> {
  const folder = bankKeyFolder(dataDir);
  const signers = new Map<string, SigningKey>();
  const passwords = new Map<string, string>();
  const exchanges = new Map<string, ExchangeKeys>();
  const payloads = new Map<string, BankPayloads>();
  const ring = new KeyRing([], sm2Work);
  const payloadPlace = { keyFolder: join(dataDir, 'keys'), entropy, work: sm2Work };
  for (const { bank, signatures, payload } of banks) {
    const signer =
      signatures === 'sm2-sm3'
        ? await ensureSm2KeyPair(join(folder, `${bank}-sm2.pem`), entropy, `${bank}-sm2-1`, sm2Work)
        : await ensureKeyPair(join(folder, `${bank}.pem`), entropy, `${bank}-1`);
    signers.set(bank, signer);
    ring.add({ bank, keyId: signer.keyId, publicKeyPem: signer.publicKeyPem() });
    const secret = await ensureRandomSecret(join(folder, `${bank}.password`), entropy);
    passwords.set(bank, secret.toString('base64url'));
    if (payload) payloads.set(bank, await openPayloadKeys(payloadPlace, bank));
    exchanges.set(bank, await openExchangeKeys(folder, bank, entropy));
  }
  const courtSm2 = banks.some(({ signatures }) => signatures === 'sm2-sm3')
    ? await ensureSm2KeyPair(join(dataDir, 'keys', 'court-sm2.pem'), entropy, 'court-sm2-1', sm2Work)
    : undefined;
  return { signers, ring, passwords, exchanges, payloads, courtSm2, sm2Work };
}
