import { sha256Hex } from '#kernel';
import { DEBTOR, OWN_BANK } from './sample-bank.js';

const DOCUMENT = Buffer.from('%PDF-1.7 协助执行通知书', 'utf8');
const PAPERS: Readonly<Record<string, readonly string[]>> = {
  SF01: ['10'],
  SF02: ['21', '22'],
  SF03: ['21', '22'],
  SF04: ['31', '32'],
  SF05: ['41', '42'],
};

export interface RealtimeOrder {
  readonly reqNo: string;
  readonly [member: string]: unknown;
}

let count = 0;

/** An order of the realtime-json dialect as the court writes it. */
export function realtimeOrder(tranCode: string, items: readonly object[], more: object = {}): RealtimeOrder {
  count += 1;
  return {
    v: 1,
    reqNo: `2026031042010688${String(count).padStart(8, '0')}`,
    tranCode,
    instCode: 'hubeibank',
    court: { code: '420106', name: '武汉市武昌区人民法院' },
    caseNo: '(2026)鄂0106执1234号',
    officer: { name: '李晓', workCertNo: '鄂0106-0231', dutyCertNo: '鄂执-10231' },
    cust: { custType: '1', name: DEBTOR.name, certType: DEBTOR.idType, certNo: DEBTOR.idNumber },
    docs: (PAPERS[tranCode] ?? []).map((docType) => ({ docType, sha256: sha256Hex(DOCUMENT), content: DOCUMENT.toString('base64') })),
    ...(items.length > 0 ? { items: items.map((item, i) => ({ seq: i + 1, ccy: 'CNY', ...item })) } : {}),
    ...(tranCode === 'SF05'
      ? { payee: { name: OWN_BANK.name, acctNo: OWN_BANK.number, bankName: OWN_BANK.bankName, bankNo: OWN_BANK.bankNumber } }
      : {}),
    ...more,
  };
}

export const realtimeFreeze = (acctNo: string, frzAmt: string): RealtimeOrder =>
  realtimeOrder('SF02', [{ acctNo, frzAmt, scope: '1', beginDate: '2026-03-02', endDate: '2027-03-01' }]);
