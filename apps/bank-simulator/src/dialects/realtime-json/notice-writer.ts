import { parseInstant } from '#kernel';
import type { Notice } from '../../book/model.js';
import { chinaTime } from './china-time.js';
import { NOTICE_CODES } from './codes.js';
import { BODY_VERSION } from './order-reader.js';

/** The number by which the court knows a notice again. */
export const noticeNumber = (bank: string, notice: Notice): string => `${bank}-${notice.seq}`;

/** The notice's exact bytes. `credited` and `returned` name the deduct, the others the freeze. */
export function noticeBytes(bank: string, notice: Notice): Buffer {
  const { payment } = notice;
  const message = {
    v: BODY_VERSION,
    noticeNo: noticeNumber(bank, notice),
    kind: NOTICE_CODES[notice.kind],
    reqNo: payment?.orderNumber ?? notice.orderNumber,
    seq: payment?.line ?? notice.line,
    time: chinaTime(parseInstant(notice.at)),
    ccy: notice.currency,
    frzAmt: notice.limit,
    ctlAmt: notice.covered,
    lackAmt: notice.uncovered,
    rank: notice.rank,
    bal: notice.balance,
    avlBal: notice.available,
    amt: payment?.amount,
    serialNo: payment?.serial,
    ctlRestored: payment?.controlRestored,
  };
  return Buffer.from(JSON.stringify(message), 'utf8');
}
