import type { SendOutcome, WireOrder } from '#connector-sdk';
import type { BankCalls } from './bank-call.js';

/** `POST <bank>/orders`. Whatever is neither an answer, nor taken, nor refused with a reason is `unknown`: the status query finds out. */
export async function sendOrder(calls: BankCalls, { orderNumber, bytes }: WireOrder, signal: AbortSignal): Promise<SendOutcome> {
  const heard = await calls.make({ msg: 'order', orderNumber, body: bytes }, signal);
  switch (heard.kind) {
    case 'answer':
      return { kind: 'answered', heard: heard.heard };
    case 'not-found':
      // To an order this is no word at all.
      return { kind: 'unknown', reason: 'status-404' };
    default:
      return heard;
  }
}
