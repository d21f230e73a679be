import {
  HttpClient,
  type AnswerReading,
  type DocumentContents,
  type NoticeReading,
  type PushConnector,
  type SendOutcome,
  type StatusOutcome,
  type WireOrder,
} from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import type { RealTime } from '#kernel';
import { BankCalls } from './bank-call.js';
import type { Iso20022InquiryConfig } from './config.js';
import { readAnswer } from './read-answer.js';
import { writeRequest } from './write-request.js';

/** docs/dialects/iso20022-inquiry.md: one register of accounts that is asked over HTTPS. */
export class Iso20022Inquiry implements PushConnector {
  private readonly client: HttpClient;
  private readonly calls: BankCalls;

  constructor(
    private readonly config: Iso20022InquiryConfig,
    private readonly time: RealTime,
  ) {
    this.client = new HttpClient({ ...config, connections: config.concurrency, time });
    this.calls = new BankCalls({ client: this.client, trusted: config.trusted, signer: config.signer, time });
  }

  /** Papers are named in it by their digests, so their contents are not needed. */
  writeOrder(order: OrderDispatched, _contents: DocumentContents): Buffer {
    return writeRequest(order, this.config.institutions.get(order.legalPerson) ?? order.legalPerson);
  }

  async send(order: WireOrder, signal: AbortSignal): Promise<SendOutcome> {
    const heard = await this.calls.make(order, signal);
    if (heard.kind === 'answer') return { kind: 'answered', heard: heard.heard };
    if (heard.kind === 'refused') return { ...heard, kind: 'rejected' };
    return heard.kind === 'later' ? { kind: 'accepted' } : heard;
  }

  /**
   * The same request again, which is the profile's way to ask: an inquiry moves nothing, and its number makes it one. A refusal is no answer to
   * an order that may have been taken before, so it is kept as heard, and a person looks.
   */
  async query(_orderNumber: string, signal: AbortSignal, order: WireOrder): Promise<StatusOutcome> {
    const heard = await this.calls.make(order, signal);
    if (heard.kind === 'answer' || heard.kind === 'refused') return { kind: 'answered', heard: heard.heard };
    return heard.kind === 'later' ? { kind: 'accepted' } : heard;
  }

  /** The one translation that needs a clock: nothing is read that no certificate in date has signed. */
  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readAnswer(bytes, order, { certificates: this.config.trusted, at: new Date(this.time.realNow()) });
  }

  readNotice(_bytes: Buffer): NoticeReading {
    return { kind: 'unreadable', reason: 'nothing comes unasked in this dialect' };
  }

  close(): void {
    this.client.close();
  }
}
