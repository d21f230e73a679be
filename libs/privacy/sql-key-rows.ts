import { insert, type Database, type Migration } from '#persistence';
import type { WrappedKeyRow, WrappedKeyRows } from './case-keys.js';

/** The schema of the database that holds wrapped case keys and nothing else, so that a backup of the cases holds no keys. */
export const caseKeysMigration: Migration = {
  name: '0001-case-keys',
  statements: ['CREATE TABLE case_keys (case_id {id} NOT NULL PRIMARY KEY, kek_id {id} NOT NULL, wrapped {bytes})'],
};

/** Wrapped case keys in a table. */
export class SqlKeyRows implements WrappedKeyRows {
  constructor(private readonly database: Database) {}

  insertMany(rows: readonly WrappedKeyRow[]): Promise<void> {
    return this.database.run(async (tx) => {
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
  }
}
