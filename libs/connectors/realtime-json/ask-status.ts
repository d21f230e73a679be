import type { StatusOutcome } from '#connector-sdk';
import type { HttpClient } from './client/http-client.js';
import { heardOf } from './client/heard.js';
import { receivedAtOf, replyMembers } from './client/reply-body.js';

/** `GET <bank>/orders/<orderNumber>`. A 404 counts only with the bank's own word in it; a router's 404 says nothing about the order. */
export async function askStatus(client: HttpClient, orderNumber: string, signal: AbortSignal): Promise<StatusOutcome> {
  const result = await client.call({ method: 'GET', path: `/orders/${encodeURIComponent(orderNumber)}` }, signal);
  if (result.kind === 'no-reply') return { kind: 'unknown', reason: result.reason };
  switch (result.status) {
    case 200:
      return { kind: 'answered', heard: heardOf(result) };
    case 202:
      return { kind: 'accepted', ...receivedAtOf(replyMembers(result.body)) };
    case 404:
      return replyMembers(result.body)['status'] === 'not-found' ? { kind: 'not-found' } : { kind: 'unknown', reason: 'status-404' };
    default:
      return { kind: 'unknown', reason: `status-${result.status}` };
  }
}
