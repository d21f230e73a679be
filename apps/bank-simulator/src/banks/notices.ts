import { AppError } from '#kernel';
import { placeholders, type Database } from '#persistence';
import type { Notice } from '../book/model.js';

/** What the banks still have to tell the court unasked, in the order in which it happened. */
export class NoticeBox {
  constructor(private readonly database: Database) {}

  async untaken(bank: string, limit: number): Promise<Notice[]> {
    const sql = 'SELECT notice_json FROM sim_notice WHERE bank = ? AND to_deliver = 1 ORDER BY seq LIMIT ?';
    const rows = await this.database.reader.all(sql, [bank, limit]);
    return rows.map((row) => {
      if (typeof row['notice_json'] !== 'string')
        throw new AppError('invariant-broken', 'a notice is empty in the store', { level: 'fatal' });
      return JSON.parse(row['notice_json']) as Notice;
    });
  }

  async taken(bank: string, seqs: readonly number[]): Promise<void> {
    if (seqs.length === 0) return;
    await this.database.run(async (tx) => {
      await tx.run(`UPDATE sim_notice SET to_deliver = 0 WHERE bank = ? AND seq IN (${placeholders(seqs.length)})`, [bank, ...seqs]);
    });
  }
}
