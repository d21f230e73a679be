import type { DialectCodes, HeardBytes, HttpClient, HttpResult, RejectedOutcome } from '#connector-sdk';
import { AppError, instantText, parseInstant, parseStrictJson } from '#kernel';
import { BODY_VERSION } from './body/write-head.js';
import { CODES } from './codes.js';
import { JWS_HEADER } from './jws/header.js';
import { Payloads } from './payload.js';
import type { CourtSignatures } from './signatures.js';

type Reply = Extract<HttpResult, { kind: 'reply' }>;

/** One signed call about one order. */
export interface BankCall {
  readonly msg: 'order' | 'query';
  readonly orderNumber: string;
  /** The order; a query has no bytes, and its signature is over none. */
  readonly body?: Buffer;
}

/** What came back: the bank's word on the order's state, an answer that nobody has judged yet, or nothing to build on. */
export type Heard =
  | { readonly kind: 'answer'; readonly heard: HeardBytes }
  | { readonly kind: 'accepted'; readonly receivedAt?: string }
  | (Omit<RejectedOutcome, 'kind'> & { readonly kind: 'rejected' })
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Which HTTP status goes with which state of the order (docs/dialects/realtime-json.md, Replies). */
const STATES: Readonly<Record<number, string>> = { 202: 'accepted', 404: 'not-found', 422: 'rejected' };

/**
 * Calls the bank and says what is known afterwards. Only the bank's own signed word, with the status that goes with it and a name of this
 * very call in it, says anything: whoever stands in between answers 202, 404 and 422 too.
 */
export class BankCalls {
  constructor(
    private readonly client: HttpClient,
    private readonly signatures: CourtSignatures,
    private readonly reasons: Reasons = CODES.reason,
    private readonly payloads = new Payloads(),
  ) {}

  async make({ msg, orderNumber, body }: BankCall, signal: AbortSignal): Promise<Heard> {
    const { value, jti } = await this.signatures.signCall(body ?? Buffer.alloc(0), msg, orderNumber);
    const headers = { [JWS_HEADER]: value, ...(body ? { 'content-type': 'application/json' } : {}) };
    const place =
      msg === 'order' ? { method: 'POST', path: '/orders' } : { method: 'GET', path: `/orders/${encodeURIComponent(orderNumber)}` };
    const sealed = body && (await this.payloads.seal(body));
    const result = await this.client.call({ ...place, headers, ...(sealed ? { body: sealed } : {}) }, signal);
    if (result.kind === 'no-reply') return { kind: 'unknown', reason: result.reason };
    if (result.status === 200) return { kind: 'answer', heard: await this.payloads.open(heardOf(result, jti)) };
    const state = STATES[result.status];
    return state === undefined ? unknown(result) : this.stateOf(result, state, orderNumber, jti);
  }

  private async stateOf(reply: Reply, state: string, orderNumber: string, jti: string): Promise<Heard> {
    const heard = await this.payloads.open(heardOf(reply, jti));
    const { worth, fault } = await this.signatures.judgeState(heard, orderNumber);
    if (worth.signature !== 'valid') return { kind: 'unknown', reason: `status-${reply.status}-${fault ?? worth.signature}` };
    const members = membersOf(heard.bytes);
    if (members['v'] !== BODY_VERSION || members['reqNo'] !== orderNumber || members['state'] !== state) return unknown(reply);
    if (state === 'accepted') return { kind: 'accepted', ...receivedAtOf(members) };
    return state === 'not-found' ? { kind: 'not-found' } : (rejectedOf(members, this.reasons, { heard, worth }) ?? unknown(reply));
  }
}

function unknown({ status }: Reply): Heard {
  return { kind: 'unknown', reason: `status-${status}` };
}

/** A reply's exact bytes with what stood beside them. */
export function heardOf(reply: Reply, inReplyTo: string): HeardBytes {
  const signature = reply.headers[JWS_HEADER];
  const type = reply.headers['content-type'];
  return {
    bytes: reply.body,
    contentType: typeof type === 'string' ? type.slice(0, 100) : 'application/octet-stream',
    signature: typeof signature === 'string' ? signature : undefined,
    inReplyTo,
  };
}

type Members = Readonly<Record<string, unknown>>;
type Reasons = DialectCodes['reason'];

function membersOf(body: Buffer): Members {
  try {
    const parsed = parseStrictJson(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Members) : {};
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}

/** The longest text of a reason that is kept; the original bytes hold the rest. */
const REASON_CHARS_MAX = 500;

/** A refusal counts only when it says why, by a code of the table. */
function rejectedOf({ reason }: Members, reasons: Reasons, { heard, worth }: Pick<RejectedOutcome, 'heard' | 'worth'>): Heard | undefined {
  const { code, text } = (typeof reason === 'object' && reason !== null ? reason : {}) as Members;
  const ours = typeof code === 'string' && Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  if (ours === undefined) return undefined;
  // Half of a surrogate pair has no form in UTF-8, and cutting may leave one.
  const kept = typeof text === 'string' ? text.slice(0, REASON_CHARS_MAX).replace(/\p{Surrogate}/gu, '') : '';
  return { kind: 'rejected', code: ours, text: kept, heard, ...(worth ? { worth } : {}) };
}

/** The bank's time of receipt in our one form, when it stated one. */
function receivedAtOf({ recvTime }: Members): { readonly receivedAt?: string } {
  if (typeof recvTime !== 'string') return {};
  try {
    return { receivedAt: instantText(parseInstant(recvTime)) };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}
