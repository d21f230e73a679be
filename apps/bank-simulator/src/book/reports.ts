import { endOfLegalDate, formatAmount, instantText, startOfLegalDate, type LegalDate } from '#kernel';
import type { Book } from './book.js';
import { availableOf, balanceOf, rankOf, uncoveredOf } from './coverage.js';
import type { Account, Freeze, Movement, MovementKind } from './model.js';
import type { AccountReport, BankOrder, LineReport, MeasureReport, OrderLine, OwnMeasureReport, TransactionReport } from './order.js';
import { REFUSAL_TEXTS, type RefusalCode } from './refusals.js';

export function measureReport(freeze: Freeze, currency: string): MeasureReport {
  return { authority: freeze.authority, document: freeze.document, amount: formatAmount(freeze.limit, currency), until: freeze.to };
}

/** Measures that a report lists at most, so that an answer stays small however long an account has been fought over. */
const MEASURES_SHOWN_MAX = 100;

/** What an inquiry says about one account: all measures in force on it, whoever set them. */
export function accountReport(book: Book, account: Account, order: BankOrder): AccountReport {
  const freezes = book.liveOf(account.number);
  const days = order.transactions;
  return {
    account: account.number,
    legalPerson: account.legalPerson,
    kind: account.kind,
    currency: account.currency,
    state: account.state,
    balance: formatAmount(balanceOf(account), account.currency),
    available: formatAmount(availableOf(account, freezes), account.currency),
    priorMeasures: freezes.slice(0, MEASURES_SHOWN_MAX).map((freeze) => measureReport(freeze, account.currency)),
    priorityRights: account.priorityRights,
    restriction: account.restriction,
    asset:
      account.shares !== undefined && account.unitPrice !== undefined
        ? { productNumber: account.productNumber, shares: account.shares, unitPrice: account.unitPrice }
        : undefined,
    transactions: days && transactionReports(book, account, days),
    measures: ownMeasures(book, account, order.authority),
  };
}

function ownMeasures(book: Book, account: Account, court: string): OwnMeasureReport[] {
  const live = book.liveOf(account.number);
  const own = book.freezesOf(account.number).filter((freeze) => freeze.orderNumber !== undefined && freeze.authority === court);
  return own
    .sort((a, b) => a.id - b.id)
    .slice(-MEASURES_SHOWN_MAX)
    .map((freeze) => ({
      orderNumber: freeze.orderNumber ?? '',
      line: freeze.line ?? 0,
      limit: formatAmount(freeze.state === 'live' ? freeze.limit : 0n, account.currency),
      covered: formatAmount(freeze.covered, account.currency),
      uncovered: formatAmount(uncoveredOf(freeze), account.currency),
      rank: rankOf(freeze, live),
      ended: freeze.state === 'live' ? undefined : freeze.state,
    }));
}

const REMARKS: Readonly<Record<MovementKind, string>> = {
  opening: '开户余额',
  inflow: '转入',
  deduct: '司法扣划',
  return: '扣划退回',
  redemption: '理财赎回',
  correction: '余额调整',
};

function transactionReports(book: Book, account: Account, days: { readonly from: LegalDate; readonly to: LegalDate }): TransactionReport[] {
  const from = startOfLegalDate(days.from);
  const end = endOfLegalDate(days.to);
  const inDays = (movement: Movement) => movement.at >= from && movement.at < end && movement.amount !== 0n;
  return book
    .movementsOf(account.number)
    .filter(inDays)
    .map((movement) => ({
      at: instantText(movement.at),
      direction: movement.amount < 0n ? 'out' : 'in',
      amount: formatAmount(movement.amount < 0n ? -movement.amount : movement.amount, account.currency),
      balance: formatAmount(movement.balance, account.currency),
      remark: REMARKS[movement.kind],
      serial: movement.serial,
    }));
}

/** The figures of a control line after it was executed. */
export function freezeFigures(book: Book, account: Account, freeze: Freeze): Omit<LineReport, 'seq' | 'status'> {
  const freezes = book.liveOf(account.number);
  return {
    account: account.number,
    currency: account.currency,
    scope: freeze.scope,
    limit: formatAmount(freeze.state === 'live' ? freeze.limit : 0n, account.currency),
    covered: formatAmount(freeze.covered, account.currency),
    uncovered: formatAmount(uncoveredOf(freeze), account.currency),
    rank: rankOf(freeze, freezes),
    waiting: freeze.waiting,
    balance: formatAmount(balanceOf(account), account.currency),
    available: formatAmount(availableOf(account, freezes), account.currency),
    from: freeze.from,
    to: freeze.to,
    priorMeasures: freezes
      .filter((other) => other.id < freeze.id)
      .slice(0, MEASURES_SHOWN_MAX)
      .map((other) => measureReport(other, account.currency)),
    priorityRights: account.priorityRights,
  };
}

export function refused(line: OrderLine, code: RefusalCode, account?: Account): LineReport {
  return {
    seq: line.seq,
    account: line.account,
    status: 'refused',
    currency: account?.currency,
    balance: account && formatAmount(balanceOf(account), account.currency),
    reason: { code, text: REFUSAL_TEXTS[code] },
  };
}
