import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBody, type OrderAnswered, type OrderDispatched } from '#contracts';
import { withOwnCodes, type AnswerReading } from '#connector-sdk';
import { CODES } from './codes.js';
import { SAMPLE_ORDERS } from './fixtures/orders.js';
import { readNotice } from './notice.js';
import { readAnswer } from './read-answer.js';

/** A campaign asks for more: `FUZZ_RUNS=100000 npm test -- libs/connectors/realtime-json/readers`. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);
const CAMPAIGN_MS = 3_600_000;

const corpus = new URL('fixtures/corpus/', import.meta.url);
const samples = new URL('../../../docs/dialects/samples/realtime-json/', import.meta.url);
const namesIn = (folder: URL, prefix: string): string[] => readdirSync(folder).filter((name) => name.startsWith(prefix));

function sampleOrder(name: string): OrderDispatched {
  const found = SAMPLE_ORDERS[name];
  if (!found) throw new Error(`no order ${name}`);
  return found;
}
const freeze = sampleOrder('order-freeze');
const inquiry = sampleOrder('order-inquire');

/** What was read fits the contract that the gateway reads by; nothing else may come out of a reader. */
function assertSayable(order: OrderDispatched, reading: AnswerReading): void {
  if (reading.kind === 'unreadable') return;
  const leaf = '0'.repeat(64);
  const original = { digest: leaf, size: 0, contentType: 'application/json', signature: 'valid' } as const;
  const { orderNumber, answeredAt, content } = reading;
  const body: OrderAnswered = { ...content, orderNumber, bank: order.bank, answeredAt, original, receipts: [], factLeafHash: leaf };
  encodeBody('order.answered.v1', body);
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Any value somewhere in the message replaced, left out, or put in twice. */
const mutated = (bytes: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.nat(10_000),
      fc.oneof(fc.jsonValue(), fc.constantFrom('', 'S', 'F', '0.00', '-1.00', '1e9', 1e308, 0.1, null, [], {})),
      fc.nat(3),
    )
    .map(([at, value, how]) => {
      const places: { holder: Record<string, Json>; name: string }[] = [];
      const message = JSON.parse(bytes.toString('utf8')) as Json;
      collect(message, places);
      const place = places[at % places.length];
      if (!place) return bytes;
      if (how === 0) delete place.holder[place.name];
      else place.holder[place.name] = value as Json;
      const text = JSON.stringify(message);
      return Buffer.from(how === 1 ? text.replace('{', `{${JSON.stringify(place.name)}:${JSON.stringify(value)},`) : text, 'utf8');
    });

function collect(value: Json, places: { holder: Record<string, Json>; name: string }[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) {
    const holder = value as Record<string, Json>;
    places.push({ holder, name });
    collect(holder[name] ?? null, places);
  }
}

/** Bytes changed, cut or put in, as a line or a disk would. */
const damaged = (bytes: Buffer): fc.Arbitrary<Buffer> =>
  fc.tuple(fc.nat(bytes.length), fc.nat(20), fc.uint8Array({ maxLength: 20 })).map(([at, gone, put]) => {
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
  });

const anyOf = (bytes: Buffer): fc.Arbitrary<Buffer> =>
  fc.oneof(
    mutated(bytes),
    damaged(bytes),
    fc.uint8Array({ maxLength: 400 }).map((raw) => Buffer.from(raw)),
  );

describe('the corpus', () => {
  const readCorpus = (name: string): Buffer => readFileSync(new URL(name, corpus));

  it.each(namesIn(corpus, 'unreadable-answer-'))('%s is no answer', (name) => {
    expect(readAnswer(readCorpus(name), freeze)).toMatchObject({ kind: 'unreadable' });
  });

  it.each(namesIn(corpus, 'unreadable-inquiry-'))('%s is no answer to an inquiry', (name) => {
    expect(readAnswer(readCorpus(name), inquiry)).toMatchObject({ kind: 'unreadable' });
  });

  it.each(namesIn(corpus, 'undetermined-answer-'))('%s leaves its line undetermined, and never done or refused', (name) => {
    expect(readAnswer(readCorpus(name), freeze)).toMatchObject({
      kind: 'answer',
      content: { control: { lines: [{ seq: 1, status: 'undetermined', reason: { code: 'FORMAT' } }] } },
    });
  });

  it.each(namesIn(corpus, 'unreadable-notice-'))('%s is no notice', (name) => {
    expect(readNotice(readCorpus(name))).toMatchObject({ kind: 'unreadable' });
  });

  it('has something of everything', () => {
    expect(namesIn(corpus, '').length).toBeGreaterThan(45);
  });
});

describe('the readers, whatever comes', () => {
  it.each(namesIn(samples, 'answer-'))(
    'answer for every mutation of %s, and say only what the contract can say',
    (name) => {
      const bytes = readFileSync(new URL(name, samples));
      const { reqNo } = JSON.parse(bytes.toString('utf8')) as { reqNo: string };
      const order = Object.values(SAMPLE_ORDERS).find(({ orderNumber }) => orderNumber === reqNo) ?? freeze;
      fc.assert(
        fc.property(anyOf(bytes), (input) => assertSayable(order, readAnswer(input, order))),
        { numRuns: RUNS },
      );
    },
    CAMPAIGN_MS,
  );

  it.each(namesIn(samples, 'notice-'))(
    'answer for every mutation of %s',
    (name) => {
      fc.assert(
        fc.property(anyOf(readFileSync(new URL(name, samples))), (input) => {
          const reading = readNotice(input);
          if (reading.kind === 'notice') expect(reading.notice.noticeId).toMatch(/^[!-~]{1,80}$/);
        }),
        { numRuns: RUNS },
      );
    },
    CAMPAIGN_MS,
  );
});

describe("a bank's own codes", () => {
  const codes = withOwnCodes('b', CODES, {
    status: { Z1: 'executed' },
    reason: { K12: 'ACCOUNT_CLOSED' },
    rollback: { R7: '0403' },
    accountKind: { '31': 'current' },
  });
  const read = (name: string, from: string, to: string, order: OrderDispatched) => {
    const text = readFileSync(new URL(`${name}.json`, samples), 'utf8');
    expect(text).toContain(from);
    const bytes = Buffer.from(text.replaceAll(from, to).replaceAll(/"reqNo": ?"[^"]*"/g, `"reqNo":"${order.orderNumber}"`));
    return [CODES, codes].map((tables) => readAnswer(bytes, order, tables));
  };

  it('tell what a status means; without them the line is undetermined', () =>
    expect(read('answer-freeze', '"S"', '"Z1"', freeze)).toMatchObject([
      { content: { control: { lines: [{ status: 'undetermined' }] } } },
      { content: { control: { lines: [{ status: 'executed' }] } } },
    ]));

  it('tell a reason; without them the line is undetermined', () =>
    expect(read('answer-refused', '"E103"', '"K12"', freeze)).toMatchObject([
      { content: { control: { lines: [{ status: 'undetermined' }] } } },
      { content: { control: { lines: [{ status: 'refused', reason: { code: 'ACCOUNT_CLOSED' } }] } } },
    ]));

  it('tell why an order was given back; without them the answer cannot be read', () =>
    expect(read('answer-rollback', '"0403"', '"R7"', freeze)).toMatchObject([
      { kind: 'unreadable' },
      { content: { rollback: { code: '0403' } } },
    ]));

  it('tell a kind of account; without them the answer cannot be read', () =>
    expect(read('answer-inquire', '"11"', '"31"', inquiry)).toMatchObject([{ kind: 'unreadable' }, { kind: 'answer' }]));
});
