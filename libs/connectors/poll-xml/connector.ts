import type { OrderDispatched } from '#contracts';
import {
  readPlainAnswer,
  writePlainOrder,
  type AnswerReading,
  type DocumentContents,
  type HeardBytes,
  type PullConnector,
  type PulledDocument,
  type WireOrder,
} from '#connector-sdk';
import { readAcknowledgement } from './acknowledge-orders.js';
import { writeDocuments, writePage } from './serve-orders.js';
import { STATUS_TABLE } from './status-table.js';
import { readUpload } from './take-answers.js';

/** docs/dialects/poll-xml.md: the bodies of a bank that polls. */
export class PollXml implements PullConnector {
  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return writePlainOrder(order, contents);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readPlainAnswer(bytes, order, STATUS_TABLE);
  }

  writePage(orders: readonly WireOrder[]): unknown {
    return writePage(orders);
  }

  writeDocuments(documents: readonly PulledDocument[]): unknown {
    return writeDocuments(documents);
  }

  readAcknowledgement(body: unknown): { readonly orderNumbers: readonly string[]; readonly receivedAt?: string } {
    return readAcknowledgement(body);
  }

  readUpload(body: unknown): readonly HeardBytes[] {
    return readUpload(body);
  }
}
