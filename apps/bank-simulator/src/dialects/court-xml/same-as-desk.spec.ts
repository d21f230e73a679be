import { describe, expect, it } from '@jest/globals';
import { courtXml, orderForCore } from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import { startOfLegalDate } from '#kernel';
import type { BankAnswer, LineReport } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';
import { answerForClerk } from '../manual-desk/answer-writer.js';
import { orderOf } from '../manual-desk/order-reader.js';
import { writeBookings, writeFeedback } from './feedback-writer.js';
import { readCourtOrder } from './order-reader.js';

/** What the bank says must mean the same to the court in records and at a desk, and what the court asks the same to the bank. */

const CODINGS: readonly courtXml.AttributeCoding[] = ['plain', 'base64-gbk'];
const cny = (amount: string) => ({ amount, currency: 'CNY' });

const inquiry: OrderDispatched = {
  orderNumber: '202603104201060000000102',
  requestId: 'r',
  action: 'inquire',
  bank: 'hankoubank',
  legalPerson: 'hankoubank',
  dispatchedAt: '2026-03-10T03:52:00.000Z',
  case: {
    id: 'c',
    number: '(2026)鄂0106执1234号',
    kind: 'execution',
    status: 'open',
    courtCode: '420106',
    courtName: '武汉市武昌区人民法院',
  },
  officer: {
    id: 'o',
    name: '李晓',
    phone: '027-00000000',
    validTo: '2036-01-01',
    filedTo: '2036-01-01',
    credentials: [
      { kind: 'work', number: '鄂0106-0231' },
      { kind: 'duty', number: '鄂执-10231' },
    ],
  },
  debtor: { id: 'd', kind: 'person', name: '陈𠮷远', idType: '01', idNumber: '420106190001010019' },
  documents: [paper('inquiry-notice')],
  lines: [],
  transactions: { from: '2026-01-01', to: '2026-03-10' },
};
const line = { seq: 1, account: '4201000000007755', currency: 'CNY', kind: 'current' };
const original = { orderNumber: '202603104201060000000202', seq: 2, caseNumber: '(2026)鄂0106执1234号' };
const { transactions: _, ...head } = inquiry;
const freeze: OrderDispatched = {
  ...head,
  action: 'freeze',
  documents: [paper('freeze-ruling'), paper('freeze-notice')],
  lines: [1, 2, 3].map((seq) => ({ ...line, seq, amount: cny('40000.00'), scope: 'funds', from: '2026-03-10', to: '2027-03-09' })),
};
const courtAccount = { name: '执行款专户', number: '4201', subAccount: '1234', bankName: '湖北银行', bankNumber: '313521000000' };
const ORDERS: readonly (readonly [string, OrderDispatched])[] = [
  ['an inquiry with bookings', inquiry],
  [
    'an inquiry of an organisation',
    { ...head, debtor: { ...head.debtor, kind: 'organisation', idType: 'USCC', idNumber: '91420100MA4FAKE00L' } },
  ],
  ['a freeze of three lines', freeze],
  [
    'a freeze of an account',
    { ...freeze, lines: [{ ...line, amount: cny('1.00'), scope: 'account', from: '2026-03-10', to: '2027-03-09' }] },
  ],
  ['a renewal', { ...freeze, action: 'renew', lines: [{ ...line, from: '2027-03-10', to: '2028-03-09', original }] }],
  ['a whole release', { ...freeze, action: 'release', lines: [{ ...line, newLimit: cny('0.00'), original }] }],
  ['a partial release', { ...freeze, action: 'release', lines: [{ ...line, newLimit: cny('12.34'), original }] }],
  ['a deduct', { ...freeze, action: 'deduct', courtAccount, lines: [{ ...line, amount: cny('40000.00'), original }] }],
];

function paper(type: string): OrderDispatched['documents'][number] {
  return { instrumentId: 'i', type, number: '一号', title: '文书', digest: 'd', sha256: 'ab'.repeat(32), size: 1, seal: '{}' };
}

describe.each(CODINGS)('an order in records (%s)', (coding) => {
  it.each(ORDERS)('%s says to the bank what it says to the core of a desk', (_name, order) => {
    const desk = orderOf(orderForCore(order, new Map()));
    const court = readCourtOrder(courtXml.writeCourtOrder(order, coding), coding);
    // The record names the ruling beside each line, which the other does not, and the scope of a freeze alone.
    const lines = court.order.lines.map((one) => ({ ...one, document: undefined }));
    expect({ ...court, order: { ...court.order, lines } }).toEqual(desk);
  });
});

const figures = { account: '4201000000007755', currency: 'CNY', balance: '100000.00', available: '40000.00' } as const;
const prior = { authority: '武汉市江岸区人民法院', document: '(2025)鄂0102执保88号', amount: '60000.00', until: '2026-09-01' };
const controlled: LineReport = {
  ...figures,
  seq: 1,
  status: 'executed',
  scope: 'funds',
  limit: '40000.00',
  covered: '39999.99',
  uncovered: '0.01',
  rank: 2,
  from: '2026-03-10',
  to: '2027-03-09',
  priorMeasures: [prior],
  priorityRights: ['质权', { type: '保证金', holder: '某银行', amount: '5.00' }],
};
const moved = {
  principal: '40000.00',
  interest: '0.00',
  fee: '0.00',
  serial: '2026040200000007',
  valueDate: '2026-04-03',
  channel: 'interbank',
  state: 'sent',
} as const;
const account = { ...figures, kind: 'wages', state: 'normal', priorMeasures: [prior], priorityRights: [], measures: [] } as const;
const ANSWERS: readonly (readonly [string, OrderDispatched, BankAnswer])[] = [
  ['nothing found', inquiry, { kind: 'inquiry', result: 'no-account', accounts: [] }],
  ['another identity', inquiry, { kind: 'inquiry', result: 'identity-mismatch', accounts: [] }],
  [
    'accounts with everything',
    inquiry,
    {
      kind: 'inquiry',
      result: 'found',
      accounts: [
        { ...account, restriction: { code: 'wages', reserve: '3120.33', basis: '工资卡' }, transactions: [] },
        {
          ...account,
          account: '2',
          kind: 'wealth-product',
          state: '挂失',
          restriction: 'pledge',
          asset: { productNumber: 'P1', shares: '80000', unitPrice: '1.0123' },
          measures: [
            { orderNumber: 'A', line: 1, limit: '3.00', covered: '2.00', uncovered: '1.00', rank: 1 },
            { orderNumber: 'B', line: 2, limit: '0.00', covered: '0.00', uncovered: '0.00', rank: 0, ended: 'exhausted' },
          ],
          transactions: [
            { at: '2026-03-01T02:00:00.000Z', direction: 'in', amount: '9.00', balance: '10.00', remark: '转入', serial: 'S1' },
            { at: '2026-03-02T02:00:00.000Z', direction: 'out', amount: '1.00', balance: '9.00', remark: '转出', serial: 'S2' },
          ],
        },
        { ...account, account: '3', kind: 'closed', state: 'closed', currency: 'USD', transactions: [] },
      ],
    },
  ],
  [
    'three lines, each with another end',
    freeze,
    {
      kind: 'control',
      lines: [
        controlled,
        { ...controlled, seq: 2, status: 'partly-executed', priorMeasures: [], priorityRights: [], moved },
        { ...figures, seq: 3, status: 'refused', reason: { code: 'EXEMPT_ACCOUNT', text: '该账户依法不得冻结、扣划' } },
      ],
    },
  ],
  ['a rollback', freeze, { kind: 'rollback', code: '0404', note: '执行款账户信息有误' }],
];

const WORDS: Readonly<Record<string, string>> = { done: 'executed', partial: 'partly-executed', out: 'debit', in: 'credit' };

/** The answer of a desk's core with the contract's words in the place of its own. */
function typed(record: OrderRecord) {
  const inWords = (name: string, value: unknown): unknown =>
    (name === 'status' || name === 'direction') && typeof value === 'string' ? (WORDS[value] ?? value) : value;
  const {
    format: _format,
    orderNumber,
    receivedAt,
    answeredAt,
    ...content
  } = JSON.parse(JSON.stringify(answerForClerk(record), inWords)) as Record<string, unknown>;
  return { orderNumber, receivedAt, answeredAt, content };
}

describe.each(CODINGS)('an answer in records (%s)', (coding) => {
  const recordOf = (order: OrderDispatched, answer: BankAnswer): OrderRecord => {
    const receivedAt = startOfLegalDate('2026-03-10') + 3_123;
    const { orderNumber, action } = order;
    return {
      bank: 'b',
      orderNumber,
      action,
      digest: 'd',
      receivedAt,
      answeredAt: receivedAt + 877,
      state: 'answered',
      answer,
      toDeliver: true,
    };
  };

  it.each(ANSWERS)('%s means to the court what a clerk would type', (_name, order, answer) => {
    const record = recordOf(order, answer);
    const { orderNumber, receivedAt, answeredAt, content } = typed(record);
    const inside = writeFeedback(record, coding).bytes;
    expect(courtXml.readCourtFeedback(inside, order, coding, courtXml.courtCodes(courtXml.COURT_STATUS_TABLE))).toEqual({
      kind: 'answer',
      orderNumber,
      receivedAt,
      answeredAt,
      content,
    });
  });

  it.each(ANSWERS)('%s means the same when its bookings came apart', (_name, order, answer) => {
    const record = recordOf(order, answer);
    const bookings = writeBookings(record, coding)?.bytes ?? Buffer.alloc(0);
    const apart = Buffer.concat([writeFeedback(record, coding, 'apart').bytes, bookings]);
    const inside = courtXml.readCourtFeedback(
      writeFeedback(record, coding).bytes,
      order,
      coding,
      courtXml.courtCodes(courtXml.COURT_STATUS_TABLE),
    );
    expect(courtXml.readCourtFeedback(apart, order, coding, courtXml.courtCodes(courtXml.COURT_STATUS_TABLE))).toEqual(inside);
  });
});
