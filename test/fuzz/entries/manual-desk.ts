import { ManualDesk } from '#connectors/manual-desk';
import { encodeBody, type OrderDispatched } from '#contracts';
import { parseStrictJson, sha256Hex } from '#kernel';
import type { TypedAnswer } from '#connector-sdk';
import { readReceipt } from '../../../apps/bank-connector/src/adapters/http/uploaded-receipt.js';
import { checkReceipt } from '../../../apps/bank-connector/src/use-cases/add-receipt/add-receipt.js';
import { fuzzed } from '../fuzzed-parser.js';
import { bytes, code, invalid } from './refusals.js';
import { COURT_ORDERS } from './samples.js';

const desk = new ManualDesk();
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
  '1e400',
  '-1',
  '1.005',
  '\\ud800',
  '"seq"',
  '"found"',
  '"executed"',
  '"2026-02-30"',
];
const PDF = '%PDF-1.7\n% a scan\n%%EOF\n';

const prior = { authority: '武汉市江岸区人民法院', document: '(2025)鄂0102执保88号', amount: '60000.00', until: '2026-09-01' };
const moved = { principal: '2000.00', interest: '1.50', serial: 'S1', valueDate: '2026-04-03', channel: 'interbank', state: 'sent' };
const CONTROL = [
  {
    lines: [
      {
        seq: 1,
        status: 'executed',
        limit: '66213.50',
        covered: '62310.45',
        from: '2026-03-10',
        to: '2027-03-09',
        rank: 1,
        priorMeasures: [prior],
      },
    ],
  },
  { lines: [{ seq: 1, status: 'refused', reason: { code: 'NO_ACCOUNT', text: '无此账户' } }] },
  { lines: [{ seq: 1, status: 'executed', moved, priorityRights: [{ type: 'pledge', holder: '某公司' }] }] },
];
const holding = { account: '4201', kind: 'current', currency: 'CNY', state: 'normal', balance: '1.00', available: '1.00' };
const INQUIRY = [
  { result: 'no-account' },
  { lines: [{ ...holding, restriction: { code: 'wages', deduct: 'above-reserve', reserve: '0.50' }, coOwners: ['某甲'] }] },
  { lines: [{ ...holding, asset: { productNumber: 'P1', shares: '10', unitPrice: '1.01' }, priorMeasures: [prior] }] },
];

/** What was typed, once it fits the contract that the gateway reads by. @throws AppError `contract-broken` */
function fitting(content: TypedAnswer, { orderNumber, bank }: OrderDispatched): TypedAnswer {
  const original = { digest: DIGEST, size: 0, contentType: 'application/json', signature: 'absent' } as const;
  const answeredAt = '2026-03-10T03:52:04.000Z';
  encodeBody('order.answered.v1', { ...content, orderNumber, bank, answeredAt, original, receipts: [], factLeafHash: DIGEST });
  return content;
}

const json = (value: unknown): Buffer => bytes(JSON.stringify(value));

/** What clerks type and upload. */
export const MANUAL_DESK = [
  ...(
    [
      ['control', COURT_ORDERS.freeze.order, CONTROL],
      ['inquiry', COURT_ORDERS.inquiry.order, INQUIRY],
    ] as const
  ).map(([what, order, samples]) =>
    fuzzed({
      name: `desk-answer-${what}`,
      samples: () => samples.map(json),
      pieces: PIECES,
      read: (input) => fitting(desk.readAnswer(parseStrictJson(input), order, new Set(order.lines.map(({ seq }) => seq))), order),
      refuses: invalid,
    }),
  ),
  fuzzed({
    name: 'desk-rollback',
    samples: () => [json({ code: '0404', note: '执行款账户信息有误', contact: '司法查控岗', phone: '027-88880000' })],
    pieces: PIECES,
    read: (input) => fitting(desk.readRollback(parseStrictJson(input)), COURT_ORDERS.freeze.order),
    refuses: invalid,
  }),
  fuzzed({
    name: 'desk-receipt-file',
    samples: () => [bytes(PDF), bytes(PDF.repeat(80))],
    pieces: ['%PDF-', '%%EOF', '\n', 'MZ', '<html>', '\u0000', 'ÿØÿ'],
    read: async (input) => {
      const receipt = readReceipt(Buffer.from(input));
      await checkReceipt(receipt);
      return receipt;
    },
    refuses: code('invalid', 'too-large', 'unsupported-media-type'),
  }),
  fuzzed({
    name: 'desk-receipt-json',
    samples: () => [
      json({ content: bytes(PDF).toString('base64') }),
      json({ name: '回执.pdf', content: bytes(PDF).toString('base64'), sha256: sha256Hex(bytes(PDF)) }),
    ],
    pieces: [...PIECES, '"sha256"', '"name"', '"content"', '=', '-', '../', '\\u0000'],
    read: async (input) => {
      const receipt = readReceipt(parseStrictJson(input));
      await checkReceipt(receipt);
      return receipt;
    },
    refuses: code('invalid', 'too-large', 'unsupported-media-type'),
    write: ({ name, bytes: content, sha256 }) =>
      json({ name, content: content.toString('base64'), ...(sha256 === undefined ? {} : { sha256 }) }),
    holds: ({ bytes: content }, input) => {
      const stated = (JSON.parse(input.toString('utf8')) as { readonly content: string }).content;
      if (content.toString('base64') !== stated) throw new Error('other bytes than stand there');
    },
  }),
];
