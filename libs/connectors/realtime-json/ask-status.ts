import type { StatusOutcome } from '#connector-sdk';
import type { BankCalls } from './bank-call.js';

/** `GET <bank>/orders/<reqNo>`. `not-found` needs the bank's signature over this very number: a router's 404 says nothing about an order. */
export async function askStatus(calls: BankCalls, orderNumber: string, signal: AbortSignal): Promise<StatusOutcome> {
  const heard = await calls.make({ msg: 'query', orderNumber }, signal);
  switch (heard.kind) {
    case 'answer':
      return { kind: 'answered', heard: heard.heard };
    case 'rejected':
      // What was not asked for is no answer to a question.
      return { kind: 'unknown', reason: 'status-422' };
    default:
      return heard;
  }
}
