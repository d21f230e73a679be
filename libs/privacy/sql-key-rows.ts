import { AppError } from '#kernel';
import { insert, type Database, type Migration, type Tx } from '#persistence';
import type { WrappedKeyRow, WrappedKeyRows } from './case-keys.js';
import type { KeyGenerationRows, WrappedKey } from './key-rotation.js';

/** The schema of the database that holds wrapped case keys and nothing else, so that a backup of the cases holds no keys. */
export const caseKeysMigration: Migration = {
  name: '0001-case-keys',
  statements: ['CREATE TABLE case_keys (case_id {id} NOT NULL PRIMARY KEY, kek_id {id} NOT NULL, wrapped {bytes})'],
};

/**
 * The key-encryption keys that case keys were made under. `uses` counts up with every making, which locks the row: a retired key cannot get
 * another case key behind the back of whoever wraps them anew. It worked when the table is there and empty.
 */
export const keyGenerationsMigration: Migration = {
  name: '0002-key-generations',
  statements: [
    'CREATE TABLE key_generations (kek_id {id} NOT NULL PRIMARY KEY, uses {int} NOT NULL, retired {int} NOT NULL)',
    'CREATE INDEX case_keys_kek ON case_keys (kek_id, case_id)',
  ],
};

export const keyMigrations: readonly Migration[] = [caseKeysMigration, keyGenerationsMigration];

/** The part of a database that empties what a file keeps beside itself; servers have none. */
type KeyDatabase = Database & { readonly truncateLog?: () => Promise<void> };

/** Wrapped case keys in a table. */
export class SqlKeyRows implements WrappedKeyRows, KeyGenerationRows {
  constructor(private readonly database: KeyDatabase) {}

  async insertMany(rows: readonly WrappedKeyRow[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    await this.database.run(async (tx) => {
      await useGeneration(tx, first.kekId, rows.length);
      for (const { caseId, kekId, wrapped } of rows) await insert(tx, 'case_keys', { case_id: caseId, kek_id: kekId, wrapped });
    });
  }

  async find(caseId: string): Promise<WrappedKeyRow | undefined> {
    const row = await this.database.reader.one<{ kek_id: string; wrapped: Buffer | null }>(
      'SELECT kek_id, wrapped FROM case_keys WHERE case_id = ?',
      [caseId],
    );
    return row && { caseId, kekId: row.kek_id, wrapped: row.wrapped };
  }

  async destroy(caseId: string): Promise<void> {
    await this.database.run((tx) => tx.run('UPDATE case_keys SET wrapped = NULL WHERE case_id = ?', [caseId]));
    await this.database.truncateLog?.();
  }

  async retire(kekId: string): Promise<void> {
    await this.database.run(async (tx) => {
      await tx.insertOnce('key_generations', { kek_id: kekId, uses: 0, retired: 0 });
      await tx.run('UPDATE key_generations SET retired = 1 WHERE kek_id = ?', [kekId]);
    });
  }

  async wrappedUnder(kekId: string, limit: number): Promise<readonly WrappedKey[]> {
    const rows = await this.database.reader.all<{ case_id: string; wrapped: Buffer }>(
      'SELECT case_id, wrapped FROM case_keys WHERE kek_id = ? AND wrapped IS NOT NULL ORDER BY case_id LIMIT ?',
      [kekId, limit],
    );
    return rows.map(({ case_id: caseId, wrapped }) => ({ caseId, kekId, wrapped }));
  }

  async rewrap(from: string, rows: readonly WrappedKey[]): Promise<void> {
    await this.database.run(async (tx) => {
      for (const { caseId, kekId, wrapped } of rows) {
        // A key that was destroyed since it was read must not come back.
        await tx.run('UPDATE case_keys SET kek_id = ?, wrapped = ? WHERE case_id = ? AND kek_id = ? AND wrapped IS NOT NULL', [
          kekId,
          wrapped,
          caseId,
          from,
        ]);
      }
    });
  }

  async truncate(): Promise<void> {
    await this.database.truncateLog?.();
  }
}

/** @throws AppError `kek-retired` */
async function useGeneration(tx: Tx, kekId: string, keys: number): Promise<void> {
  const use = () => tx.run('UPDATE key_generations SET uses = uses + ? WHERE kek_id = ? AND retired = 0', [keys, kekId]);
  if ((await use()) > 0) return;
  if (await tx.insertOnce('key_generations', { kek_id: kekId, uses: keys, retired: 0 })) return;
  // It stands there: retired, or made at this moment by another process.
  if ((await use()) === 0) throw new AppError('kek-retired', `no case key is wrapped under ${kekId.slice(0, 40)} any more`);
}
