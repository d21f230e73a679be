import { decodeBody, type BankNotified, type OrderAnswered } from '#contracts';
import { AppError, errorText, type Log } from '#kernel';
import type { Message } from '#messaging';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';
import { messageAad } from '../store/answer-rows.js';

/** A sealed message, opened: its body and the key of the case that it belongs to. */
export interface Opened<B> {
  readonly body: B;
  readonly caseId: string;
  readonly caseKey: DataKey;
}

interface SealedBodies {
  readonly 'order.answered.v1': OrderAnswered;
  readonly 'bank.notified.v1': BankNotified;
}

type SealedType = keyof SealedBodies;

/**
 * Opens the messages of a batch before their transactions, because a closure may wait for nothing but the store. What does not open
 * is thrown again where its effect would be, so that it fails alone and becomes a dead letter.
 */
export class Arrivals<T extends SealedType, A> {
  private readonly opened = new Map<string, A | Error>();

  constructor(
    private readonly type: T,
    private readonly vault: Vault,
    private readonly log: Log,
    private readonly arrive: (message: Message, opened: Opened<SealedBodies[T]>) => A,
  ) {}

  async prepare(batch: readonly Message[]): Promise<void> {
    for (const message of batch) {
      if (message.type !== this.type || this.opened.has(message.id)) continue;
      this.opened.set(message.id, await this.open(message));
    }
  }

  /** @throws AppError what opening it has thrown */
  take(message: Message): A {
    const found = this.opened.get(message.id);
    if (found instanceof Error) throw found;
    if (found === undefined) throw new AppError('invariant-broken', `message ${message.id} was not prepared`, { level: 'fatal' });
    return found;
  }

  forget(): void {
    this.opened.clear();
  }

  private async open(message: Message): Promise<A | Error> {
    try {
      const caseId = message.headers['caseId'];
      if (caseId === undefined) throw new AppError('contract-broken', `${message.type} names no case`, { level: 'error' });
      const caseKey = await this.vault.keyOf(caseId);
      const clear = this.vault.cipher.openBytes(caseKey, messageAad(message.type, message.id), message.body);
      // The type of the decoded body follows from the literal that this reader was made for.
      const body = decodeBody(this.type, clear) as SealedBodies[T];
      return this.arrive(message, { body, caseId, caseKey });
    } catch (error) {
      this.log.write('warn', 'message-unreadable', { type: message.type, id: message.id, reason: errorText(error) });
      return error instanceof Error ? error : new AppError('contract-broken', errorText(error));
    }
  }
}
