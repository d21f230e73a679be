import type { DoorCall, DoorReply } from '../tls-door.js';
import { JWS_HEADER } from './bank-jws.js';
import type { CounterReply, RealtimeCounter } from './realtime-counter.js';

const ORDERS = '/orders';
const DAY_STATEMENTS = '/day-statements';

/** The calls that a counter answers, by their paths below the bank's address. */
export function counterCalls(counter: RealtimeCounter): (call: DoorCall) => Promise<DoorReply> {
  return async ({ method, path, headers, bytes }) => {
    const given = headers[JWS_HEADER];
    const signature = typeof given === 'string' ? given : undefined;
    if (method === 'POST' && path === ORDERS) return replyOf(await counter.order(bytes, signature));
    if (method === 'POST' && path === DAY_STATEMENTS) return replyOf(await counter.day(bytes, signature));
    if (method === 'GET' && path?.startsWith(`${ORDERS}/`))
      return replyOf(await counter.status(decodeURIComponent(path.slice(ORDERS.length + 1)), signature));
    return { kind: 'reply', status: 404 };
  };
}

function replyOf(reply: CounterReply): DoorReply {
  if (reply.kind === 'broken') return reply;
  if (reply.kind === 'unsigned') return { kind: 'reply', status: reply.status };
  const headers = { 'content-type': 'application/json', [JWS_HEADER]: reply.signature };
  return { kind: 'reply', status: reply.status, headers, body: reply.body };
}
