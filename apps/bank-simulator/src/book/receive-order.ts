import { unreachable, type Instant } from '#kernel';
import type { Book } from './book.js';
import { deductLine } from './deduct-line.js';
import { freezeLine } from './freeze-line.js';
import { findCustomers, isKeptBy, ownershipProblem } from './identity-match.js';
import type { Account } from './model.js';
import type { BankAnswer, BankOrder, CourtAccountOfOrder, LineReport, OrderLine } from './order.js';
import type { RefusalCode } from './refusals.js';
import { accountReport, refused } from './reports.js';
import { releaseLine, renewLine } from './term-lines.js';

/** What one line is executed in. `partial`: a fault makes the bank do only a part of it. */
export interface LineContext {
  readonly book: Book;
  readonly order: BankOrder;
  readonly account: Account;
  readonly at: Instant;
  readonly partial: boolean;
}

/**
 * Executes one order at once and completely; a line that cannot be executed is refused and leaves the others alone.
 * The caller has made sure that the order number is new: this function would execute it again.
 */
export function receiveOrder(book: Book, order: BankOrder, at: Instant, isPartial: (seq: number) => boolean): BankAnswer {
  if (order.action === 'inquire') return inquire(book, order, at);
  const seqs = new Set(order.lines.map((line) => line.seq));
  if (seqs.size === 0 || seqs.size < order.lines.length) return { kind: 'rollback', code: '03', note: '控制账户缺失或序号重复' };
  if (order.action === 'deduct' && order.lines.some((line) => !isPayable(line.courtAccount))) {
    return { kind: 'rollback', code: '0404', note: '执行款账户信息有误' };
  }
  return { kind: 'control', lines: order.lines.map((line) => controlLine(book, order, line, at, isPartial(line.seq))) };
}

function isPayable(account: CourtAccountOfOrder | undefined): boolean {
  return account !== undefined && account.name.trim() !== '' && account.number.trim() !== '' && account.bankNumber.trim() !== '';
}

function inquire(book: Book, order: BankOrder, at: Instant): BankAnswer {
  book.journal({ at, orderNumber: order.orderNumber, line: 0, action: 'inquire' });
  const found = findCustomers(book, order.subject);
  if (found.result === 'mismatch') return { kind: 'inquiry', result: 'identity-mismatch', accounts: [] };
  const accounts = found.customers
    .flatMap((customer) => book.accountsOfCustomer.get(customer.id) ?? [])
    .filter((account) => isKeptBy(book, account, order.legalPerson));
  if (accounts.length === 0) return { kind: 'inquiry', result: 'no-account', accounts: [] };
  return { kind: 'inquiry', result: 'found', accounts: accounts.map((account) => accountReport(book, account, order)) };
}

function controlLine(book: Book, order: BankOrder, line: OrderLine, at: Instant, partial: boolean): LineReport {
  const account = book.accounts.get(line.account);
  if (!account || !isKeptBy(book, account, order.legalPerson)) return refused(line, 'NO_ACCOUNT');
  const problem = ownershipProblem(account, order.subject) ?? currencyProblem(account, line);
  if (problem) return refused(line, problem);
  const context: LineContext = { book, order, account, at, partial };
  switch (order.action) {
    case 'freeze':
      return freezeLine(context, line);
    case 'renew':
      return renewLine(context, line);
    case 'release':
      return releaseLine(context, line);
    case 'deduct':
      return deductLine(context, line);
    case 'inquire':
      return refused(line, 'MEASURE_UNSUPPORTED', account);
    default:
      return unreachable(order.action);
  }
}

function currencyProblem(account: Account, line: OrderLine): RefusalCode | undefined {
  return line.currency !== undefined && line.currency !== account.currency ? 'FORMAT' : undefined;
}
