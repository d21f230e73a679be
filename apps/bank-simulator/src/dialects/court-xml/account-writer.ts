import { courtXml } from '#connector-sdk';
import { isCurrency } from '#kernel';
import type { AccountKind, Opaque } from '../../book/model.js';
import type { AccountReport, MeasureReport, OwnMeasureReport, TransactionReport } from '../../book/order.js';

/** What the bank writes where a debtor has no account (R27). */
export const NOTHING_FOUND = '查无开户信息';

/** The bank's words for its kinds of account. */
const KINDS: Readonly<Record<AccountKind, string>> = {
  current: '活期',
  savings: '储蓄',
  term: '定期',
  wages: '工资户',
  'wealth-product': '理财',
  margin: '保证金',
  closed: '销户',
};
const STATES: Readonly<Record<string, string>> = { normal: '正常', closed: '销户' };

type Attributes = Readonly<Record<string, string>>;

/** One `zhxx` with its lists. `head` goes first and `extensions` last. */
export function accountRecord(head: Attributes, report: AccountReport, extensions: Attributes): courtXml.XmlElement {
  const attributes = {
    ...head,
    KHZH: report.account,
    CCLB: KINDS[report.kind],
    ZHZT: STATES[report.state] ?? report.state,
    BZ: currencyNumber(report.currency),
    YE: report.balance,
    KYYE: report.available,
    FKSJ: extensions['EX1_ANSWEREDAT']?.slice(0, 19),
    BEIZ: '',
    ...extensions,
    ...restrictionOf(report.restriction),
  };
  return courtXml.xmlElement('zhxx', attributes, [
    ...assetList(report),
    ...measureList(report.priorMeasures),
    ...rightList(report.priorityRights),
    ...ownMeasureList(report.measures),
    ...bookingList(report.transactions, report.currency),
  ]);
}

/** The number of a currency; a bank does not keep accounts in one that has none. */
export function currencyNumber(currency: string): string {
  return courtXml.currencyNumber(currency) ?? '';
}

function list(name: string, children: readonly courtXml.XmlElement[]): readonly courtXml.XmlElement[] {
  return [courtXml.xmlElement(name, {}, children)];
}

function assetList({ asset, currency, kind, balance }: AccountReport): readonly courtXml.XmlElement[] {
  if (!asset) return [];
  const record = courtXml.xmlElement('jrxx', {
    ZCXH: '1',
    ZCMC: KINDS[kind],
    JLDW: '份',
    BZ: currencyNumber(currency),
    ZCDWJG: asset.unitPrice,
    SE: asset.shares,
    JRCPBH: asset.productNumber,
    ZCZJE: balance,
  });
  return list('jrxxList', [record]);
}

export function measureList(measures: readonly MeasureReport[] | undefined): readonly courtXml.XmlElement[] {
  if (!measures) return [];
  const records = measures.map(({ authority, document, amount, until }, i) =>
    courtXml.xmlElement('djxx', { CSXH: String(i + 1), DJJZRQ: until, DJJG: authority, DJWH: document, DJJE: amount }),
  );
  return list('djxxList', records);
}

/** Whoever set the account up may have given a word or an object; the record has attributes. */
export function rightList(rights: readonly Opaque[] | undefined): readonly courtXml.XmlElement[] {
  if (!rights) return [];
  const records = rights.map((right, i) => {
    const members = membersOf(right);
    const type = typeof right === 'string' ? right : (textOf(members['type']) ?? 'priority');
    return courtXml.xmlElement('qlxx', {
      XH: String(i + 1),
      QLLX: type,
      QLR: textOf(members['holder']) ?? '',
      QLJE: amountOf(members['amount']),
    });
  });
  return list('qlxxList', records);
}

function ownMeasureList(measures: readonly OwnMeasureReport[]): readonly courtXml.XmlElement[] {
  const records = measures.map((measure) =>
    courtXml.xmlElement('EX1_MEASURE', {
      YDJDH: measure.orderNumber,
      CCXH: String(measure.line),
      DJXE: measure.limit,
      SKJE: measure.covered,
      CESKJE: measure.uncovered,
      EX1_RANK: String(measure.rank),
      EX1_ENDED: measure.ended,
    }),
  );
  return list('EX1_MEASURES', records);
}

function bookingList(transactions: readonly TransactionReport[] | undefined, currency: string): readonly courtXml.XmlElement[] {
  return transactions ? list('wlxxList', bookingRecords(transactions, currency)) : [];
}

/** @param head keys of the account, where the records stand apart from it */
export function bookingRecords(
  transactions: readonly TransactionReport[],
  currency: string,
  head: Attributes = {},
): readonly courtXml.XmlElement[] {
  return transactions.map((one, i) =>
    courtXml.xmlElement('wlxx', {
      ...head,
      WLXH: String(i + 1),
      ZJLX: one.direction === 'out' ? '借' : '贷',
      BZ: currencyNumber(currency),
      JE: one.amount,
      JYSJ: courtXml.courtTime(one.at),
      JYLSH: one.serial,
      BEIZ: one.remark,
      EX1_BALANCE: one.balance,
    }),
  );
}

function restrictionOf(restriction: Opaque | undefined): Readonly<Record<string, string | undefined>> {
  if (restriction === undefined) return {};
  const members = membersOf(restriction);
  return {
    EX1_RESTRICTION: typeof restriction === 'string' ? restriction : (textOf(members['code']) ?? 'restricted'),
    EX1_RESERVE: amountOf(members['reserve']),
    EX1_BASIS: textOf(members['basis']),
  };
}

function membersOf(value: Opaque): Readonly<Record<string, Opaque>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Opaque>>) : {};
}

function textOf(value: Opaque | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An amount given as text or as money; another currency than the account's is none that a record could say. */
function amountOf(value: Opaque | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const { amount, currency } = membersOf(value ?? null);
  return typeof amount === 'string' && (typeof currency !== 'string' || isCurrency(currency)) ? amount : undefined;
}
