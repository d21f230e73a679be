import { courtXml } from '#connector-sdk';
import { AppError, type RealTime } from '#kernel';
import { readCourtDocuments, type FetchedDocument } from '../court-xml/document-reader.js';
import type { FeedbackKind } from '../court-xml/feedback-writer.js';
import { cutOrders, type ServedRecord } from '../court-xml/order-reader.js';
import { SoapClient, type CourtAddress } from './soap-client.js';

export interface ServedOrder extends ServedRecord {
  readonly signature: string;
}

/** What the bank says to one order, with its signature over exactly these bytes. */
export interface UploadedAnswer {
  readonly orderNumber: string;
  readonly kind: FeedbackKind;
  readonly bytes: Buffer;
  readonly signature: string;
  /** Bytes were lost on the way: a fault of the simulation. */
  readonly isGarbled?: boolean;
}

export interface UploadResult {
  readonly orderNumber: string;
  readonly isOk: boolean;
  readonly message?: string;
}

/** How the values of attributes stand in this dialect. */
export const CODING: courtXml.AttributeCoding = 'base64-gbk';

const UPLOADS: Readonly<Record<FeedbackKind, { readonly operation: string; readonly list: string }>> = {
  inquiry: { operation: 'uploadQueryFeedback', list: 'zhxxList' },
  transactions: { operation: 'uploadTransactions', list: 'wlxxList' },
  control: { operation: 'uploadControlFeedback', list: 'kzxxList' },
  rollback: { operation: 'uploadRollback', list: 'htxxList' },
};
const RESULTS_MAX = 1_000;
/** The spellings in which courts say what was wrong. */
const ERROR_NAMES = ['ErrorMSG', 'errorMsg', 'errMsg', 'msg'];

/** The calls of a bank that polls (docs/dialects/poll-xml.md). */
export class CourtCalls {
  private readonly client: SoapClient;

  constructor(time: RealTime, court: CourtAddress) {
    this.client = new SoapClient(time, court);
  }

  async orders(list: 'getQueryList' | 'getControlList', limit: number): Promise<readonly ServedOrder[]> {
    const { document, signatures } = await this.client.call(list, { argument: { limit: String(limit) } });
    return cutOrders(document, CODING).map((record) => ({ ...record, signature: signatures.get(record.orderNumber) ?? '' }));
  }

  /** The documents of a control order; those of an inquiry have another key. */
  async documents(orderNumber: string): Promise<readonly FetchedDocument[]> {
    const { document } = await this.client.call('getDocuments', { argument: { BDHM: orderNumber } });
    return readCourtDocuments(document, CODING);
  }

  /** @param receivedAt RFC 3339 */
  async acknowledge(orderNumbers: readonly string[], receivedAt: string): Promise<void> {
    const at = courtXml.courtTime(receivedAt, 'milliseconds');
    const receipts = orderNumbers.map((BDHM) => courtXml.xmlElement('qs', { BDHM, EX1_RECEIVEDAT: at }));
    const content = courtXml.writeDocument(courtXml.xmlElement('qsList', {}, receipts), CODING);
    await this.client.call('confirmReceipt', { content });
  }

  /** Brings answers of one kind, each order once. */
  async upload(kind: FeedbackKind, answers: readonly UploadedAnswer[]): Promise<readonly UploadResult[]> {
    const { operation, list } = UPLOADS[kind];
    const content = courtXml.wrapRecords(
      list,
      answers.map(({ bytes }) => bytes),
    );
    const signatures = new Map(answers.map(({ orderNumber, signature }) => [orderNumber, signature]));
    const { document } = await this.client.call(operation, { content, signatures });
    return resultsOf(document);
  }
}

/** Reads an acknowledgement, in whichever spelling. @throws AppError `unavailable` for what is none */
export function resultsOf(document: Buffer): readonly UploadResult[] {
  const root = courtXml.decodeElement(courtXml.readXml(document), CODING);
  const results = ['cxjglist', 'htjglist'].flatMap((list) => courtXml.childrenOf(root, list, 'jg', RESULTS_MAX));
  if (root.name !== 'result') throw new AppError('unavailable', "the court's acknowledgement cannot be read");
  return results.map((one) => ({
    orderNumber: courtXml.valueOf(one, 'bdhm') ?? courtXml.valueOf(one, 'BDHM') ?? '',
    isOk: courtXml.valueOf(one, 'result') === 'success',
    message: ERROR_NAMES.map((name) => courtXml.valueOf(one, name)).find((text) => text !== undefined),
  }));
}
