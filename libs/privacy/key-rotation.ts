import { invariant, type Entropy } from '#kernel';
import { unwrapCaseKey, wrapCaseKey, type WrappedKeyRow } from './case-keys.js';
import type { KekGenerations } from './key-encryption-keys.js';
import { FieldCipher } from './sealed-bytes.js';

/** A row of the key table whose key is not destroyed. */
export type WrappedKey = WrappedKeyRow & { readonly wrapped: Buffer };

/** What a rotation needs of the key table. */
export interface KeyGenerationRows {
  find(caseId: string): Promise<WrappedKeyRow | undefined>;
  /** From now on no case key is stored under this key-encryption key; one that is being stored is there before this resolves, or fails. Durable. */
  retire(kekId: string): Promise<void>;
  /** Some rows that are still wrapped under it. */
  wrappedUnder(kekId: string, limit: number): Promise<readonly WrappedKey[]>;
  /** Replaces rows that are still wrapped under `from`. MUST leave a destroyed one destroyed. Durable. */
  rewrap(from: string, rows: readonly WrappedKey[]): Promise<void>;
  /** Empties what the store keeps of older rows beside its table. */
  truncate(): Promise<void>;
}

/** Keys wrapped anew in one transaction. */
export const REWRAPPED_AT_ONCE_MAX = 500;

/**
 * Ends generations of the key-encryption key. A destroyed case key still lies, wrapped, in backups, logs and freed pages of its database; once
 * its generation has ended, nothing opens it there. All other keys are wrapped under the next generation first.
 * Each step may be cut off and done again, also by another process at the same time.
 */
export class KeyRotation {
  private readonly cipher: FieldCipher;

  constructor(
    private readonly rows: KeyGenerationRows,
    private readonly source: KekGenerations,
    entropy: Entropy,
  ) {
    this.cipher = new FieldCipher(entropy);
  }

  /**
   * Ends the generation that the key of a case was wrapped under when it was destroyed. The case key must be destroyed.
   * @returns how many keys of other cases were wrapped anew; 0 when the generation had ended already
   */
  async endGenerationOf(caseId: string): Promise<number> {
    const row = await this.rows.find(caseId);
    invariant(row?.wrapped === null, `the key of case ${caseId} is not destroyed`);
    await this.source.reload();
    return this.source.has(row.kekId) ? this.end(row.kekId) : 0;
  }

  private async end(kekId: string): Promise<number> {
    const next = await this.source.begin(kekId);
    await this.rows.retire(kekId);
    let wrapped = 0;
    for (;;) {
      const rows = await this.rows.wrappedUnder(kekId, REWRAPPED_AT_ONCE_MAX);
      if (rows.length === 0) break;
      const anew = rows.map((row) => wrapCaseKey(this.cipher, next, row.caseId, unwrapCaseKey(this.cipher, this.source, row)));
      await this.rows.rewrap(kekId, anew);
      wrapped += rows.length;
    }
    await this.source.end(kekId);
    await this.rows.truncate();
    return wrapped;
  }
}
