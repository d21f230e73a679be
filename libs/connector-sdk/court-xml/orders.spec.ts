import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import type { OrderDispatched, OrderLine } from '#contracts';
import { freeze, inquiry } from '../fixtures/orders.js';
import {
  courtOrder,
  decodeElement,
  readXml,
  wrapRecords,
  writeCourtCredentials,
  writeCourtDocuments,
  writeCourtOrder,
  writeResults,
} from './index.js';

const [line] = freeze.lines as [OrderLine];
const original = { orderNumber: '202603104201060000000201', seq: 1, caseNumber: '(2025)鄂0102执保88号' };
const courtAccount = { name: '执行款专户', number: '4201', subAccount: '01', bankName: '湖北银行', bankNumber: '313521000000' };

const refusal = (order: OrderDispatched): string | undefined => {
  try {
    writeCourtOrder(order, 'plain');
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : 'other';
  }
};

describe('an order as a court record', () => {
  it('is one record, the same bytes every time', () =>
    expect(writeCourtOrder(freeze, 'plain').toString('utf8')).toBe(
      '<kzqq BDHM="202603104201060000000201" LB="YH" XZ="2" XM="陈志远" ZJLX="01" DSRZJHM="420106190001010019" FYMC="武汉市武昌区人民法院" FYDM="420106"' +
        ' CBR="李晓" YHDH="027-00000000" AH="(2026)鄂0106执1234号" GZZBH="鄂0106-0231" GWZBH="鄂执-10231" EX1_LEGALPERSON="hubeibank"' +
        ' EX1_LANE="0a1b2c3d4e5f60718293a4b5c6d7e8f9" EX1_LANENO="1"' +
        ' EX1_DOCUMENTS="freeze-ruling:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"><kzzhlist><kzzh CCXH="1" KZLX="1" KZCS="01"' +
        ' KHZH="4201000000000011" CCLB="current" KZNR="1" KSRQ="2026-03-10" JSRQ="2027-03-09" BZ="156" JE="66213.50" CKWH="(2026)鄂0106执1234号之一"/></kzzhlist></kzqq>',
    ));

  it('says the same in Base64 of GBK', () =>
    expect(decodeElement(readXml(writeCourtOrder(freeze, 'base64-gbk')), 'base64-gbk')).toEqual(courtOrder(freeze)));

  it('asks for bookings and names the key of its documents', () =>
    expect(courtOrder({ ...inquiry, transactions: { from: '2026-01-01', to: '2026-03-01' } })).toMatchObject({
      name: 'cxqq',
      attributes: { XZ: '1', CKKSSJ: '2026-01-01', CKJSSJ: '2026-03-01', WSBH: 'WS202603104201060000000201' },
      children: [],
    }));

  it.each<[OrderDispatched['action'], Partial<OrderLine>, object]>([
    [
      'renew',
      { original, to: '2028-03-09' },
      { KZCS: '02', JSRQ: '2028-03-09', YDJAH: original.caseNumber, YDJDH: original.orderNumber, EX1_ORIGINALSEQ: '1' },
    ],
    ['release', { original, newLimit: { amount: '0.00', currency: 'CNY' } }, { KZCS: '04', EX1_NEWLIMIT: '0.00' }],
    [
      'deduct',
      { original, kind: 'wealth-product', productNumber: 'P1' },
      { KZCS: '06', KZLX: '2', JRCPBH: 'P1', ZXKZHZH: '4201', ZXKZHKHHHH: '313521000000', ZXKZHLX: '人民币', EX1_SUBACCOUNT: '01' },
    ],
    ['freeze', { scope: 'account' }, { KZNR: '2' }],
  ])('%s says what its action needs', (action, more, attributes) =>
    expect(courtOrder({ ...freeze, action, courtAccount, lines: [{ ...line, ...more }] }).children[0]?.children[0]).toMatchObject({
      name: 'kzzh',
      attributes,
    }),
  );

  it('says 统一社会信用代码 as an extension, for which 2016 has no code', () => {
    const { attributes } = courtOrder({ ...freeze, debtor: { ...freeze.debtor, idType: 'USCC' } });
    expect([attributes['ZJLX'], attributes['EX1_IDTYPE']]).toEqual([undefined, 'USCC']);
  });

  it.each([
    [{ ...freeze, debtor: { ...freeze.debtor, idType: '99' } }],
    [{ ...freeze, debtor: { ...freeze.debtor, name: 'a\u0000b' } }],
    [{ ...freeze, lines: [{ ...line, currency: 'ZZZ' }] }],
    [{ ...freeze, lines: [{ ...line, currency: 'USD' }] }],
  ])('is refused where the record has no word for it (%#)', (order) => expect(refusal(order)).toBe('unsupported-by-dialect'));
});

describe('what travels beside an order', () => {
  const document = { type: 'freeze-ruling', number: '一号', title: '裁定书', sha256: 'ab', seal: '{}', content: Buffer.from('%PDF') };

  it('documents are keyed by WSBH for an inquiry and by BDHM for a control order', () => {
    const of = (order: OrderDispatched) =>
      decodeElement(readXml(writeCourtDocuments(order, [document], 'plain')), 'plain').children[0]?.attributes;
    expect(of(inquiry)).toMatchObject({
      WSBH: 'WS202603104201060000000201',
      XH: '1',
      WJLX: 'pdf',
      WSLB: '冻结裁定书',
      WSNR: 'JVBERg==',
      MD5: 'bfa4b10a76324b166cfdad5e02a63730',
    });
    expect(of(inquiry)).not.toHaveProperty('BDHM');
    expect(of(freeze)).toMatchObject({ BDHM: '202603104201060000000201' });
  });

  it('credentials go with their scans where there are any', () => {
    const officer = {
      ...freeze.officer,
      credentials: [
        { kind: 'work' as const, number: 'W', imageDigest: 'd' },
        { kind: 'duty' as const, number: 'D' },
      ],
    };
    const bytes = writeCourtCredentials({ ...freeze, officer }, new Map([['d', Buffer.from('scan')]]), 'plain');
    expect(decodeElement(readXml(bytes), 'plain').children[0]?.attributes).toEqual({
      BDHM: freeze.orderNumber,
      XH: '1',
      ZJMC: '李晓',
      GZZBM: 'W',
      GZZWJGS: 'jpg',
      GZZ: 'c2Nhbg==',
      GWZBM: 'D',
    });
  });

  it('records keep their bytes in a list', () => {
    const record = writeCourtOrder(inquiry, 'plain');
    expect(readXml(wrapRecords('cxqqList', [record, record])).children.map(({ source }) => Buffer.from(source))).toEqual([record, record]);
  });

  it('acknowledgements have one spelling', () =>
    expect(
      writeResults(
        'htjglist',
        [
          { orderNumber: '1', result: 'ok' },
          { orderNumber: '2', result: 'error', message: '无此单' },
        ],
        'plain',
      ).toString(),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<result><htjglist><jg bdhm="1" result="success" msg=""/><jg bdhm="2" result="fail" msg="无此单" errorMsg="无此单"/></htjglist></result>',
    ));
});
