import type { RealTime } from '#kernel';
import type { PayloadSealing } from '#trust';
import type { OrderDispatched } from '#contracts';
import type {
  AnswerReading,
  DocumentContents,
  HeardBytes,
  NoticeReading,
  PushConnector,
  SendOutcome,
  StatusOutcome,
  WireOrder,
} from '#connector-sdk';
import { askStatus } from './ask-status.js';
import { BankCalls } from './bank-call.js';
import { HttpClient } from './client/http-client.js';
import type { RealtimeJsonConfig } from './config.js';
import { readNotice } from './notice.js';
import { Payloads } from './payload.js';
import { readAnswer } from './read-answer.js';
import { sendOrder } from './send-order.js';
import type { CourtSignatures } from './signatures.js';
import { writeOrder } from './write-order.js';

/** docs/dialects/realtime-json.md: one bank that is called over HTTPS. */
export class RealtimeJson implements PushConnector {
  private readonly client: HttpClient;
  private readonly calls: BankCalls;
  private readonly payloads: Payloads;

  /** @param sealing of a bank with `payload: sm4` */
  constructor(config: RealtimeJsonConfig, signatures: CourtSignatures, time: RealTime, sealing?: PayloadSealing) {
    this.client = new HttpClient({ ...config, connections: config.concurrency, time });
    this.payloads = new Payloads(sealing);
    this.calls = new BankCalls(this.client, signatures, this.payloads);
  }

  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return writeOrder(order, contents);
  }

  send(order: WireOrder, signal: AbortSignal): Promise<SendOutcome> {
    return sendOrder(this.calls, order, signal);
  }

  query(orderNumber: string, signal: AbortSignal): Promise<StatusOutcome> {
    return askStatus(this.calls, orderNumber, signal);
  }

  open(heard: HeardBytes): Promise<HeardBytes> {
    return this.payloads.open(heard);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readAnswer(bytes, order);
  }

  readNotice(bytes: Buffer): NoticeReading {
    return readNotice(bytes);
  }

  close(): void {
    this.client.close();
  }
}
