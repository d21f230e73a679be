import { SIGNATURE_HEADER, type SendOutcome, type WireOrder } from '#connector-sdk';
import type { HttpClient, HttpResult } from './client/http-client.js';
import { heardOf } from './client/heard.js';
import { receivedAtOf, replyMembers } from './client/reply-body.js';

/** `POST <bank>/orders`. Whatever is neither an answer, nor 202, nor 422 is `unknown`: the status query finds out. */
export async function sendOrder(client: HttpClient, order: WireOrder, signal: AbortSignal): Promise<SendOutcome> {
  const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: order.signature };
  const result = await client.call({ method: 'POST', path: '/orders', headers, body: order.bytes }, signal);
  if (result.kind === 'no-reply') return { kind: 'unknown', reason: result.reason };
  switch (result.status) {
    case 200:
      return { kind: 'answered', heard: heardOf(result) };
    case 202:
      return { kind: 'accepted', ...receivedAtOf(replyMembers(result.body)) };
    case 422:
      return rejectedOf(result);
    default:
      return { kind: 'unknown', reason: `status-${result.status}` };
  }
}

/** 422 is the bank's refusal only when it says why; a gateway on the way may have answered otherwise. */
function rejectedOf(result: Extract<HttpResult, { kind: 'reply' }>): SendOutcome {
  const reason: unknown = replyMembers(result.body)['reason'];
  const { code, text } = (typeof reason === 'object' && reason !== null ? reason : {}) as { code?: unknown; text?: unknown };
  if (typeof code !== 'string' || code === '') return { kind: 'unknown', reason: 'status-422' };
  return { kind: 'rejected', code: code.slice(0, 60), text: typeof text === 'string' ? text.slice(0, 500) : '', heard: heardOf(result) };
}
