import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import type { BankAnswer } from '../../book/order.js';
import type { OrderRecord } from '../../store/order-rows.js';
import { readRequest } from './request-reader.js';
import { responseText } from './response-writer.js';

const bytes = readFileSync(new URL('../../../../../docs/dialects/samples/iso20022-inquiry/request-order.xml', import.meta.url));
const changed = (from: string | RegExp, to: string): Buffer => Buffer.from(bytes.toString('utf8').replace(from, to));
const AT = Date.UTC(2026, 2, 10, 3, 52, 4);

const recordOf = (answer?: BankAnswer): OrderRecord => ({
  bank: 'isobank',
  orderNumber: '202603104201060000000101',
  action: 'inquire',
  digest: '',
  receivedAt: AT,
  state: answer ? 'answered' : 'received',
  ...(answer ? { answer, answeredAt: AT } : {}),
  toDeliver: false,
});
const told = (answer?: BankAnswer): string => responseText(readRequest(bytes, []), recordOf(answer));
const account = {
  account: '1',
  kind: 'current',
  currency: 'CNY',
  state: 'normal',
  balance: '1.00',
  available: '1.00',
  priorMeasures: [],
  priorityRights: [],
  measures: [],
} as const;

describe('a register', () => {
  it('reads the published request', () => {
    const { order, documents, officer } = readRequest(bytes, ['F001H101420101001']);
    expect(order).toEqual({
      orderNumber: '202603104201060000000101',
      action: 'inquire',
      legalPerson: 'F001H101420101001',
      subject: { name: '陈志远', idType: '01', idNumber: '420106190001010019' },
      authority: '武汉市武昌区人民法院',
      caseNumber: '(2026)鄂0106执1234号',
      lines: [],
    });
    expect(documents).toMatchObject([{ type: 'inquiry-notice', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(officer).toEqual({ workId: '鄂0106-0231', dutyId: '鄂执-10231' });
  });

  it.each<[string, string | RegExp, string]>([
    ['no XML', /^/, '&'],
    ['no number', /<InvstgtnId>.*<\/InvstgtnId>/, ''],
    ['another question', 'supl.027.001.01', 'fin.002.001.03'],
    ['a kind of number that nobody knows', '<Cd>PIC</Cd>', '<Cd>XXX</Cd>'],
  ])('refuses %s', (_what, from, to) => expect(() => readRequest(changed(from, to), [])).toThrow(AppError));

  it.each<[string, BankAnswer | undefined, readonly string[]]>([
    ['that it needs time', undefined, ['<RspnSts>NRES</RspnSts>', '<InvstgtnSts>NFOU</InvstgtnSts>']],
    ['that there is nothing', { kind: 'inquiry', result: 'no-account', accounts: [] }, ['<RspnSts>COMP</RspnSts>', '>NFOU<']],
    ['why it does not answer', { kind: 'rollback', code: '0402', note: '缺少证件' }, ['>NOAP<', '<AddtlInf>0402 缺少证件</AddtlInf>']],
    [
      'an account',
      { kind: 'inquiry', result: 'found', accounts: [{ ...account, kind: 'margin', restriction: 'unheard-of' }] },
      ['<Sts>ENAB</Sts><Ccy>CNY</Ccy><AvrgBal>1.00</AvrgBal>', '<Id>R99</Id><Issr>CHAKONG</Issr>'],
    ],
  ])('says %s', (_what, answer, pieces) => {
    for (const piece of pieces) expect(told(answer)).toContain(piece);
    expect(told(answer)).toBe(told(answer));
  });
});
