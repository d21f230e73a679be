import { describe, expect, it } from '@jest/globals';
import type { ControlLine } from '#contracts';
import { freeze, freezeOf, inquiry } from '../fixtures/orders.js';
import { AT, BDHM, bytesOf, kzxx } from '../fixtures/feedback.js';
import {
  COURT_STATUS_TABLE,
  courtCodes,
  cutFeedback,
  readCourtFeedback,
  ROLLBACK_CODES,
  writeElement,
  xmlElement,
  type XmlElement,
} from './index.js';

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const { orderNumber } = freeze;
const CODES = courtCodes(COURT_STATUS_TABLE);
const read = (record: XmlElement, order = freeze) => readCourtFeedback(bytesOf(record), order, 'plain', CODES);

function lineOf(record: XmlElement): ControlLine | undefined {
  const reading = read(record);
  return reading.kind === 'answer' && 'control' in reading.content ? reading.content.control.lines[0] : undefined;
}

describe('feedback to a control order', () => {
  it('is read with all its figures', () =>
    expect(read(kzxx({ EX1_RANK: '1' }))).toEqual({
      kind: 'answer',
      orderNumber,
      answeredAt: '2026-03-10T03:52:04.000Z',
      receivedAt: '2026-03-10T03:52:03.120Z',
      content: {
        control: {
          lines: [
            {
              seq: 1,
              status: 'executed',
              limit: cny('66213.50'),
              covered: cny('62310.45'),
              uncovered: cny('3903.05'),
              balance: cny('62310.45'),
              available: cny('0.00'),
              rank: 1,
              from: '2026-03-10',
              to: '2027-03-09',
            },
          ],
        },
      },
    }));

  it.each([
    [{ KZZT: '2', WNKZYY: '无申请控制账号' }, 'refused', 'NO_ACCOUNT'],
    [{ KZZT: '2', WNKZYY: '别的原因' }, 'refused', 'OTHER'],
    [{ KZZT: '2', WNKZYY: '别的原因', EX1_REASON: 'EXEMPT_ACCOUNT' }, 'refused', 'EXEMPT_ACCOUNT'],
    [{ EX1_STATUS: 'partial' }, 'partly-executed', undefined],
    [{ KZZT: '2', EX1_STATUS: 'processing', EX1_EXPECTEDON: '2026-03-11' }, 'in-progress', undefined],
    [{ KZZT: '2', EX1_STATUS: 'partial' }, 'undetermined', 'FORMAT'],
    [{ KZZT: '3' }, 'undetermined', 'FORMAT'],
    [{ KZZT: undefined }, 'undetermined', 'FORMAT'],
    [{ KHZH: '4201000000000012' }, 'undetermined', 'FORMAT'],
    [{ KZNR: '3' }, 'undetermined', 'FORMAT'],
    [{ SKJE: '1e3' }, 'undetermined', 'FORMAT'],
    [{ SKJE: '0.001' }, 'undetermined', 'FORMAT'],
    [{ CSJSRQ: '2027-02-30' }, 'undetermined', 'FORMAT'],
    [{ EX1_BZ: '999' }, 'undetermined', 'FORMAT'],
    [
      { EX1_MOVED: '1.00', EX1_SERIAL: 's', EX1_VALUEDATE: '2026-04-02', EX1_CHANNEL: 'interbank', EX1_CREDIT: 'lost' },
      'undetermined',
      'FORMAT',
    ],
  ])('%j is %s', (change, status, code) => {
    const line = lineOf(kzxx(change));
    expect([line?.status, line?.reason?.code]).toEqual([status, code]);
  });

  it('reads four decimals and 19 characters of a date', () =>
    expect(lineOf(kzxx({ SKJE: '62310.4500', CSJSRQ: '2027-03-09 23:59:59' }))).toMatchObject({
      covered: cny('62310.45'),
      to: '2027-03-09',
    }));

  it('leaves the dates of a refused line out, which say nothing', () => expect(lineOf(kzxx({ KZZT: '2' }))).not.toHaveProperty('from'));

  it.each([
    ['another order', kzxx({ BDHM: '1' })],
    ['a line that was not asked', kzxx({ CCXH: '2' })],
    ['no line', kzxx({ CCXH: undefined })],
    ['no time', kzxx({ EX1_ANSWEREDAT: undefined })],
    ['an inquiry', xmlElement('zhxx', { BDHM, CCXH: '1', ...AT })],
    ['no record of an answer', xmlElement('kzqq', { BDHM, ...AT })],
  ])('cannot be read when it is about %s', (_, record) => expect(read(record).kind).toBe('unreadable'));

  it('cannot be read when a line is answered twice', () =>
    expect(readCourtFeedback(bytesOf(kzxx(), kzxx()), freeze, 'plain', CODES).kind).toBe('unreadable'));

  it('leaves the other lines whole', () => {
    const order = freezeOf(1, 2);
    const records = [kzxx({ KHZH: undefined }), kzxx({ KHZH: undefined, CCXH: '2', KZZT: '7' })];
    const reading = readCourtFeedback(bytesOf(...records), order, 'plain', CODES);
    expect(reading).toMatchObject({ content: { control: { lines: [{ status: 'executed' }, { status: 'undetermined' }] } } });
  });
});

describe('an order that is given back', () => {
  const htxx = (code: string) =>
    xmlElement('htxx', { BDHM, XCHTYY: code, XCHTBZ: '缺少裁定书', XCHTR: '司法查控岗', XCHTDH: '027', ...AT });

  it.each(Object.keys(ROLLBACK_CODES))('is read with code %s', (code) =>
    expect(read(htxx(code))).toMatchObject({
      content: { rollback: { code, note: '缺少裁定书', contact: '司法查控岗', phone: '027' } },
    }),
  );

  it.each(['', '99', '0405'])('cannot be read with the unknown code %j', (code) => expect(read(htxx(code)).kind).toBe('unreadable'));
});

describe('feedback to an inquiry', () => {
  const zhxx = (change: Record<string, string | undefined> = {}, children: readonly XmlElement[] = []) =>
    xmlElement(
      'zhxx',
      {
        BDHM,
        CCXH: '1',
        KHZH: '4201',
        CCLB: '活期',
        ZHZT: '正常',
        BZ: '156',
        YE: '1.00',
        KYYE: '1.00',
        FKSJ: '2026-03-10 11:52:04',
        ...change,
      },
      children,
    );

  it.each([
    [zhxx(), 'found'],
    [zhxx({ KHZH: '', BEIZ: '查无开户信息' }), 'no-account'],
    [zhxx({ KHZH: '', EX1_RESULT: 'identity-mismatch' }), 'identity-mismatch'],
  ])('says what was found (%#)', (record, result) => expect(read(record, inquiry)).toMatchObject({ content: { inquiry: { result } } }));

  it.each([
    ['neither an account nor that there is none', zhxx({ KHZH: '' })],
    ['an account and that there is none', zhxx({ EX1_RESULT: 'no-account' })],
    ['a result that is not known', zhxx({ EX1_RESULT: 'maybe' })],
    ['a currency that is not known', zhxx({ BZ: '040' })],
    ['no balance', zhxx({ YE: '' })],
  ])('cannot be read when it says %s', (_, record) => expect(read(record, inquiry).kind).toBe('unreadable'));

  it('is read with every list', () => {
    const record = zhxx({ EX1_RESTRICTION: 'wages', EX1_RESERVE: '3120.33', EX1_BASIS: '工资卡' }, [
      xmlElement('jrxxList', {}, [xmlElement('jrxx', { ZCXH: '1', JRCPBH: 'P1', SE: '80000', ZCDWJG: '1.0123' })]),
      xmlElement('djxxList', {}, [
        xmlElement('djxx', { CSXH: '1', DJJG: '江岸区法院', DJWH: '一号', DJJE: '60000.00', DJJZRQ: '2026-09-01' }),
      ]),
      xmlElement('qlxxList', {}, [
        xmlElement('qlxx', { XH: '1', QLLX: '质权', QLR: '某银行', QLJE: '5.00' }),
        xmlElement('qlxx', { XH: '2', QLLX: '共有', QLR: '王某' }),
      ]),
      xmlElement('EX1_MEASURES', {}, [
        xmlElement('EX1_MEASURE', {
          YDJDH: '1',
          CCXH: '2',
          DJXE: '3.00',
          SKJE: '2.00',
          CESKJE: '1.00',
          EX1_RANK: '1',
          EX1_ENDED: 'expired',
        }),
      ]),
      xmlElement('wlxxList', {}, [
        xmlElement('wlxx', {
          WLXH: '1',
          ZJLX: '贷',
          BZ: '156',
          JE: '9.00',
          JYSJ: '2026-03-01 10:00:00',
          JYLSH: 'S1',
          EX1_BALANCE: '10.00',
        }),
      ]),
    ]);
    expect(read(record, inquiry)).toMatchObject({
      answeredAt: '2026-03-10T03:52:04.000Z',
      content: {
        inquiry: {
          holdings: [
            {
              account: '4201',
              kind: 'current',
              currency: 'CNY',
              state: 'normal',
              restriction: { code: 'wages', reserve: cny('3120.33'), basis: '工资卡' },
              asset: { productNumber: 'P1', shares: '80000', unitPrice: '1.0123' },
              priorMeasures: [{ authority: '江岸区法院', document: '一号', amount: cny('60000.00'), until: '2026-09-01' }],
              priorityRights: [{ type: '质权', holder: '某银行', amount: cny('5.00') }],
              coOwners: ['王某'],
              measures: [
                { orderNumber: '1', seq: 2, limit: cny('3.00'), covered: cny('2.00'), uncovered: cny('1.00'), rank: 1, ended: 'expired' },
              ],
              transactions: [
                { serial: 'S1', at: '2026-03-01T02:00:00.000Z', direction: 'credit', amount: cny('9.00'), balance: cny('10.00') },
              ],
            },
          ],
        },
      },
    });
  });
});

describe('bookings that came apart', () => {
  const account = (CCXH: string) =>
    xmlElement('zhxx', { BDHM, CCXH, KHZH: `4201${CCXH}`, CCLB: '活期', ZHZT: '正常', BZ: '156', YE: '1.00', KYYE: '1.00', ...AT });
  const booking = (CCXH: string, JYLSH: string, change: Record<string, string> = {}) =>
    xmlElement('wlxx', { BDHM, CCXH, WLXH: '1', ZJLX: '借', BZ: '156', JE: '1.00', JYSJ: '2026-03-01 10:00:00', JYLSH, ...change });
  const readAll = (...records: readonly XmlElement[]) => readCourtFeedback(bytesOf(...records), inquiry, 'plain', CODES);

  it('belong to the account that they name', () =>
    expect(readAll(account('1'), account('2'), booking('2', 'S1'), booking('2', 'S2'))).toMatchObject({
      content: {
        inquiry: { holdings: [{ transactions: [] }, { transactions: [{ serial: 'S1', direction: 'debit' }, { serial: 'S2' }] }] },
      },
    }));

  it.each([
    ['an account that is not named', [account('1'), booking('3', 'S1')]],
    ['another order', [account('1'), booking('1', 'S1', { BDHM: '9' })]],
    ['a side that is not known', [account('1'), booking('1', 'S1', { ZJLX: '1' })]],
    ['nothing else', [booking('1', 'S1')]],
    ['a control order', [kzxx(), booking('1', 'S1')]],
  ])('cannot be read with %s', (_, records) => expect(readAll(...records).kind).toBe('unreadable'));
});

describe('a document of many answers', () => {
  const record = (order: string, seq: string) => xmlElement('zhxx', { BDHM: order, CCXH: seq });
  const document = (...records: readonly XmlElement[]) =>
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<zhxxList>\n  ${records.map((one) => writeElement(one, 'base64-gbk')).join('\n  ')}\n</zhxxList>`,
    );

  it('is cut into the exact bytes of each', () => {
    const [a1, a2, b1] = [record('A', '1'), record('A', '2'), record('B', '1')];
    const text = (...records: readonly XmlElement[]) => records.map((one) => writeElement(one, 'base64-gbk')).join('');
    expect(cutFeedback(document(a1, a2, b1), 'base64-gbk')).toEqual([
      { orderNumber: 'A', kind: 'inquiry', bytes: Buffer.from(text(a1, a2)) },
      { orderNumber: 'B', kind: 'inquiry', bytes: Buffer.from(text(b1)) },
    ]);
  });

  it.each([
    ['records of one order apart', document(record('A', '1'), record('B', '1'), record('A', '2'))],
    ['a number that leads elsewhere', document(record('../A', '1'))],
    ['no number', document(record('', '1'))],
    ['something else', document(xmlElement('cxqq', { BDHM: 'A' }))],
  ])('is not cut with %s', (_, bytes) => expect(() => cutFeedback(bytes, 'base64-gbk')).toThrow());
});
