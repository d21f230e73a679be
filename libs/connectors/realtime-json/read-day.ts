import {
  compact,
  exactText,
  lineNumber,
  listOf,
  membersOf,
  NotReadable,
  optional,
  required,
  timeOf,
  wholeNumber,
  type DayAsked,
  type DayPage,
  type DayReading,
} from '#connector-sdk';
import { STATED_ITEMS_MAX, STATED_PARTS_MAX, type StatedItem, type StatedTotal } from '#contracts';
import { decimalsOf, errorText, parseStrictJson, type MoneyJson } from '#kernel';
import { amountIn, currencyOf } from './body/amounts.js';
import { BODY_VERSION } from './body/write-head.js';
import { codeIn, DAY_STATES, TRAN_CODES } from './codes.js';

/** Every action and state once. */
const TOTALS_MAX = 20;
const CURRENCIES_MAX = 50;
/** A day's sum may be far above the largest amount of one line. */
const SUM = /^(0|[1-9][0-9]{0,24})(?:\.([0-9]{1,4}))?$/;

/** Reads one page of the bank's side of a day. A code that is not known makes the page unreadable: nothing of it is guessed at. */
export function readDay(bytes: Buffer, asked: DayAsked): DayReading {
  try {
    return { kind: 'day', page: pageOf(parseStrictJson(bytes), asked) };
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

function pageOf(parsed: unknown, { from, to, page }: DayAsked): DayPage {
  const row = membersOf(parsed, 'the statement');
  if (row['v'] !== BODY_VERSION) throw new NotReadable(`not of version ${BODY_VERSION}`);
  if (row['beginDate'] !== from || row['endDate'] !== to || row['page'] !== page)
    throw new NotReadable('not of the days and page asked for');
  const items = optional(row, 'items', (value, what) => listOf(value, what, STATED_ITEMS_MAX).map((one) => itemOf(one, what)));
  const pages = required(row, 'pages', wholeNumber);
  if (pages < page || pages > STATED_PARTS_MAX) throw new NotReadable(`pages is not from ${page} to ${STATED_PARTS_MAX}`);
  return {
    from,
    to,
    page,
    pages,
    statementNo: required(row, 'stmtNo', exactText(80)),
    statedAt: required(row, 'stmtTime', timeOf),
    totals: required(row, 'totals', (value, what) => listOf(value, what, TOTALS_MAX).map((one) => totalOf(one, what))),
    references: items !== undefined,
    items: items ?? [],
  };
}

function totalOf(value: unknown, what: string): StatedTotal {
  const row = membersOf(value, what);
  const count = required(row, 'cnt', wholeNumber);
  if (count < 0) throw new NotReadable('cnt is below 0');
  return {
    action: required(row, 'tranCode', codeIn(TRAN_CODES)),
    state: required(row, 'stat', codeIn(DAY_STATES)),
    count,
    sums: (optional(row, 'amts', (list, name) => listOf(list, name, CURRENCIES_MAX)) ?? []).map((one) => sumOf(one)),
  };
}

function sumOf(value: unknown): MoneyJson {
  const row = membersOf(value, 'amts');
  const currency = required(row, 'ccy', currencyOf);
  const match = typeof row['amt'] === 'string' ? SUM.exec(row['amt']) : null;
  const decimals = decimalsOf(currency);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) throw new NotReadable('amt is no sum');
  return { amount: decimals === 0 ? `${match[1]}` : `${match[1]}.${fraction.padEnd(decimals, '0')}`, currency };
}

/** `seq` is left out of an inquiry and of an order that was rolled back; `ccy` and `amt` where nothing was done, and one never stands without the other. */
function itemOf(value: unknown, what: string): StatedItem {
  const row = membersOf(value, what);
  const currency = optional(row, 'ccy', currencyOf);
  if ((row['amt'] === undefined) !== (currency === undefined)) throw new NotReadable('ccy and amt do not stand together');
  const amount = currency === undefined ? undefined : required(row, 'amt', amountIn(currency));
  if (amount?.amount.startsWith('-')) throw new NotReadable('amt is below nothing');
  return compact({
    orderNumber: required(row, 'reqNo', exactText(30)),
    seq: optional(row, 'seq', lineNumber) ?? 0,
    action: required(row, 'tranCode', codeIn(TRAN_CODES)),
    state: required(row, 'stat', codeIn(DAY_STATES)),
    amount,
  });
}
