import { AppError, isCurrency, isLegalDate, parseAmount, type LegalDate, type Minor } from '#kernel';
import { ORDER_ACTIONS, type OrderAction } from '../../book/model.js';
import type { CourtAccountOfOrder, OrderLine } from '../../book/order.js';
import type { OrderDocument, ReadOrder } from '../papers.js';

/** Lines that one order can have; a debtor with more accounts gets several orders. */
const LINES_MAX = 1_000;
const DOCUMENTS_MAX = 50;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads `chakong-order/v1`. Members that are not known are passed by.
 * @throws AppError `invalid` when it is no such order
 */
export function orderOf(body: unknown): ReadOrder {
  const order = members(body, 'order');
  if (order['format'] !== 'chakong-order/v1') throw new AppError('invalid', 'not a chakong-order/v1');
  const debtor = members(order['debtor'], 'debtor');
  const court = members(order['court'], 'court');
  const officer = members(order['officer'] ?? {}, 'officer');
  const courtAccount = order['courtAccount'] === undefined ? undefined : courtAccountOf(order['courtAccount']);
  return {
    order: {
      orderNumber: text(order, 'orderNumber', 30),
      action: actionOf(order['action']),
      legalPerson: optional(order, 'legalPerson'),
      subject: { name: text(debtor, 'name'), idType: text(debtor, 'idType'), idNumber: optional(debtor, 'idNumber') ?? '' },
      authority: text(court, 'name'),
      caseNumber: optional(order, 'caseNumber'),
      transactions: order['transactions'] === undefined ? undefined : daysOf(order['transactions']),
      lines: list(order['lines'] ?? [], 'lines', LINES_MAX).map((line) => lineOf(line, courtAccount)),
    },
    documents: list(order['documents'] ?? [], 'documents', DOCUMENTS_MAX).map(documentOf),
    officer: { workId: optional(officer, 'workId') ?? '', dutyId: optional(officer, 'dutyId') ?? '' },
  };
}

function lineOf(value: unknown, courtAccount: CourtAccountOfOrder | undefined): OrderLine {
  const line = members(value, 'line');
  const seq = line['seq'];
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) throw new AppError('invalid', 'a line has no seq');
  const currency = optional(line, 'currency');
  const scope = line['scope'];
  if (scope !== undefined && scope !== 'funds' && scope !== 'account') throw new AppError('invalid', 'unknown scope');
  return {
    seq,
    account: text(line, 'account'),
    amount: line['amount'] === undefined ? undefined : minorOf(line['amount'], currency),
    newLimit: line['newLimit'] === undefined ? undefined : minorOf(line['newLimit'], currency),
    currency,
    scope,
    from: dateOf(line, 'from'),
    to: dateOf(line, 'to'),
    document: optional(line, 'document'),
    original: line['original'] === undefined ? undefined : originalOf(line['original']),
    courtAccount: line['courtAccount'] === undefined ? courtAccount : courtAccountOf(line['courtAccount']),
  };
}

function originalOf(value: unknown): OrderLine['original'] {
  const original = members(value, 'original');
  const seq = original['seq'];
  return { orderNumber: text(original, 'orderNumber'), line: typeof seq === 'number' ? seq : undefined };
}

/** Empty members are kept: it is the core that rolls back an order whose court account is incomplete (0404). */
function courtAccountOf(value: unknown): CourtAccountOfOrder {
  const account = members(value, 'courtAccount');
  return {
    name: optional(account, 'name') ?? '',
    number: optional(account, 'number') ?? '',
    bankName: optional(account, 'bankName'),
    bankNumber: optional(account, 'bankNumber') ?? '',
    subAccount: optional(account, 'subAccount'),
  };
}

function documentOf(value: unknown): OrderDocument {
  const document = members(value, 'document');
  const content = optional(document, 'content');
  return {
    type: text(document, 'type'),
    sha256: text(document, 'sha256'),
    content: content === undefined ? undefined : Buffer.from(content, 'base64'),
  };
}

function daysOf(value: unknown): { from: LegalDate; to: LegalDate } {
  const days = members(value, 'transactions');
  const from = dateOf(days, 'from');
  const to = dateOf(days, 'to');
  if (from === undefined || to === undefined) throw new AppError('invalid', 'transactions need from and to');
  return { from, to };
}

function minorOf(value: unknown, currency: string | undefined): Minor {
  const money = members(value, 'amount');
  const given = text(money, 'currency');
  if (!isCurrency(given) || (currency !== undefined && currency !== given)) throw new AppError('invalid', 'an amount in another currency');
  return parseAmount(text(money, 'amount'), given);
}

function actionOf(value: unknown): OrderAction {
  const action = ORDER_ACTIONS.find((known) => known === value);
  if (!action) throw new AppError('invalid', 'unknown action');
  return action;
}

function members(value: unknown, what: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new AppError('invalid', `${what} is no object`);
}

function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= max) return value;
  throw new AppError('invalid', `${what} is no list of at most ${max}`);
}

const TEXT_MAX = 2_000;

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
