import type { CallBackKind, HeardBytes, JudgedSignature, PushConnector, WireSignatures } from '#connector-sdk';
import { AppError } from '#kernel';
import type { BankContext } from '../../bank-context.js';
import { findOrder } from '../../adapters/store/order-rows.js';
import { RecordAnswer } from '../record-answer/record-answer.js';
import { RecordNotice } from '../record-notice/record-notice.js';

/**
 * What a bank that is called brings by itself. Where the dialect guards its call-backs, one whose signature does not hold, or was let in
 * before, changes nothing: anybody could have sent it, and the bank's own word is fetched by the status query.
 */
export class ReceiveCallBack {
  constructor(
    private readonly context: BankContext,
    private readonly door: { readonly connector: PushConnector; readonly signatures: WireSignatures },
  ) {}

  /** @returns the order's number. @throws AppError `unauthenticated`, `invalid`, `not-found` */
  async answer(heard: HeardBytes): Promise<string> {
    const { worth, subject } = await this.judge(heard, 'answer');
    if (subject === undefined) throw new AppError('invalid', '反馈中没有请求单号');
    const { database, vault } = this.context;
    const row = await findOrder(database.reader, subject);
    if (!row) throw new AppError('not-found', '没有该请求单');
    const known = await vault.know(row);
    const reading = this.door.connector.readAnswer(heard.bytes, known.order);
    await new RecordAnswer(this.context).execute({ known, heard, worth, reading });
    return subject;
  }

  /** @returns the notice's number. @throws AppError `unauthenticated`, `invalid`, `not-found` */
  async notice(heard: HeardBytes): Promise<string> {
    const { worth, subject } = await this.judge(heard, 'notice');
    const reading = this.door.connector.readNotice(heard.bytes);
    if (this.door.signatures.refusesForgedCallBacks && reading.kind === 'notice' && reading.notice.noticeId !== subject) {
      throw new AppError('invalid', '签名所指的通知与正文不符');
    }
    return new RecordNotice(this.context).execute(heard, worth, reading);
  }

  private async judge(heard: HeardBytes, kind: CallBackKind): Promise<JudgedSignature> {
    const { log, bank } = this.context;
    const judged = await this.door.signatures.judgeCallBack(heard, kind);
    if (judged.worth.signature === 'valid') return judged;
    log.write('warn', 'call-back-signature', { bank, kind, fault: judged.fault ?? judged.worth.signature });
    if (this.door.signatures.refusesForgedCallBacks) {
      throw new AppError('unauthenticated', judged.fault === 'jti-replayed' ? '该签名已使用过，请重新签名' : '签名验证不通过');
    }
    return judged;
  }
}
