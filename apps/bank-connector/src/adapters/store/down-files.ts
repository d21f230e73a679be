import { compareAndSet, type Reader, type Row, type Tx } from '#persistence';
import { WITH_PAPERS, type OrderRow } from './order-rows.js';

/** A file of ours at the bank's door. `written`: nobody has said that it was read. `done`: receipted, or all in it was answered. */
export interface DownFileRow extends Row {
  readonly name: string;
  readonly legal_person: string;
  readonly state: 'written' | 'done';
  readonly written_at: number;
  readonly writings: number;
}

export async function noteWritten(tx: Tx, name: string, legalPerson: string, at: number): Promise<void> {
  if (await tx.insertOnce('down_files', { name, legal_person: legalPerson, state: 'written', written_at: at, writings: 1 })) return;
  await tx.run('UPDATE down_files SET written_at = ?, writings = writings + 1 WHERE name = ?', [at, name]);
}

export async function noteDone(tx: Tx, name: string): Promise<void> {
  await compareAndSet(tx, 'down_files', { state: 'done' }, { name });
}

export function findDownFile(reader: Reader, name: string): Promise<DownFileRow | undefined> {
  return reader.one<DownFileRow>('SELECT * FROM down_files WHERE name = ?', [name]);
}

/** Files that were written before `before` and that nobody has receipted. */
export function unreceiptedFiles(reader: Reader, before: number, limit: number): Promise<readonly DownFileRow[]> {
  return reader.all<DownFileRow>(
    `SELECT * FROM down_files WHERE state = 'written' AND written_at <= ? ORDER BY written_at LIMIT ${Number(limit)}`,
    [before],
  );
}

/** The orders of a file in the order in which they stand in it. */
export function ordersInFile(reader: Reader, name: string): Promise<readonly OrderRow[]> {
  return reader.all<OrderRow>(`SELECT * FROM ${WITH_PAPERS} WHERE file_name = ? ORDER BY seq`, [name]);
}
