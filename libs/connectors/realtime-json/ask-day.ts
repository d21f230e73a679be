import type { DayAsked, DayOutcome, HttpClient } from '#connector-sdk';
import { heardOf } from './bank-call.js';
import { BODY_VERSION } from './body/write-head.js';
import { JWS_HEADER } from './jws/header.js';
import type { Payloads } from './payload.js';
import { readDay } from './read-day.js';
import type { CourtSignatures } from './signatures.js';

/** What a question about a day goes through on its way to the bank and back. */
export interface DayLine {
  readonly client: HttpClient;
  readonly signatures: CourtSignatures;
  readonly payloads: Payloads;
}

/** What both signatures of a page name. */
export function daySubject({ from, to, page }: DayAsked): string {
  return `${from}/${to}/${page}`;
}

/** The body of a question; its exact bytes are signed. */
export function dayQuery({ from, to, page }: DayAsked): Buffer {
  return Buffer.from(JSON.stringify({ v: BODY_VERSION, beginDate: from, endDate: to, page }), 'utf8');
}

/**
 * `POST <bank>/day-statements`: one page of the bank's side of some days. A status other than 200 moves nothing and costs nothing, so it needs no
 * signature; what is to be compared with our books needs the bank's, over this very page.
 */
export async function askDay({ client, signatures, payloads }: DayLine, asked: DayAsked, signal: AbortSignal): Promise<DayOutcome> {
  const body = dayQuery(asked);
  const sub = daySubject(asked);
  const { value, jti } = await signatures.signCall(body, 'day-query', sub);
  const headers = { [JWS_HEADER]: value, 'content-type': 'application/json' };
  const result = await client.call({ method: 'POST', path: '/day-statements', headers, body: await payloads.seal(body) }, signal);
  if (result.kind === 'no-reply') return { kind: 'unknown', reason: result.reason };
  if (result.status !== 200) return { kind: 'not-ready', reason: `status-${result.status}` };
  const heard = await payloads.open(heardOf(result, jti));
  const { worth, fault } = await signatures.judgeDay(heard, sub);
  // What is not the bank's is not parsed.
  if (worth.signature !== 'valid') return { kind: 'page', heard, worth, reading: { kind: 'unreadable', reason: fault ?? worth.signature } };
  return { kind: 'page', heard, worth, reading: readDay(heard.bytes, asked) };
}
