import type { RealTime } from '#kernel';
import type { OrderDispatched } from '#contracts';
import {
  readPlainAnswer,
  readPlainNotice,
  writePlainOrder,
  type AnswerReading,
  type DocumentContents,
  type NoticeReading,
  type PushConnector,
  type SendOutcome,
  type StatusOutcome,
  type WireOrder,
} from '#connector-sdk';
import { askStatus } from './ask-status.js';
import { HttpClient } from './client/http-client.js';
import type { RealtimeJsonConfig } from './config.js';
import { sendOrder } from './send-order.js';
import { STATUS_TABLE } from './status-table.js';

/** docs/dialects/realtime-json.md: one bank that is called over HTTP. */
export class RealtimeJson implements PushConnector {
  private readonly client: HttpClient;

  constructor(config: RealtimeJsonConfig, time: RealTime) {
    this.client = new HttpClient({ ...config, connections: config.concurrency, time });
  }

  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return writePlainOrder(order, contents);
  }

  send(order: WireOrder, signal: AbortSignal): Promise<SendOutcome> {
    return sendOrder(this.client, order, signal);
  }

  query(orderNumber: string, signal: AbortSignal): Promise<StatusOutcome> {
    return askStatus(this.client, orderNumber, signal);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readPlainAnswer(bytes, order, STATUS_TABLE);
  }

  readNotice(bytes: Buffer): NoticeReading {
    return readPlainNotice(bytes);
  }

  close(): void {
    this.client.close();
  }
}
