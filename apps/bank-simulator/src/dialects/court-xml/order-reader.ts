import { courtXml } from '#connector-sdk';
import { AppError, errorText, parseAmount, type Minor } from '#kernel';
import type { OrderAction } from '../../book/model.js';
import type { BankOrder, CourtAccountOfOrder, OrderLine } from '../../book/order.js';
import type { OrderDocument, ReadOrder } from '../papers.js';

/** One order of a list, as the exact bytes that the court signed. */
export interface ServedRecord {
  readonly orderNumber: string;
  readonly bytes: Buffer;
}

const LISTS: ReadonlySet<string> = new Set(['cxqqList', 'kzqqList']);
const LINES_MAX = 1_000;

/** The bank's own table of measures: what it executes. Everything else it gives back. */
const ACTIONS: Readonly<Record<string, OrderAction>> = { '01': 'freeze', '02': 'renew', '04': 'release', '06': 'deduct' };
const SCOPES: Readonly<Record<string, 'funds' | 'account'>> = { '1': 'funds', '2': 'account' };

/** Runs `read` and says what was wrong in the simulator's own way. @throws AppError `invalid` */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof courtXml.NotReadable) throw new AppError('invalid', errorText(error), { cause: error });
    throw error;
  }
}

/** The records of a `cxqqList` or `kzqqList`. @throws AppError `invalid` */
export function cutOrders(list: Uint8Array, coding: courtXml.AttributeCoding): readonly ServedRecord[] {
  return reading(() => {
    const root = courtXml.readXml(list, { ...courtXml.XML_LIMITS, bytes: LIST_BYTES_MAX });
    if (!LISTS.has(root.name)) throw new courtXml.NotReadable('no list of orders');
    return root.children.map(({ source, attributes }) => ({
      orderNumber: courtXml.decodeAttribute(attributes['BDHM'] ?? '', coding),
      bytes: Buffer.from(source, 'utf8'),
    }));
  });
}

const LIST_BYTES_MAX = 64 * 1024 * 1024;

/** Reads one record, `cxqq` or `kzqq`. Attributes that are not known are passed by. @throws AppError `invalid` */
export function readCourtOrder(bytes: Uint8Array, coding: courtXml.AttributeCoding): ReadOrder {
  return reading(() => {
    const record = courtXml.decodeElement(courtXml.readXml(bytes), coding);
    if (record.name !== 'cxqq' && record.name !== 'kzqq') throw new courtXml.NotReadable('no order');
    const lines = courtXml.childrenOf(record, 'kzzhlist', 'kzzh', LINES_MAX);
    return {
      order: orderOf(record, record.name === 'cxqq' ? 'inquire' : actionOf(lines), lines),
      documents: documentsOf(record),
      officer: { workId: courtXml.valueOf(record, 'GZZBH') ?? '', dutyId: courtXml.valueOf(record, 'GWZBH') ?? '' },
    };
  });
}

/** An order has one measure for all its lines. */
function actionOf(lines: readonly courtXml.XmlElement[]): OrderAction {
  const codes = new Set(lines.map((line) => courtXml.codeOf(line, 'KZCS', ACTIONS)));
  const [action, ...more] = codes;
  if (action === undefined || more.length > 0) throw new courtXml.NotReadable('not one measure');
  return action;
}

function orderOf(record: courtXml.XmlElement, action: OrderAction, lines: readonly courtXml.XmlElement[]): BankOrder {
  const from = courtXml.dayOf(record, 'CKKSSJ');
  const to = courtXml.dayOf(record, 'CKJSSJ');
  return {
    orderNumber: courtXml.exactText(record, 'BDHM', 30),
    action,
    legalPerson: courtXml.valueOf(record, 'EX1_LEGALPERSON'),
    subject: {
      name: courtXml.exactText(record, 'XM', 200),
      idType: courtXml.valueOf(record, 'ZJLX') ?? courtXml.exactText(record, 'EX1_IDTYPE', 20),
      idNumber: courtXml.valueOf(record, 'DSRZJHM') ?? '',
    },
    authority: courtXml.exactText(record, 'FYMC', 100),
    caseNumber: courtXml.valueOf(record, 'AH'),
    transactions: from !== undefined && to !== undefined ? { from, to } : undefined,
    lines: lines.map(lineOf),
  };
}

function lineOf(line: courtXml.XmlElement): OrderLine {
  const currency = courtXml.currencyOf(line, 'BZ');
  const original = courtXml.valueOf(line, 'YDJDH');
  return {
    seq: courtXml.wholeNumber(line, 'CCXH', 1),
    account: courtXml.exactText(line, 'KHZH', 50),
    amount: minorOf(line, 'JE', currency),
    newLimit: minorOf(line, 'EX1_NEWLIMIT', currency),
    currency,
    scope: courtXml.valueOf(line, 'KZNR') === undefined ? undefined : courtXml.codeOf(line, 'KZNR', SCOPES),
    from: courtXml.dayOf(line, 'KSRQ'),
    to: courtXml.dayOf(line, 'JSRQ'),
    document: courtXml.valueOf(line, 'CKWH'),
    original: original === undefined ? undefined : { orderNumber: original, line: originalLine(line) },
    courtAccount: courtAccountOf(line),
  };
}

function originalLine(line: courtXml.XmlElement): number | undefined {
  return courtXml.valueOf(line, 'EX1_ORIGINALSEQ') === undefined ? undefined : courtXml.wholeNumber(line, 'EX1_ORIGINALSEQ', 1);
}

function minorOf(line: courtXml.XmlElement, name: string, currency: string): Minor | undefined {
  const money = courtXml.moneyOf(line, name, currency);
  return money && parseAmount(money.amount, currency);
}

/** Empty members are kept: it is the core that rolls back an order whose court account is incomplete (0404). */
function courtAccountOf(line: courtXml.XmlElement): CourtAccountOfOrder | undefined {
  if (courtXml.valueOf(line, 'ZXKZHZH') === undefined && courtXml.valueOf(line, 'ZXKZHHM') === undefined) return undefined;
  return {
    name: courtXml.valueOf(line, 'ZXKZHHM') ?? '',
    number: courtXml.valueOf(line, 'ZXKZHZH') ?? '',
    bankName: courtXml.valueOf(line, 'ZXKZHKHH'),
    bankNumber: courtXml.valueOf(line, 'ZXKZHKHHHH') ?? '',
    subAccount: courtXml.valueOf(line, 'EX1_SUBACCOUNT'),
  };
}

/** The documents' types and digests, which the signature of the record holds. */
function documentsOf(record: courtXml.XmlElement): readonly OrderDocument[] {
  const named = courtXml.valueOf(record, 'EX1_DOCUMENTS')?.split(' ') ?? [];
  return named.map((one) => {
    const [, type, sha256] = /^([a-z-]{1,40}):([0-9a-f]{64})$/.exec(one) ?? [];
    if (type === undefined || sha256 === undefined) throw new courtXml.NotReadable('EX1_DOCUMENTS names no document');
    return { type, sha256 };
  });
}
