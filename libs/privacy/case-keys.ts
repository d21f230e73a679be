import { LRUCache } from 'lru-cache';
import { AppError, type Entropy, type RealTime } from '#kernel';
import type { Kek, KekSource } from './key-encryption-keys.js';
import { DATA_KEY_BYTES, FieldCipher, type DataKey } from './sealed-bytes.js';

/** One row of the key table. `wrapped` is null once the key was destroyed: the row stays, so that no new key can take its place. */
export interface WrappedKeyRow {
  readonly caseId: string;
  readonly kekId: string;
  readonly wrapped: Buffer | null;
}

/** The table of wrapped case keys. It lives in a database file of its own, so that a backup of the cases holds no keys. */
export interface WrappedKeyRows {
  /**
   * All or none, all wrapped under one key-encryption key. MUST fail when a case id is present already, destroyed or not, and with `kek-retired`
   * when that key is. MUST be durable when it resolves.
   */
  insertMany(rows: readonly WrappedKeyRow[]): Promise<void>;
  find(caseId: string): Promise<WrappedKeyRow | undefined>;
  /** Overwrites `wrapped` by null for ever and keeps the row. Destroying twice is no error. */
  destroy(caseId: string): Promise<void>;
}

/** The part of the key store that readers and writers of sealed content need. */
export interface KeyLookup {
  get(caseId: string): Promise<DataKey>;
}

/** Data keys of cases, made with the case and destroyed to erase its content (I12). */
export interface CaseKeyStore extends KeyLookup {
  /** Makes one key for each new case. Call it before the transaction that stores the case: a key without a case harms nobody. */
  create(caseIds: readonly string[]): Promise<void>;
  /** @throws AppError `content-erased` when the key was destroyed, `case-key-missing` when there never was one. */
  get(caseId: string): Promise<DataKey>;
  /** After this the content of the case is gone here and, when its cache has run out, in every process. */
  destroy(caseId: string): Promise<void>;
  /** Drops a key that was destroyed by another process. */
  forget(caseId: string): void;
}

function keyAad(kekId: string, caseId: string): string {
  return `case-key|${kekId}|${caseId}`;
}

export function wrapCaseKey(cipher: FieldCipher, kek: Kek, caseId: string, key: DataKey): WrappedKeyRow & { readonly wrapped: Buffer } {
  return { caseId, kekId: kek.id, wrapped: cipher.sealBytes(kek.key, keyAad(kek.id, caseId), key) };
}

/** @throws AppError `content-erased`, `kek-unknown`, `content-damaged` */
export function unwrapCaseKey(cipher: FieldCipher, source: Pick<KekSource, 'find'>, row: WrappedKeyRow): DataKey {
  if (row.wrapped === null) throw erased(row.caseId);
  return cipher.openBytes(source.find(row.kekId).key, keyAad(row.kekId, row.caseId), row.wrapped);
}

/** Enough for every case that is worked on at one time; one entry takes some 200 bytes. */
export const CASE_KEYS_CACHED_MAX = 20_000;
/** How long another process may still open content of a case after its key was destroyed here. Real time. */
export const CASE_KEY_CACHE_MS_MAX = 300_000;
/** How many cases one call may create keys for. */
export const CASE_KEYS_CREATED_MAX = 5_000;
/** How many rows `getMany` looks up at the same time. */
const LOOKUPS_AT_ONCE_MAX = 50;
/** How often a key is wrapped or unwrapped anew because the generation had changed meanwhile; generations change with erasures only. */
const TURNS_MAX = 3;

export class CaseKeys implements CaseKeyStore {
  private readonly cipher: FieldCipher;
  private readonly cache: LRUCache<string, DataKey>;

  constructor(
    private readonly rows: WrappedKeyRows,
    private readonly source: KekSource,
    private readonly entropy: Entropy,
    time: Pick<RealTime, 'monotonicMs'>,
  ) {
    this.cipher = new FieldCipher(entropy);
    this.cache = new LRUCache({
      max: CASE_KEYS_CACHED_MAX,
      ttl: CASE_KEY_CACHE_MS_MAX,
      ttlResolution: 0,
      perf: { now: () => time.monotonicMs() },
    });
  }

  async create(caseIds: readonly string[]): Promise<void> {
    if (caseIds.length > CASE_KEYS_CREATED_MAX) {
      throw new AppError('invariant-broken', `more than ${CASE_KEYS_CREATED_MAX} case keys in one call`, { level: 'fatal' });
    }
    const made = caseIds.map((caseId) => ({ caseId, key: this.entropy.bytes(DATA_KEY_BYTES) }));
    for (let turn = 1; ; turn += 1) {
      const kek = this.source.current();
      try {
        await this.rows.insertMany(made.map(({ caseId, key }) => wrapCaseKey(this.cipher, kek, caseId, key)));
        break;
      } catch (error) {
        if (!hasCode(error, 'kek-retired') || turn === TURNS_MAX) throw error;
        await this.source.reload();
      }
    }
    for (const { caseId, key } of made) this.cache.set(caseId, key);
  }

  async get(caseId: string): Promise<DataKey> {
    const cached = this.cache.get(caseId);
    if (cached) return cached;
    for (let turn = 1; ; turn += 1) {
      const row = await this.rows.find(caseId);
      if (!row) throw new AppError('case-key-missing', `case ${caseId} has no data key`, { level: 'error' });
      try {
        const key = unwrapCaseKey(this.cipher, this.source, row);
        this.cache.set(caseId, key);
        return key;
      } catch (error) {
        // Wrapped anew by another process since the key file was read here, or since the row was.
        if (!hasCode(error, 'kek-unknown') || turn === TURNS_MAX) throw error;
        await this.source.reload();
      }
    }
  }

  /** The keys of many cases, for lists. Fails as `get` does when one is gone. */
  async getMany(caseIds: Iterable<string>): Promise<ReadonlyMap<string, DataKey>> {
    const wanted = [...new Set(caseIds)];
    const keys = new Map<string, DataKey>();
    for (let from = 0; from < wanted.length; from += LOOKUPS_AT_ONCE_MAX) {
      const ids = wanted.slice(from, from + LOOKUPS_AT_ONCE_MAX);
      const found = await Promise.all(ids.map(async (id) => [id, await this.get(id)] as const));
      for (const [id, key] of found) keys.set(id, key);
    }
    return keys;
  }

  async destroy(caseId: string): Promise<void> {
    this.cache.delete(caseId);
    await this.rows.destroy(caseId);
    // A reader may have put the key back between the two lines above.
    this.cache.delete(caseId);
  }

  forget(caseId: string): void {
    this.cache.delete(caseId);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof AppError && error.code === code;
}

function erased(caseId: string): AppError {
  return new AppError('content-erased', '案件内容已销毁，不可恢复', { level: 'info', extra: { caseId } });
}
