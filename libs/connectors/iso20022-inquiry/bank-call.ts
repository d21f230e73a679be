import type { X509Certificate } from 'node:crypto';
import type { HeardBytes, HttpClient, HttpResult, WireOrder } from '#connector-sdk';
import type { RealTime } from '#kernel';
import { elementAt, textAt } from './elements.js';
import { readFault } from './read-fault.js';
import { readMessage } from './read-message.js';
import { Refusal } from './refusal.js';
import type { XmlSignerPort } from './rsa-signer.js';
import { signRequest } from './sign-request.js';
import { RESPONSE_STATUSES } from './status-table.js';

type Reply = Extract<HttpResult, { kind: 'reply' }>;

/** What came back: a message that nobody has judged yet, the signed word that it will come later, a refusal, or nothing to build on. */
export type Heard =
  | { readonly kind: 'answer'; readonly heard: HeardBytes }
  | { readonly kind: 'later' }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string; readonly heard: HeardBytes }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface BankCallParts {
  readonly client: HttpClient;
  readonly trusted: readonly X509Certificate[];
  readonly signer: XmlSignerPort | undefined;
  readonly time: RealTime;
}

/** 202 is what the published profile says, 200 what servers of SOAP send. */
const ANSWERED = new Set([200, 202]);

/** Brings one request to the register, for the first time or again: it is the same message each time. */
export class BankCalls {
  constructor(private readonly parts: BankCallParts) {}

  async make({ bytes, orderNumber }: WireOrder, signal: AbortSignal): Promise<Heard> {
    const { client, signer } = this.parts;
    const body = signer ? await signRequest(bytes, signer) : bytes;
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
    const result = await client.call({ method: 'POST', path: '', headers, body }, signal);
    if (result.kind === 'no-reply') return { kind: 'unknown', reason: result.reason };
    const fault = readFault(result.body);
    if (fault?.meaning === 'refused') return { ...fault, kind: 'refused', heard: heardOf(result) };
    if (fault) return { kind: 'unknown', reason: fault.code };
    if (!ANSWERED.has(result.status)) return { kind: 'unknown', reason: `status-${result.status}` };
    return this.isLater(result.body, orderNumber) ? { kind: 'later' } : { kind: 'answer', heard: heardOf(result) };
  }

  /** Only a signed message says that there is no answer yet; everything else is judged as an answer, and found wanting there. */
  private isLater(bytes: Buffer, orderNumber: string): boolean {
    try {
      const at = new Date(this.parts.time.realNow());
      const { document } = readMessage(bytes, { certificates: this.parts.trusted, at });
      const response = elementAt(document, 'InfReqRspn');
      if (!response || textAt(response, 'InvstgtnId') !== orderNumber) return false;
      return RESPONSE_STATUSES[textAt(response, 'RspnSts') as keyof typeof RESPONSE_STATUSES] === 'later';
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
}

function heardOf({ body, headers }: Reply): HeardBytes {
  const type = headers['content-type'];
  return { bytes: body, contentType: typeof type === 'string' ? type.slice(0, 100) : 'application/octet-stream', signature: undefined };
}
