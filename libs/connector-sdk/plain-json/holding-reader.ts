import type { HoldingLine, MeasureFigures, PriorityRight, PriorMeasure, TransactionLine } from '#contracts';
import {
  compact,
  dateOf,
  exactText,
  freeText,
  lineNumber,
  listOf,
  membersOf,
  moneyOf,
  optional,
  required,
  timeOf,
  wholeNumber,
  wordOf,
} from './members.js';

/** What one account may carry; a bank that says more cannot be read. */
const PRIOR_MAX = 200;
const MEASURES_MAX = 200;
const CO_OWNERS_MAX = 50;
const TRANSACTIONS_MAX = 5_000;

const code = exactText(60);
const account = exactText(50);
const permission = wordOf(['no', 'yes', 'above-reserve'] as const);

export function priorMeasuresOf(value: unknown, what: string): readonly PriorMeasure[] {
  return listOf(value, what, PRIOR_MAX).map((one) => {
    const row = membersOf(one, what);
    return compact({
      authority: required(row, 'authority', freeText),
      document: required(row, 'document', freeText),
      amount: required(row, 'amount', moneyOf),
      until: optional(row, 'until', dateOf),
    });
  });
}

export function priorityRightsOf(value: unknown, what: string): readonly PriorityRight[] {
  return listOf(value, what, PRIOR_MAX).map((one) => {
    const row = membersOf(one, what);
    return compact({
      type: required(row, 'type', freeText),
      holder: required(row, 'holder', freeText),
      amount: optional(row, 'amount', moneyOf),
    });
  });
}

/** One account or asset of an inquiry's answer. Members that are not known are passed by. @throws NotReadable */
export function holdingOf(value: unknown): HoldingLine {
  const row = membersOf(value, 'holding');
  return compact({
    account: required(row, 'account', account),
    kind: required(row, 'kind', code),
    currency: required(row, 'currency', exactText(3)),
    state: required(row, 'state', code),
    balance: required(row, 'balance', moneyOf),
    available: required(row, 'available', moneyOf),
    priorMeasures: optional(row, 'priorMeasures', priorMeasuresOf) ?? [],
    priorityRights: optional(row, 'priorityRights', priorityRightsOf) ?? [],
    restriction: optional(row, 'restriction', restrictionOf),
    coOwners: optional(row, 'coOwners', coOwnersOf),
    asset: optional(row, 'asset', assetOf),
    measures: optional(row, 'measures', measuresOf),
    transactions: optional(row, 'transactions', transactionsOf),
  });
}

function restrictionOf(value: unknown, what: string): NonNullable<HoldingLine['restriction']> {
  const row = membersOf(value, what);
  return compact({
    code: required(row, 'code', code),
    freeze: optional(row, 'freeze', permission),
    deduct: optional(row, 'deduct', permission),
    reserve: optional(row, 'reserve', moneyOf),
    basis: optional(row, 'basis', freeText),
  });
}

function coOwnersOf(value: unknown, what: string): readonly string[] {
  return listOf(value, what, CO_OWNERS_MAX).map((one) => freeText(one, what));
}

function assetOf(value: unknown, what: string): NonNullable<HoldingLine['asset']> {
  const row = membersOf(value, what);
  const number = exactText(60);
  return {
    productNumber: optional(row, 'productNumber', number) ?? '',
    shares: required(row, 'shares', number),
    unitPrice: required(row, 'unitPrice', number),
  };
}

function measuresOf(value: unknown, what: string): readonly MeasureFigures[] {
  return listOf(value, what, MEASURES_MAX).map((one) => {
    const row = membersOf(one, what);
    return compact({
      orderNumber: required(row, 'orderNumber', exactText(30)),
      seq: required(row, 'seq', lineNumber),
      limit: required(row, 'limit', moneyOf),
      covered: required(row, 'covered', moneyOf),
      uncovered: required(row, 'uncovered', moneyOf),
      rank: required(row, 'rank', wholeNumber),
      ended: optional(row, 'ended', wordOf(['released', 'expired', 'exhausted'])),
    });
  });
}

function transactionsOf(value: unknown, what: string): readonly TransactionLine[] {
  return listOf(value, what, TRANSACTIONS_MAX).map((one) => {
    const row = membersOf(one, what);
    return compact({
      serial: required(row, 'serial', code),
      at: required(row, 'at', timeOf),
      direction: required(row, 'direction', directionOf),
      amount: required(row, 'amount', moneyOf),
      balance: optional(row, 'balance', moneyOf),
      counterpartName: optional(row, 'counterpartName', freeText),
      counterpartAccount: optional(row, 'counterpartAccount', freeText),
      counterpartBank: optional(row, 'counterpartBank', freeText),
      note: optional(row, 'note', freeText),
    });
  });
}

/** Banks name the two sides in either of two ways. */
function directionOf(value: unknown, what: string): TransactionLine['direction'] {
  const word = wordOf(['debit', 'credit', 'out', 'in'])(value, what);
  return word === 'debit' || word === 'out' ? 'debit' : 'credit';
}
