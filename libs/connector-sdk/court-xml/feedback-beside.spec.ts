import { describe, expect, it } from '@jest/globals';
import type { ControlLine } from '#contracts';
import { freeze, inquiry } from '../fixtures/orders.js';
import { AT, BDHM, bytesOf, kzxx } from '../fixtures/feedback.js';
import { withOwnCodes } from '../profile-codes.js';
import { COURT_STATUS_TABLE, courtCodes, cutFeedback, md5Hex, readCourtFeedback, xmlElement, type XmlElement } from './index.js';

const CODES = courtCodes(COURT_STATUS_TABLE);

describe("a bank's own codes", () => {
  const own = {
    status: { Z1: 'executed', '1/half': 'partly-executed' },
    reason: { K12: 'ACCOUNT_CLOSED', 户已销: 'ACCOUNT_CLOSED' },
    rollback: { R7: '0403' },
    accountKind: { '26': 'current' },
    accountState: { 久悬: 'dormant' },
    restriction: { GZ: 'wages' },
    credit: { Q: 'credited' },
  } as const;
  const codes = withOwnCodes('b', CODES, own);
  const both = (record: XmlElement, order = freeze) =>
    [CODES, codes].map((tables) => readCourtFeedback(bytesOf(record), order, 'plain', tables));

  it.each<[string, Record<string, string>, Partial<ControlLine>]>([
    ['a status', { KZZT: 'Z1' }, { status: 'executed' }],
    ['a status with its extension', { KZZT: '1', EX1_STATUS: 'half' }, { status: 'partly-executed' }],
  ])('tell what %s means; without them the line is undetermined', (_, change, line) => {
    expect(both(kzxx(change))).toMatchObject([
      { content: { control: { lines: [{ status: 'undetermined' }] } } },
      { content: { control: { lines: [line] } } },
    ]);
  });

  it.each([
    ['code', { EX1_REASON: 'K12', WNKZYY: '不能' }],
    ['text', { WNKZYY: '户已销' }],
  ])('tell a reason by its %s', (_, change) =>
    expect(both(kzxx({ KZZT: '2', ...change }))[1]).toMatchObject({
      content: { control: { lines: [{ status: 'refused', reason: { code: 'ACCOUNT_CLOSED' } }] } },
    }),
  );

  it('tell why an order was given back; without them the answer cannot be read', () =>
    expect(both(xmlElement('htxx', { BDHM, XCHTYY: 'R7', ...AT }))).toMatchObject([
      { kind: 'unreadable' },
      { kind: 'answer', content: { rollback: { code: '0403' } } },
    ]));

  it('name kinds and states of accounts and their restrictions', () => {
    const zhxx = {
      BDHM: inquiry.orderNumber,
      CCXH: '1',
      KHZH: '1',
      CCLB: '26',
      ZHZT: '久悬',
      BZ: '156',
      YE: '1.00',
      KYYE: '1.00',
      EX1_RESTRICTION: 'GZ',
    };
    expect(both(xmlElement('zhxx', { ...zhxx, ...AT }), inquiry)[1]).toMatchObject({
      content: { inquiry: { holdings: [{ kind: 'current', state: 'dormant', restriction: { code: 'wages' } }] } },
    });
  });
});

describe('a receipt beside an answer', () => {
  const paper = Buffer.from('%PDF-1.7 …');
  const hzxx = (change: Record<string, string> = {}) =>
    xmlElement('hzxx', {
      BDHM,
      WJMC: '回执.pdf',
      WJLX: 'pdf',
      WSLB: '回执',
      WSNR: paper.toString('base64'),
      MD5: md5Hex(paper),
      ...change,
    });
  const readBoth = (...records: readonly XmlElement[]) => readCourtFeedback(bytesOf(...records), freeze, 'plain', CODES);

  it('is read with what it says', () =>
    expect(readBoth(kzxx(), hzxx({ EX1_XM: freeze.debtor.name, EX1_AH: freeze.case.number, EX1_JE: '62310.45' }))).toMatchObject({
      kind: 'answer',
      receipts: [{ name: '回执.pdf', content: paper }],
    }));

  it.each<[string, Record<string, string>]>([
    ['another number', { BDHM: '1' }],
    ['another MD5', { MD5: '0'.repeat(32) }],
    ['another debtor', { EX1_XM: '陈致远' }],
    ['another case', { EX1_AH: '(2026)鄂0106执1号' }],
    ['another sum', { EX1_JE: '66213.50' }],
    ['another class', { WSLB: '裁定书' }],
  ])('of %s makes the answer unreadable', (_, change) => expect(readBoth(kzxx(), hzxx(change)).kind).toBe('unreadable'));

  it('that does not agree is told apart from an answer that cannot be read', () => {
    expect(readBoth(kzxx(), hzxx({ EX1_JE: '0.07' }))).toMatchObject({ isMismatch: true });
    expect(readBoth(kzxx({ CCXH: '9' }), hzxx())).not.toHaveProperty('isMismatch');
  });

  it('is cut out with the records that it stands behind, and stands behind none of its own', () => {
    const list = (...records: readonly XmlElement[]) => Buffer.from(`<kzxxList>${bytesOf(...records).toString()}</kzxxList>`);
    expect(cutFeedback(list(kzxx(), hzxx()), 'plain')).toEqual([{ orderNumber: BDHM, kind: 'control', bytes: bytesOf(kzxx(), hzxx()) }]);
    expect(() => cutFeedback(list(hzxx()), 'plain')).toThrow('no record of an answer');
  });
});
