import {
  ANSWERS_TOPIC,
  encodeBody,
  NOTICES_TOPIC,
  ORDER_EVENTS_TOPIC,
  type BankNotified,
  type BankStated,
  type OrderAnswered,
  type OrderProgressed,
} from '#contracts';
import { instantText, invariant, newId, type CanonicalValue, type Clock, type Entropy } from '#kernel';
import { enqueue, enqueueMany, traceHeaders, type Fact, type FactRecorder, type Message } from '#messaging';
import type { GatheredWrite, Tx } from '#persistence';
import { FieldCipher } from '#privacy';
import type { OpenOrder } from '../store/order-vault.js';

export type Progress = Omit<OrderProgressed, 'at'> & { readonly at?: string };

/** Something that happened to an order and must be provable. */
export interface OrderFact {
  readonly about: OpenOrder;
  readonly type: string;
  readonly content: CanonicalValue;
  /** A user's id, or `bank:<code>`. */
  readonly actor?: string;
}

/** A fact, and what is written once its leaf hash is known. */
interface Told {
  readonly fact: OrderFact;
  readonly then: (tx: Tx, leafHash: string) => void;
}

/** The outbox of one bank: its events, answers, notices and facts. Everything leaves only with the transaction it is told in. */
export class Announcer {
  private readonly cipher: FieldCipher;

  constructor(
    private readonly recorder: FactRecorder,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    /** Called after each commit that put something into the outbox. */
    readonly nudge: () => void,
  ) {
    this.cipher = new FieldCipher(entropy);
  }

  progress(tx: Tx, ...events: readonly Progress[]): void {
    const at = this.clock.now();
    const messages = events.map((event): Message => {
      const body = encodeBody('order.progressed.v1', { at: instantText(at), ...event });
      const id = newId(this.clock, this.entropy);
      return { id, topic: ORDER_EVENTS_TOPIC, key: event.orderNumber, type: 'order.progressed.v1', at, headers: {}, body };
    });
    enqueueMany(tx, messages);
    tx.afterCommit(this.nudge);
  }

  /** Records a fact about an order and returns its leaf hash. */
  async fact(tx: Tx, about: OpenOrder, type: string, content: CanonicalValue, actor?: string): Promise<string> {
    tx.afterCommit(this.nudge);
    return this.recorder.record(tx, factOf({ about, type, content, ...(actor === undefined ? {} : { actor }) }));
  }

  /** The facts of one act, for whoever needs no leaf hash. */
  note(tx: Tx, ...facts: readonly OrderFact[]): void {
    tx.afterCommit(this.nudge);
    this.recorder.note(tx, facts.map(factOf));
  }

  /** Records a fact whose leaf hash goes into what `then` writes, at the end of the commit, with those of all closures that share it. */
  tell(tx: Tx, fact: OrderFact, then: Told['then']): void {
    tx.afterCommit(this.nudge);
    tx.gather(this.tellGathered, { fact, then });
  }

  private readonly tellGathered: GatheredWrite<Told> = async (tx, told) => {
    const hashes = await this.recorder.recordMany(
      tx,
      told.map(({ fact }) => factOf(fact)),
    );
    for (const [index, { then }] of told.entries()) then(tx, hashes[index] ?? '');
  };

  answered(tx: Tx, about: OpenOrder, answer: OrderAnswered): void {
    const body = encodeBody('order.answered.v1', answer);
    this.sealed(tx, about, { topic: ANSWERS_TOPIC, key: answer.orderNumber, type: 'order.answered.v1', body });
  }

  notified(tx: Tx, about: OpenOrder, notice: BankNotified): void {
    const body = encodeBody('bank.notified.v1', notice);
    const key = `${notice.orderNumber}/${notice.seq}`;
    this.sealed(tx, about, { topic: NOTICES_TOPIC, key, type: 'bank.notified.v1', body });
  }

  /** The bank's word on a day, in its parts, with the one fact about it. It holds no personal data and is not sealed. */
  async stated(tx: Tx, words: readonly Omit<BankStated, 'factLeafHash'>[]): Promise<void> {
    const [first] = words;
    invariant(first, 'a word on a day has a part');
    const { bank, from, to, statementNo, version } = first;
    const digests = words.map(({ original }) => original.digest);
    const factLeafHash = await this.recorder.record(tx, {
      type: 'statement.received',
      subject: `statement:${to}`,
      actor: `bank:${bank}`,
      content: { bank, from, to, statementNo, version, digests },
    });
    const at = this.clock.now();
    const messages = words.map((word): Message => {
      const id = newId(this.clock, this.entropy);
      const body = encodeBody('bank.stated.v1', { ...word, factLeafHash });
      return { id, topic: NOTICES_TOPIC, key: `${bank}/${to}`, type: 'bank.stated.v1', at, headers: {}, body };
    });
    enqueueMany(tx, messages);
    tx.afterCommit(this.nudge);
  }

  private sealed(tx: Tx, { order, key }: OpenOrder, message: Pick<Message, 'topic' | 'key' | 'type' | 'body'>): void {
    const id = newId(this.clock, this.entropy);
    const body = this.cipher.sealBytes(key, `message|${message.type}|${id}`, message.body);
    enqueue(tx, { ...message, id, at: this.clock.now(), headers: { caseId: order.case.id, ...traceHeaders(order.requestId) }, body });
    tx.afterCommit(this.nudge);
  }
}

function factOf({ about: { order, key }, type, content, actor }: OrderFact): Fact {
  return {
    type,
    subject: `order:${order.orderNumber}`,
    ...(actor === undefined ? {} : { actor }),
    orderNumber: order.orderNumber,
    caseNumber: order.case.number,
    caseId: order.case.id,
    caseKey: key,
    requestId: order.requestId,
    content,
  };
}
