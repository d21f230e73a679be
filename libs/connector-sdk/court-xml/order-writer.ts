import { AppError, invariant } from '#kernel';
import type { Action, OrderDispatched, OrderLine } from '#contracts';
import type { AttributeCoding } from './attribute-coding.js';
import { COMMERCIAL_BANK, ID_TYPES, MEASURE_CODES, NATURE_CODES, SCOPE_CODES, SOCIAL_CREDIT_CODE } from './codes.js';
import { documentKey } from './documents-writer.js';
import { writtenCurrency } from './values.js';
import { xmlElement, type XmlElement } from './xml-element.js';
import { writeElement } from './xml-writer.js';

export const QUERY_LIST = 'cxqqList';
export const CONTROL_LIST = 'kzqqList';

/**
 * One order as one record (`cxqq` or `kzqq`), the same bytes for the same order; these are what the court signs. Lists are made of such
 * records by `wrapRecords`. Documents travel apart; the record names their digests, so that the signature holds for them too.
 * @throws AppError `unsupported-by-dialect` when a part of the order has no place in the record
 */
export function writeCourtOrder(order: OrderDispatched, coding: AttributeCoding): Buffer {
  return Buffer.from(writeElement(courtOrder(order), coding), 'utf8');
}

/** The list that a record of this action stands in. */
export function listOfAction(action: Action): typeof QUERY_LIST | typeof CONTROL_LIST {
  return action === 'inquire' ? QUERY_LIST : CONTROL_LIST;
}

export function courtOrder(order: OrderDispatched): XmlElement {
  if (order.action === 'inquire') return xmlElement('cxqq', inquiryHead(order));
  invariant(order.lines.length > 0, 'a control order has lines');
  const lines = order.lines.map((line) => controlLine(order, line));
  return xmlElement('kzqq', { ...head(order, NATURE_CODES.control), ...extensions(order) }, [xmlElement('kzzhlist', {}, lines)]);
}

function head({ orderNumber, case: { number, courtCode, courtName }, officer, debtor, documents }: OrderDispatched, nature: string) {
  const credential = (kind: 'work' | 'duty') => officer.credentials.find((one) => one.kind === kind)?.number;
  const isListed = Object.hasOwn(ID_TYPES, debtor.idType);
  if (!isListed && debtor.idType !== SOCIAL_CREDIT_CODE) {
    throw new AppError('unsupported-by-dialect', `证件类型 ${debtor.idType} 没有对应的代码`);
  }
  return {
    BDHM: orderNumber,
    LB: COMMERCIAL_BANK,
    XZ: nature,
    XM: debtor.name,
    ZJLX: isListed ? debtor.idType : undefined,
    EX1_IDTYPE: isListed ? undefined : debtor.idType,
    DSRZJHM: debtor.idNumber,
    FYMC: courtName,
    FYDM: courtCode,
    CBR: officer.name,
    YHDH: officer.phone,
    AH: number,
    GZZBH: credential('work'),
    GWZBH: credential('duty'),
    CKH: documents.find(({ type }) => type.endsWith('-notice'))?.title,
  };
}

function inquiryHead(order: OrderDispatched): Readonly<Record<string, string | undefined>> {
  const { transactions } = order;
  return {
    ...head(order, NATURE_CODES.inquiry),
    CKKSSJ: transactions?.from,
    CKJSSJ: transactions?.to,
    WSBH: documentKey(order),
    ...extensions(order),
  };
}

/** What the contract needs and the record of 2016 has no attribute for; named and explained in docs/dialects/court-xml.md. */
function extensions({ legalPerson, lane, documents }: OrderDispatched): Readonly<Record<string, string | undefined>> {
  return {
    EX1_LEGALPERSON: legalPerson,
    EX1_LANE: lane?.id,
    EX1_LANENO: lane === undefined ? undefined : String(lane.number),
    EX1_DOCUMENTS: documents.map(({ type, sha256 }) => `${type}:${sha256}`).join(' ') || undefined,
  };
}

/** Kinds of holding that are no deposit (KZLX 2). */
const ASSET_KINDS: ReadonlySet<string> = new Set(['wealth-product', 'fund', 'bond', 'trust']);

function controlLine(order: OrderDispatched, line: OrderLine): XmlElement {
  const { action, documents } = order;
  invariant(action !== 'inquire', 'an inquiry has no lines');
  return xmlElement('kzzh', {
    CCXH: String(line.seq),
    KZLX: line.productNumber !== undefined || ASSET_KINDS.has(line.kind) ? '2' : '1',
    KZCS: MEASURE_CODES[action],
    KHZH: line.account,
    CCLB: line.kind,
    KZNR: line.scope && SCOPE_CODES[line.scope],
    KSRQ: line.from,
    JSRQ: line.to,
    BZ: writtenCurrency(line.currency),
    JE: amountOf(line, line.amount),
    CKWH: documents.find(({ type }) => type.endsWith('-ruling'))?.number,
    ...(action === 'deduct' ? courtAccount(order) : {}),
    YDJAH: line.original?.caseNumber,
    YDJDH: line.original?.orderNumber,
    EX1_ORIGINALSEQ: line.original && String(line.original.seq),
    EX1_NEWLIMIT: amountOf(line, line.newLimit),
    JRCPBH: line.productNumber,
  });
}

/** The record names one currency for a line, so a sum in another could only be misread. */
function amountOf({ currency }: OrderLine, money: OrderLine['amount']): string | undefined {
  if (money !== undefined && money.currency !== currency) throw new AppError('unsupported-by-dialect', '同一序号只能有一个币种');
  return money?.amount;
}

function courtAccount({ courtAccount: account, lines }: OrderDispatched): Readonly<Record<string, string | undefined>> {
  if (account === undefined) return {};
  const isLocal = lines.every(({ currency }) => currency === 'CNY');
  return {
    ZXKZHHM: account.name,
    ZXKZHKHH: account.bankName,
    ZXKZHKHHHH: account.bankNumber,
    ZXKZHZH: account.number,
    ZXKZHLX: isLocal ? '人民币' : '外币',
    EX1_SUBACCOUNT: account.subAccount,
  };
}
