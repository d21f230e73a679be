import {
  ANSWERS_TOPIC,
  encodeBody,
  NOTICES_TOPIC,
  ORDER_EVENTS_TOPIC,
  type BankNotified,
  type OrderAnswered,
  type OrderProgressed,
} from '#contracts';
import { instantText, newId, type CanonicalValue, type Clock, type Entropy } from '#kernel';
import { enqueue, type FactRecorder } from '#messaging';
import type { Tx } from '#persistence';
import { FieldCipher, type DataKey } from '#privacy';
import type { KnownOrder } from '../store/order-vault.js';

type Progress = Omit<OrderProgressed, 'orderNumber' | 'at'> & { readonly at?: string };

/** The outbox of one bank: its events, answers, notices and facts. Everything leaves only with the transaction it is told in. */
export class Announcer {
  private readonly cipher: FieldCipher;

  constructor(
    private readonly facts: FactRecorder,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    /** Called after each commit that put something into the outbox. */
    private readonly nudge: () => void,
  ) {
    this.cipher = new FieldCipher(entropy);
  }

  async progress(tx: Tx, orderNumber: string, progress: Progress): Promise<void> {
    const at = this.clock.now();
    const body = encodeBody('order.progressed.v1', { at: instantText(at), ...progress, orderNumber });
    const id = newId(this.clock, this.entropy);
    await enqueue(tx, { id, topic: ORDER_EVENTS_TOPIC, key: orderNumber, type: 'order.progressed.v1', at, headers: {}, body });
    tx.afterCommit(this.nudge);
  }

  /** Records a fact about an order and returns its leaf hash. */
  fact(tx: Tx, { row, order, key }: KnownOrder, type: string, content: CanonicalValue, actor?: string): Promise<string> {
    tx.afterCommit(this.nudge);
    return this.facts.record(tx, {
      type,
      subject: `order:${row.order_number}`,
      ...(actor === undefined ? {} : { actor }),
      orderNumber: row.order_number,
      caseNumber: order.case.number,
      caseId: row.case_id,
      caseKey: key,
      requestId: row.request_id,
      content,
    });
  }

  async answered(tx: Tx, { row, key }: KnownOrder, answer: OrderAnswered): Promise<void> {
    const body = encodeBody('order.answered.v1', answer);
    await this.sealed(tx, key, { topic: ANSWERS_TOPIC, key: row.order_number, type: 'order.answered.v1', caseId: row.case_id, body });
  }

  async notified(tx: Tx, { row, key }: KnownOrder, notice: BankNotified): Promise<void> {
    const body = encodeBody('bank.notified.v1', notice);
    const messageKey = `${notice.orderNumber}/${notice.seq}`;
    await this.sealed(tx, key, { topic: NOTICES_TOPIC, key: messageKey, type: 'bank.notified.v1', caseId: row.case_id, body });
  }

  private async sealed(
    tx: Tx,
    dataKey: DataKey,
    message: { topic: string; key: string; type: string; caseId: string; body: Buffer },
  ): Promise<void> {
    const { topic, key, type, caseId, body } = message;
    const id = newId(this.clock, this.entropy);
    const sealed = this.cipher.sealBytes(dataKey, `message|${type}|${id}`, body);
    await enqueue(tx, { id, topic, key, type, at: this.clock.now(), headers: { caseId }, body: sealed });
    tx.afterCommit(this.nudge);
  }
}
