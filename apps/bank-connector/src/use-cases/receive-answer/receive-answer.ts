import { judgeSignature, orderNumberHint, type HeardBytes, type OrderTranslation, type SignatureWorth } from '#connector-sdk';
import { AppError } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankContext } from '../../bank-context.js';
import type { AnswerFate } from '../../adapters/store/answer-rows.js';
import { findOrder } from '../../adapters/store/order-rows.js';
import { RecordAnswer } from '../record-answer/record-answer.js';

export interface Received {
  readonly orderNumber: string;
  readonly fate: AnswerFate;
}

/** An answer that the bank brings: finds out which order it is about, judges its signature, and has it recorded. */
export class ReceiveAnswer {
  private readonly recordAnswer: RecordAnswer;

  constructor(
    private readonly context: BankContext,
    private readonly translation: OrderTranslation,
    private readonly keys: KeyRing,
  ) {
    this.recordAnswer = new RecordAnswer(context);
  }

  /**
   * @param worth of the file that the answer was cut out of; left out when the bytes carry a signature of their own
   * @param named the order that the surroundings name, where the bytes themselves may be damaged
   * @throws AppError `invalid` when the bytes name no order, `not-found` when we have no such order
   */
  async execute(heard: HeardBytes, worth?: SignatureWorth, named?: string): Promise<Received> {
    const { database, vault, bank, clock } = this.context;
    const orderNumber = named ?? orderNumberHint(heard.bytes);
    if (orderNumber === undefined) throw new AppError('invalid', '反馈中没有请求单号');
    const row = await findOrder(database.reader, orderNumber);
    if (!row) throw new AppError('not-found', '没有该请求单');
    const known = await vault.know(row);
    const judged = worth ?? judgeSignature(this.keys, bank, heard, clock.now());
    const reading = this.translation.readAnswer(heard.bytes, known.order);
    const fate = await this.recordAnswer.execute({ known, heard, worth: judged, reading });
    return { orderNumber, fate };
  }
}
