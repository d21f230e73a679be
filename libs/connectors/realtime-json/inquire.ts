import {
  compact,
  exactText,
  freeText,
  lineNumber,
  listOf,
  membersOf,
  optional,
  required,
  timeOf,
  wholeNumber,
  type AnswerContent,
  type DialectCodes,
  type Members,
} from '#connector-sdk';
import { CO_OWNERS_MAX, type HoldingLine, type MeasureFigures, type OrderDispatched, type TransactionLine } from '#contracts';
import { amountIn, currencyOf, priorFreezesOf, priorityRightsOf, type AmountReader } from './body/amounts.js';
import { codeIn, DIRECTIONS, ENDED_STATES, PERMISSIONS } from './codes.js';

const HOLDINGS_MAX = 500;
const MEASURES_MAX = 200;
const TRANSACTIONS_MAX = 5_000;

/** SF01: what an inquiry asks beside the head. */
export function writeInquiry({ transactions }: OrderDispatched): Record<string, unknown> {
  return { txnRange: transactions && { beginDate: transactions.from, endDate: transactions.to } };
}

/** `qryRslt`. @throws NotReadable */
export function readInquiry(row: Members, codes: DialectCodes): Extract<AnswerContent, { inquiry: unknown }> {
  return {
    inquiry: {
      result: required(row, 'retCode', codeIn(codes.result)),
      holdings: (optional(row, 'accts', (value, what) => listOf(value, what, HOLDINGS_MAX)) ?? []).map((one) => holdingOf(one, codes)),
    },
  };
}

function holdingOf(value: unknown, codes: DialectCodes): HoldingLine {
  const row = membersOf(value, 'acct');
  const currency = required(row, 'ccy', currencyOf);
  const amount = amountIn(currency);
  return compact({
    account: required(row, 'acctNo', exactText(50)),
    kind: required(row, 'acctKind', codeIn(codes.accountKind)),
    currency,
    state: required(row, 'acctStat', codeIn(codes.accountState)),
    balance: required(row, 'bal', amount),
    available: required(row, 'avlBal', amount),
    priorMeasures: optional(row, 'priorFrz', priorFreezesOf(amount)) ?? [],
    priorityRights: optional(row, 'priorRight', priorityRightsOf(amount)) ?? [],
    restriction: optional(row, 'limitInfo', restrictionOf(amount, codes)),
    coOwners: optional(row, 'coOwners', (list, what) => listOf(list, what, CO_OWNERS_MAX).map((one) => freeText(one, what))),
    asset: optional(row, 'product', productOf),
    measures: optional(row, 'courtFrz', measuresOf(amount)),
    transactions: optional(row, 'txns', transactionsOf(amount)),
  });
}

function restrictionOf(amount: AmountReader, codes: DialectCodes) {
  return (value: unknown, what: string): NonNullable<HoldingLine['restriction']> => {
    const row = membersOf(value, what);
    return compact({
      code: required(row, 'code', codeIn(codes.restriction)),
      freeze: optional(row, 'frz', codeIn(PERMISSIONS)),
      deduct: optional(row, 'ded', codeIn(PERMISSIONS)),
      reserve: optional(row, 'reserve', amount),
      basis: optional(row, 'basis', freeText),
    });
  };
}

function productOf(value: unknown, what: string): NonNullable<HoldingLine['asset']> {
  const row = membersOf(value, what);
  const number = exactText(60);
  return {
    productNumber: optional(row, 'prodNo', number) ?? '',
    shares: required(row, 'shares', number),
    unitPrice: required(row, 'unitPrice', number),
  };
}

function measuresOf(amount: AmountReader) {
  return (value: unknown, what: string): readonly MeasureFigures[] =>
    listOf(value, what, MEASURES_MAX).map((one) => {
      const row = membersOf(one, what);
      return compact({
        orderNumber: required(row, 'reqNo', exactText(30)),
        seq: required(row, 'seq', lineNumber),
        limit: required(row, 'frzAmt', amount),
        covered: required(row, 'ctlAmt', amount),
        uncovered: required(row, 'lackAmt', amount),
        rank: required(row, 'rank', wholeNumber),
        ended: optional(row, 'endStat', codeIn(ENDED_STATES)),
      });
    });
}

function transactionsOf(amount: AmountReader) {
  return (value: unknown, what: string): readonly TransactionLine[] =>
    listOf(value, what, TRANSACTIONS_MAX).map((one) => {
      const row = membersOf(one, what);
      return compact({
        serial: required(row, 'serialNo', exactText(60)),
        at: required(row, 'time', timeOf),
        direction: required(row, 'dir', codeIn(DIRECTIONS)),
        amount: required(row, 'amt', amount),
        balance: optional(row, 'bal', amount),
        counterpartName: optional(row, 'oppName', freeText),
        counterpartAccount: optional(row, 'oppAcctNo', freeText),
        counterpartBank: optional(row, 'oppBank', freeText),
        note: optional(row, 'memo', freeText),
      });
    });
}
