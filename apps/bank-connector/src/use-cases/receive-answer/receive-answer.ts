import { judgeSignature, type HeardBytes, type OrderTranslation, type SignatureWorth } from '#connector-sdk';
import { AppError } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankContext } from '../../bank-context.js';
import type { AnswerFate } from '../../adapters/store/answer-rows.js';
import { OrderLookup } from '../../adapters/store/order-lookup.js';
import { RecordAnswer } from '../record-answer/record-answer.js';

export interface Received {
  readonly orderNumber: string;
  readonly fate: AnswerFate;
}

/** An answer that the bank brings: judges its signature and has it recorded. */
export class ReceiveAnswer {
  private readonly recordAnswer: RecordAnswer;
  private readonly orders: OrderLookup;

  constructor(
    private readonly context: BankContext,
    private readonly translation: OrderTranslation,
    private readonly keys: KeyRing,
  ) {
    this.recordAnswer = new RecordAnswer(context);
    this.orders = new OrderLookup(context.database.reader);
  }

  /**
   * @param orderNumber the order that the surroundings name, for the bytes themselves may be damaged
   * @param worth of the file that the answer was cut out of; left out when the bytes carry a signature of their own
   * @throws AppError `not-found` when we have no such order
   */
  async execute(heard: HeardBytes, orderNumber: string, worth?: SignatureWorth): Promise<Received> {
    const { vault, bank, clock } = this.context;
    const row = await this.orders.find(orderNumber);
    if (!row) throw new AppError('not-found', '没有该请求单');
    const known = await vault.know(row);
    const judged = worth ?? (await judgeSignature(this.keys, bank, heard, clock.now()));
    const reading = this.translation.readAnswer(heard.bytes, known.order);
    const fate = await this.recordAnswer.execute({ known, heard, worth: judged, reading });
    return { orderNumber, fate };
  }
}
