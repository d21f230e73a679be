import { AppError, type Instant } from '#kernel';
import { parseDetached, verifyDetached } from './message-signature.js';
import { openPublicKey, type PublicKey } from './public-keys.js';
import type { SignatureFault, SignatureVerdict } from './signing-ports.js';
import type { Sm2Work } from './sm2/sm2-work.js';

/** A bank's public key as it was handed over. Several may be valid at once, so that a bank can change keys without a gap. */
export interface BankKey {
  readonly bank: string;
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** First instant at which the key counts; absent: always did. */
  readonly from?: Instant;
  /** First instant at which it no longer counts; absent: no end. */
  readonly to?: Instant;
}

/** Far above what a province's banks have; a larger ring is a fault in the configuration. */
const KEYS_MAX = 10_000;

interface Entry {
  readonly verifier: PublicKey;
  readonly from: Instant;
  readonly to: Instant;
}

/** A public key, or why there is none to use. */
export type FoundKey = { readonly key: PublicKey } | { readonly fault: Extract<SignatureFault, 'key-unknown' | 'key-not-valid'> };

/** The public keys of banks by bank and key id. A key of one bank never vouches for another. */
export class KeyRing {
  private readonly entries = new Map<string, Map<string, Entry>>();
  private count = 0;

  /** @throws AppError `key-damaged` */
  constructor(
    keys: Iterable<BankKey> = [],
    private readonly sm2Work?: Sm2Work,
  ) {
    for (const key of keys) this.add(key);
  }

  /** Adds a key, or sets new bounds of time for the same key. @throws AppError `key-conflict` when the id names another key already. */
  add({ bank, keyId, publicKeyPem, from = -Infinity, to = Infinity }: BankKey): void {
    const verifier = openPublicKey(publicKeyPem, keyId, this.sm2Work);
    const ofBank = this.entries.get(bank) ?? new Map<string, Entry>();
    const known = ofBank.get(keyId);
    if (known && known.verifier.publicKeyPem() !== verifier.publicKeyPem()) {
      throw new AppError('key-conflict', `key id "${keyId}" of ${bank} names another key already`, { level: 'error' });
    }
    if (!known && ++this.count > KEYS_MAX) throw new AppError('invariant-broken', 'too many keys in the ring', { level: 'fatal' });
    ofBank.set(keyId, { verifier, from, to });
    this.entries.set(bank, ofBank);
  }

  /** The key of this id, if it counts at this time: for signatures of other forms. */
  find(bank: string, keyId: string, at: Instant): FoundKey {
    const entry = this.entries.get(bank)?.get(keyId);
    if (!entry) return { fault: 'key-unknown' };
    return at < entry.from || at >= entry.to ? { fault: 'key-not-valid' } : { key: entry.verifier };
  }

  /** Judges a bank's detached signature `<algorithm>:<base64url>` over exact bytes, at the time the message was received. */
  async verify(bank: string, keyId: string, bytes: Uint8Array, signature: string, at: Instant): Promise<SignatureVerdict> {
    if (!parseDetached(signature)) return { valid: false, fault: 'signature-malformed' };
    const found = this.find(bank, keyId, at);
    return 'fault' in found ? { valid: false, fault: found.fault } : verifyDetached(found.key, bytes, signature);
  }
}
