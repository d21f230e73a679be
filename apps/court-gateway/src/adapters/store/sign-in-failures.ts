import { createHmac } from 'node:crypto';
import type { FailureBook, Failures } from '#access';
import { placeholders, type Database, type Tx } from '#persistence';

/** Forgotten rows that one failure clears away: more than it adds, so the table cannot grow for ever. */
const CLEARED_MAX = 50;

/** Wrong passwords in the gateway's database, so that every replica makes a guesser wait, also one that was just started. */
export class SqlFailureBook implements FailureBook {
  /** @param key makes the hashes under which pairs stand in the table */
  constructor(
    private readonly database: Database,
    private readonly key: Buffer,
  ) {}

  async find(pair: string): Promise<Failures | undefined> {
    const row = await this.database.reader.one<{ failures: number; last_at: number }>(
      'SELECT failures, last_at FROM sign_in_failures WHERE pair_key = ?',
      [this.hashed(pair)],
    );
    return row && { count: row.failures, lastAtMs: row.last_at };
  }

  add(pair: string, atMs: number, forgottenBeforeMs: number): Promise<void> {
    const pairKey = this.hashed(pair);
    return this.database.run(async (tx) => {
      if (await countOne(tx, pairKey, atMs, forgottenBeforeMs)) return;
      const isNew = await tx.insertOnce('sign_in_failures', { pair_key: pairKey, failures: 1, last_at: atMs });
      if (!isNew) await countOne(tx, pairKey, atMs, forgottenBeforeMs);
      await clearForgotten(tx, forgottenBeforeMs);
    });
  }

  async clear(pair: string): Promise<void> {
    await this.database.run((tx) => tx.run('DELETE FROM sign_in_failures WHERE pair_key = ?', [this.hashed(pair)]));
  }

  private hashed(pair: string): string {
    return createHmac('sha256', this.key).update(pair, 'utf8').digest('hex');
  }
}

/** The count is set before the time it is judged by: MySQL takes the assignments from left to right. */
async function countOne(tx: Tx, pairKey: string, atMs: number, forgottenBeforeMs: number): Promise<boolean> {
  const changed = await tx.run(
    `UPDATE sign_in_failures SET failures = CASE WHEN last_at > ? THEN failures + 1 ELSE 1 END,
      last_at = CASE WHEN last_at > ? THEN last_at ELSE ? END WHERE pair_key = ?`,
    [forgottenBeforeMs, atMs, atMs, pairKey],
  );
  return changed > 0;
}

async function clearForgotten(tx: Tx, beforeMs: number): Promise<void> {
  const rows = await tx.all<{ pair_key: string }>(`SELECT pair_key FROM sign_in_failures WHERE last_at < ? LIMIT ${CLEARED_MAX}`, [
    beforeMs,
  ]);
  if (rows.length === 0) return;
  const keys = rows.map((row) => row.pair_key);
  await tx.run(`DELETE FROM sign_in_failures WHERE pair_key IN (${placeholders(keys.length)})`, keys);
}
