import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { DayAsked, HttpClient } from '#connector-sdk';
import { encodeBody, type OrderDispatched } from '#contracts';
import { decimalsOf, isLegalDate } from '#kernel';
import { Ed25519Verifier } from '#trust';
import { orderNumberHint } from '../../../libs/connector-sdk/order-number-hint.js';
import { BankCalls } from '../../../libs/connectors/realtime-json/bank-call.js';
import { parseJws } from '../../../libs/connectors/realtime-json/jws/header.js';
import { verifyJws } from '../../../libs/connectors/realtime-json/jws/verify.js';
import { readAnswer } from '../../../libs/connectors/realtime-json/read-answer.js';
import { readDay } from '../../../libs/connectors/realtime-json/read-day.js';
import { readNotice } from '../../../libs/connectors/realtime-json/notice.js';
import type { CourtSignatures } from '../../../libs/connectors/realtime-json/signatures.js';
import { fuzzed, REFUSED, refusedFor } from '../fuzzed-parser.js';
import { file, files } from '../places.js';
import { bytes } from './refusals.js';
import { answerOf, FREEZE } from './samples.js';

const SAMPLES = 'docs/dialects/samples/realtime-json';
const DIGEST = '0'.repeat(64);
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '""',
  'null',
  'true',
  '1e400',
  '-1',
  '0.1',
  '\\ud800',
  '\\u0000',
  '"seq"',
  '"E101"',
  '"S"',
  'constructor',
];

const order = (action: OrderDispatched['action'], n: number): OrderDispatched => ({
  ...FREEZE,
  action,
  orderNumber: `2026031042010600000002${String(n).padStart(2, '0')}`,
  lines: action === 'inquire' ? [] : FREEZE.lines,
});

/** Each action with the samples that answer its order. */
const ANSWERS = [
  ['freeze', 1, /^answer-(freeze|freeze-waiting|processing|refused|rollback)\.json$/],
  ['deduct', 5, /^answer-deduct/],
  ['inquire', 6, /^answer-inquire(-no-account|-identity-mismatch)?\.json$/],
] as const;

const SEED = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 5)]);
const key = createPrivateKey({ key: SEED, format: 'der', type: 'pkcs8' });
const publicKey = new Ed25519Verifier(createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString(), 'court-sample');
const BODY = Buffer.from('{"v":1}');
const HEADER = Buffer.from(file(`${SAMPLES}/jws/order-freeze.jws`).toString('latin1').split('.')[0] ?? '', 'base64url');
const { iat, aud, sub } = JSON.parse(HEADER.toString('utf8')) as { readonly iat: number; readonly aud: string; readonly sub: string };

/** The header as it stands, signed by a key that counts: whatever is wrong with it must be found without the help of the signature. */
async function signedHeader(header: Buffer) {
  const protectedPart = header.toString('base64url');
  const signature = sign(null, Buffer.concat([Buffer.from(`${protectedPart}.`, 'latin1'), BODY]), key).toString('base64url');
  const keys = {
    at: iat * 1000,
    keyOf: (kid: string) => (kid === 'court-sample' ? { key: publicKey } : { fault: 'key-unknown' as const }),
  };
  const verdict = await verifyJws(`${protectedPart}..${signature}`, BODY, { aud, msg: 'order', sub, irt: undefined }, keys);
  return verdict.valid ? verdict.header : refusedFor(verdict.fault);
}

/** The days and the page of the sample that the bytes were made from, as far as they can be told from them: we ask for days that there are. */
function askedOf(input: Buffer): DayAsked {
  const text = input.toString('utf8');
  const day = (name: string): string => {
    const said = new RegExp(`"${name}":"([0-9-]{10})"`).exec(text)?.[1] ?? '';
    return isLegalDate(said) ? said : '2026-03-10';
  };
  return { from: day('beginDate'), to: day('endDate'), page: text.includes('"page":2') ? 2 : 1 };
}

/** A bank that replies with these bytes and a signature that holds. */
function replyOf(status: number, body: Buffer) {
  const client = { call: () => Promise.resolve({ kind: 'reply', status, headers: {}, body }) };
  const signatures = {
    signCall: () => Promise.resolve({ value: 'x', jti: 'y' }),
    judgeState: () => Promise.resolve({ worth: { signature: 'valid', keyId: 'bank-1' } }),
  };
  const calls = new BankCalls(client as unknown as HttpClient, signatures as unknown as CourtSignatures);
  return calls.make({ msg: 'query', orderNumber: FREEZE.orderNumber }, new AbortController().signal);
}

/** Answers, notices, replies and signatures of the bank that is called over HTTPS. */
export const REALTIME_JSON = [
  ...ANSWERS.map(([action, n, fits]) =>
    fuzzed({
      name: `json-answer-${action}`,
      samples: () => files(SAMPLES, fits),
      pieces: PIECES,
      read: (input) => answerOf(readAnswer(input, order(action, n)), order(action, n)),
    }),
  ),
  fuzzed({
    name: 'json-notice',
    samples: () => files(SAMPLES, /^notice-/),
    pieces: PIECES,
    read: (input) => {
      const reading = readNotice(input);
      if (reading.kind === 'unreadable') return refusedFor(reading.reason);
      const original = { digest: DIGEST, size: 0, contentType: 'application/json', signature: 'valid' } as const;
      encodeBody('bank.notified.v1', { ...reading.notice, bank: FREEZE.bank, original, factLeafHash: DIGEST });
      return reading.notice;
    },
  }),
  fuzzed({
    name: 'json-day-statement',
    samples: () => files(SAMPLES, /^day-statement/),
    pieces: [...PIECES, '"seq":0', '"R"', '"amt":"0.001"', '"JPY"', '"pages":1001', '"page":2'],
    read: (input) => {
      const reading = readDay(input, askedOf(input));
      if (reading.kind === 'unreadable') return refusedFor(reading.reason);
      const { page: part, pages: parts, ...said } = reading.page;
      const original = { digest: DIGEST, size: 0, contentType: 'application/json', signature: 'valid' } as const;
      encodeBody('bank.stated.v1', { ...said, bank: FREEZE.bank, version: 1, part, parts, original, factLeafHash: DIGEST });
      return reading.page;
    },
    holds: ({ totals, items }) => {
      const money = [...totals.flatMap(({ sums }) => sums), ...items.flatMap(({ amount }) => (amount ? [amount] : []))];
      // The gateway counts in minor units: an amount has exactly the decimals of its currency.
      const wrong = money.filter(({ amount, currency }) => (amount.split('.')[1] ?? '').length !== decimalsOf(currency));
      if (wrong.length > 0) throw new Error('an amount with other decimals than its currency');
    },
  }),
  ...([202, 404, 422] as const).map((status) =>
    fuzzed({
      name: `json-reply-${status}`,
      samples: () => [file(`${SAMPLES}/state-${{ 202: 'accepted', 404: 'not-found', 422: 'rejected' }[status]}.json`)],
      pieces: PIECES,
      read: async (input) => {
        const heard = await replyOf(status, input);
        return heard.kind === 'unknown' ? refusedFor(heard.reason) : heard;
      },
      holds: (heard) => {
        if ('text' in heard && /\p{Surrogate}/u.test(heard.text)) throw new Error('half a character in a reason');
      },
    }),
  ),
  fuzzed({
    name: 'jws',
    samples: () => [file(`${SAMPLES}/jws/order-freeze.jws`).subarray(0)].map((one) => bytes(one.toString('latin1').trim())),
    pieces: ['.', '..', '=', '-', '_', ' ', HEADER.toString('base64url'), 'AA', '\n'],
    read: (input) => {
      const parsed = parseJws(input.toString('latin1'));
      return typeof parsed === 'string' ? refusedFor(parsed) : parsed;
    },
    write: ({ protectedPart, signaturePart }) => bytes(`${protectedPart}..${signaturePart}`),
  }),
  fuzzed({
    name: 'jws-header',
    samples: () => [HEADER],
    pieces: [...PIECES, '"alg":"none"', '"alg":"HS256"', '"crit":["b64"]', '"b64":true', '"jwk":{}', '"x5u":"http://a"', '"irt"', '"kid"'],
    read: signedHeader,
    holds: (header, input) => {
      const stated = JSON.parse(input.toString('utf8')) as Readonly<Record<string, unknown>>;
      const lies = Object.entries(header).filter(([name, value]) => stated[name] !== value);
      if (lies.length > 0 || stated['alg'] !== 'EdDSA' || stated['b64'] !== false) throw new Error('another header than was signed');
    },
  }),
  fuzzed({
    name: 'order-number-hint',
    samples: () => [bytes('{"orderNumber" : "202603104201060000000201", "x": 1'), bytes('{"orderNumber":"A-1"}')],
    pieces: ['"orderNumber"', ':', '"', ' ', '{', '1', '-'],
    read: (input) => orderNumberHint(input) ?? REFUSED,
    write: (number) => bytes(`{"orderNumber":"${number}"}`),
  }),
];
