import type { BankNotified } from '#contracts';
import type { Instant } from '#kernel';
import { compareAndSet, type Reader, type Row, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';

/** A row of `notices`; `applied` is 0 while what it speaks of is not known here yet, because its answer is still on its way. */
interface NoticeRow extends Row {
  readonly notice_id: string;
  readonly bank: string;
  readonly body_sealed: Buffer;
}

function place(bank: string, noticeId: string): string {
  return `${bank}/${noticeId}`;
}

/** Writes a notice down; false when this bank has sent one of the same id before, which then has no second effect (I4). */
export function insertNotice(tx: Tx, vault: Vault, caseKey: DataKey, notice: BankNotified, at: Instant): Promise<boolean> {
  return tx.insertOnce('notices', {
    notice_id: notice.noticeId,
    bank: notice.bank,
    order_number: notice.orderNumber,
    seq: notice.seq,
    kind: notice.kind,
    at,
    applied: 0,
    body_sealed: vault.seal(caseKey, 'notices', 'body_sealed', place(notice.bank, notice.noticeId), notice),
  });
}

export async function markApplied(tx: Tx, notice: Pick<BankNotified, 'bank' | 'noticeId'>): Promise<void> {
  await compareAndSet(tx, 'notices', { applied: 1 }, { bank: notice.bank, notice_id: notice.noticeId, applied: 0 });
}

/** Notices about a freeze or deduct line that came before its answer, in the order of the bank's clock. */
export async function waitingNotices(
  reader: Reader,
  vault: Vault,
  caseKey: DataKey,
  orderNumber: string,
  seq: number,
): Promise<readonly BankNotified[]> {
  const rows = await reader.all<NoticeRow>(
    'SELECT notice_id, bank, body_sealed FROM notices WHERE order_number = ? AND seq = ? AND applied = 0 ORDER BY at, notice_id',
    [orderNumber, seq],
  );
  return rows.map((row) => vault.open<BankNotified>(caseKey, 'notices', 'body_sealed', place(row.bank, row.notice_id), row.body_sealed));
}
