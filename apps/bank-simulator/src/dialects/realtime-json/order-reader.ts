import { AppError, isCurrency, isLegalDate, parseAmount, parseStrictJson, type LegalDate } from '#kernel';
import type { OrderAction } from '../../book/model.js';
import type { CourtAccountOfOrder, OrderLine } from '../../book/order.js';
import type { OrderDocument, ReadOrder } from '../papers.js';
import { ACTIONS, DOCUMENTS, SCOPES, UNIFIED_CODE } from './codes.js';

export const BODY_VERSION = 1;
/** Lines that one order can have; a debtor with more accounts gets several orders. */
const LINES_MAX = 500;
const DOCUMENTS_MAX = 20;
const TEXT_MAX = 2_000;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads an order of the dialect. Members that are not known are passed by; codes that are not known are refused.
 * @throws AppError `invalid` when it is no such order
 */
export function readOrder(bytes: Uint8Array): ReadOrder {
  const order = members(parseStrictJson(bytes), 'order');
  if (order['v'] !== BODY_VERSION) throw new AppError('invalid', `not of version ${BODY_VERSION}`);
  const cust = members(order['cust'], 'cust');
  const court = members(order['court'], 'court');
  const officer = members(order['officer'] ?? {}, 'officer');
  const payee = order['payee'] === undefined ? undefined : payeeOf(order['payee']);
  const certType = text(cust, 'certType');
  const action: OrderAction = coded(ACTIONS, order['tranCode'], 'tranCode');
  return {
    order: {
      orderNumber: text(order, 'reqNo', 30),
      action,
      legalPerson: optional(order, 'instCode'),
      subject: {
        name: text(cust, 'name'),
        idType: certType === UNIFIED_CODE ? 'USCC' : certType,
        idNumber: optional(cust, 'certNo') ?? '',
      },
      authority: text(court, 'name'),
      caseNumber: optional(order, 'caseNo'),
      transactions: order['txnRange'] === undefined ? undefined : daysOf(order['txnRange']),
      lines: list(order['items'] ?? [], 'items', LINES_MAX).map((item) => lineOf(members(item, 'item'), action, payee)),
    },
    documents: list(order['docs'] ?? [], 'docs', DOCUMENTS_MAX).map(documentOf),
    officer: { workId: optional(officer, 'workCertNo') ?? '', dutyId: optional(officer, 'dutyCertNo') ?? '' },
  };
}

function lineOf(item: Members, action: OrderAction, payee: CourtAccountOfOrder | undefined): OrderLine {
  const seq = item['seq'];
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) throw new AppError('invalid', 'an item has no seq');
  const currency = text(item, 'ccy');
  if (!isCurrency(currency)) throw new AppError('invalid', 'ccy is no currency');
  const sum = (name: string) => (item[name] === undefined ? undefined : parseAmount(text(item, name), currency));
  return {
    seq,
    account: text(item, 'acctNo'),
    amount: sum(action === 'deduct' ? 'dedAmt' : 'frzAmt'),
    newLimit: sum('remainAmt'),
    currency,
    scope: item['scope'] === undefined ? undefined : coded(SCOPES, item['scope'], 'scope'),
    from: dateOf(item, 'beginDate'),
    to: dateOf(item, 'endDate'),
    original: item['orig'] === undefined ? undefined : originalOf(item['orig']),
    courtAccount: payee,
  };
}

function originalOf(value: unknown): OrderLine['original'] {
  const original = members(value, 'orig');
  const seq = original['seq'];
  return { orderNumber: text(original, 'reqNo'), line: typeof seq === 'number' ? seq : undefined };
}

/** Empty members are kept: it is the core that rolls back an order whose court account is incomplete (0404). */
function payeeOf(value: unknown): CourtAccountOfOrder {
  const payee = members(value, 'payee');
  return {
    name: optional(payee, 'name') ?? '',
    number: optional(payee, 'acctNo') ?? '',
    bankName: optional(payee, 'bankName'),
    bankNumber: optional(payee, 'bankNo') ?? '',
    subAccount: optional(payee, 'subAcctNo'),
  };
}

function documentOf(value: unknown): OrderDocument {
  const document = members(value, 'doc');
  const content = optional(document, 'content');
  return {
    type: coded(DOCUMENTS, document['docType'], 'docType'),
    sha256: text(document, 'sha256'),
    content: content === undefined ? undefined : Buffer.from(content, 'base64'),
  };
}

function daysOf(value: unknown): { from: LegalDate; to: LegalDate } {
  const days = members(value, 'txnRange');
  const [from, to] = [dateOf(days, 'beginDate'), dateOf(days, 'endDate')];
  if (from === undefined || to === undefined) throw new AppError('invalid', 'txnRange needs beginDate and endDate');
  return { from, to };
}

function coded<T extends string>(table: Readonly<Record<string, T>>, value: unknown, what: string): T {
  const word = typeof value === 'string' && Object.hasOwn(table, value) ? table[value] : undefined;
  if (word === undefined) throw new AppError('invalid', `${what} is a code that is not known`);
  return word;
}

function members(value: unknown, what: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new AppError('invalid', `${what} is no object`);
}

function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= max) return value;
  throw new AppError('invalid', `${what} is no list of at most ${max}`);
}

function text(object: Members, name: string, max = TEXT_MAX): string {
  const value = object[name];
  if (typeof value === 'string' && value !== '' && value.length <= max) return value;
  throw new AppError('invalid', `${name} is missing or no text`);
}

function optional(object: Members, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AppError('invalid', `${name} is no text`);
}

function dateOf(object: Members, name: string): LegalDate | undefined {
  const value = optional(object, name);
  if (value === undefined || isLegalDate(value)) return value;
  throw new AppError('invalid', `${name} is no date`);
}
