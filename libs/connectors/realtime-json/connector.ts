import type { RealTime } from '#kernel';
import type { PayloadSealing } from '#trust';
import type { OrderDispatched } from '#contracts';
import {
  HttpClient,
  type AnswerReading,
  type DayAsked,
  type DayOutcome,
  type DayStatements,
  type DialectCodes,
  type DocumentContents,
  type HeardBytes,
  type NoticeReading,
  type PushConnector,
  type SendOutcome,
  type StatusOutcome,
  type WireOrder,
} from '#connector-sdk';
import { askDay } from './ask-day.js';
import { askStatus } from './ask-status.js';
import { BankCalls } from './bank-call.js';
import { CODES } from './codes.js';
import type { RealtimeJsonConfig } from './config.js';
import { readNotice } from './notice.js';
import { Payloads } from './payload.js';
import { readAnswer } from './read-answer.js';
import { sendOrder } from './send-order.js';
import type { CourtSignatures } from './signatures.js';
import { writeOrder } from './write-order.js';

/** docs/dialects/realtime-json.md: one bank that is called over HTTPS. */
export class RealtimeJson implements PushConnector, DayStatements {
  private readonly client: HttpClient;
  private readonly calls: BankCalls;
  private readonly codes: DialectCodes;
  private readonly payloads: Payloads;

  /** @param sealing of a bank with `payload: sm4` */
  constructor(
    config: RealtimeJsonConfig,
    private readonly signatures: CourtSignatures,
    time: RealTime,
    sealing?: PayloadSealing,
  ) {
    this.client = new HttpClient({ ...config, connections: config.concurrency, time });
    this.codes = config.codes ?? CODES;
    this.payloads = new Payloads(sealing);
    this.calls = new BankCalls(this.client, signatures, this.codes.reason, this.payloads);
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

  askDay(asked: DayAsked, signal: AbortSignal): Promise<DayOutcome> {
    return askDay({ client: this.client, signatures: this.signatures, payloads: this.payloads }, asked, signal);
  }

  open(heard: HeardBytes): Promise<HeardBytes> {
    return this.payloads.open(heard);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readAnswer(bytes, order, this.codes);
  }

  readNotice(bytes: Buffer): NoticeReading {
    return readNotice(bytes);
  }

  close(): void {
    this.client.close();
  }
}
