import type { BankNotified } from '#contracts';
import type { HeardBytes, NoticeReading, SignatureWorth } from '#connector-sdk';
import { AppError } from '#kernel';
import { insert } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { findOrder } from '../../adapters/store/order-rows.js';

/**
 * What a bank says unasked. It is stored once by its id, with its exact bytes and a fact of our own. A notice that is not signed by
 * the bank, cannot be read, or is about an order we never sent is refused, so that the bank goes on offering it.
 */
export class RecordNotice {
  constructor(private readonly context: BankContext) {}

  /** @throws AppError `unauthenticated`, `invalid`, `not-found` */
  async execute(heard: HeardBytes, worth: SignatureWorth, reading: NoticeReading): Promise<string> {
    const { vault, log, bank } = this.context;
    if (worth.signature !== 'valid') {
      log.write('warn', 'notice-signature', { bank, signature: worth.signature });
      throw new AppError('unauthenticated', '通知的签名验证不通过');
    }
    if (reading.kind === 'unreadable') throw new AppError('invalid', '通知无法识别');
    const { notice } = reading;
    const row = await findOrder(this.context.database.reader, notice.orderNumber);
    if (!row || row.delivery === 'READY') throw new AppError('not-found', '没有该请求单');
    const known = await vault.know(row);
    const { digest, size } = await vault.blobs.put(row.case_id, heard.bytes);
    const original = { digest, size, contentType: heard.contentType, ...worth };
    await this.store({ ...notice, bank, original, factLeafHash: '' }, known);
    return notice.noticeId;
  }

  private async store(notice: BankNotified, known: Parameters<BankContext['announce']['notified']>[1]): Promise<void> {
    const { database, announce, clock, log, bank } = this.context;
    const { noticeId, orderNumber, seq, original } = notice;
    await database.run(async (tx) => {
      const before = await tx.one<{ digest: string }>('SELECT digest FROM notices WHERE notice_id = ?', [noticeId]);
      if (before) {
        if (before.digest !== original.digest) log.write('warn', 'notice-differs', { bank, noticeId });
        return;
      }
      await insert(tx, 'notices', { notice_id: noticeId, order_number: orderNumber, seq, digest: original.digest, at: clock.now() });
      const content = { noticeId, kind: notice.kind, seq, at: notice.at, original: { ...original } };
      const factLeafHash = await announce.fact(tx, known, 'notice.received', content, `bank:${bank}`);
      announce.notified(tx, known, { ...notice, factLeafHash });
    });
  }
}
