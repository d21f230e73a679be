import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '#kernel';
import { courtXml, type PullCall } from '#connector-sdk';
import { freeze, inquiry } from '../../connector-sdk/fixtures/orders.js';
import { PollXml } from './index.js';

/**
 * Inputs of one property in a test run; a campaign sets FUZZ_RUNS. Every input that ever broke
 * a reader is a file in corpus/ and runs first, for ever.
 */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const CORPUS = new URL('./corpus/', import.meta.url);
const FIXTURES = new URL('./fixtures/', import.meta.url);
const connector = new PollXml();
const anybody = (): void => undefined;

const saved = readdirSync(CORPUS).map((name) => readFileSync(new URL(name, CORPUS)));
const samples = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES)));

/** Cuts, doubles, replaces and inserts pieces that parsers stumble over. */
const PIECES = [
  '<',
  '>',
  '"',
  '&',
  '&amp;',
  '<!DOCTYPE a>',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '</',
  '/>',
  '\u0000',
  '\r\n',
  '=',
  'AAAA',
  '\ufffd',
  '<a>',
  '</soap:Body>',
  '<?x?>',
];
const damaged = (originals: readonly Buffer[]) =>
  fc
    .tuple(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 }))), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([bytes, changes]) =>
      changes.reduce((now, [at, cut, put]) => {
        const from = at % (now.length + 1);
        return Buffer.concat([now.subarray(0, from), Buffer.from(put), now.subarray(from + cut)]);
      }, bytes),
    );

/** What the web service does with a body: a call with its content, or a refusal that its caller is told. */
function take(body: Buffer): PullCall | undefined {
  try {
    const call = connector.readCall(body, anybody);
    if (['query-feedback', 'control-feedback', 'rollback', 'transactions', 'receipts'].includes(call.operation))
      connector.readContent(call);
    return call;
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return undefined;
    throw error;
  }
}

describe('the SOAP entry', () => {
  it('still answers everything that it was saved for', () => {
    for (const bytes of saved) expect(() => take(bytes)).not.toThrow();
  });

  it('answers every damaged envelope, and never lets another user or operation come out of it by itself', () => {
    fc.assert(
      fc.property(damaged(samples), (body) => void take(body)),
      { numRuns: RUNS },
    );
  });

  it('answers every bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => expect(take(Buffer.from(bytes))).toBeUndefined()),
      { numRuns: RUNS },
    );
  });
});

describe('the reader of feedback', () => {
  const feedback = ['query-feedback', 'control-feedback', 'control-feedback-deduct', 'rollback', 'query-feedback-nothing'].map((name) => {
    const plain = readFileSync(new URL(`../../connector-sdk/court-xml/fixtures/${name}.xml`, import.meta.url));
    return courtXml.writeDocument(courtXml.decodeElement(courtXml.readXml(plain), 'plain'), 'base64-gbk');
  });

  it('answers every damaged document, and reads another answer out of none without a change of what stands there', () => {
    fc.assert(
      fc.property(damaged(feedback), fc.constantFrom(freeze, inquiry), (bytes, order) => {
        const reading = connector.readAnswer(bytes, order);
        if (reading.kind === 'answer') expect(reading.orderNumber).toBe(order.orderNumber);
        else expect(reading.reason).not.toBe('');
      }),
      { numRuns: RUNS },
    );
  });

  /** An accepted lie would be an amount that is not the text that stands there. */
  it('reads every figure exactly, or says that it cannot', () => {
    const figure = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: fc.constantFrom(...'0123456789.-+e, '), maxLength: 16 }));
    const of = (SKJE: string): Buffer =>
      Buffer.from(
        courtXml.writeElement(
          courtXml.xmlElement('kzxx', {
            BDHM: freeze.orderNumber,
            CCXH: '1',
            KZZT: '1',
            SKJE,
            CSKSRQ: '',
            CSJSRQ: '',
            EX1_ANSWEREDAT: '2026-03-10 11:52:04',
          }),
          'base64-gbk',
        ),
      );
    fc.assert(
      fc.property(
        figure.filter((text) => !/[\u0000-\u001f\ufffd-\uffff]|\p{Surrogate}/u.test(text)),
        (text) => {
          const reading = connector.readAnswer(of(text), freeze);
          const line = reading.kind === 'answer' && 'control' in reading.content ? reading.content.control.lines[0] : undefined;
          if (line?.status !== 'executed') return;
          const [whole = '', fraction = ''] = text.trim().split('.');
          const exact = `${whole}.${fraction
            .padEnd(2, '0')
            .replace(/(?<=^.{2,})0+$/, '')
            .padEnd(2, '0')}`;
          // A sign before nothing says nothing.
          expect(line.covered?.amount).toBe(text.trim() === '' ? undefined : exact === '-0.00' ? '0.00' : exact);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
