import { formatAmount, parseStrictJson, AppError, isLegalDate, type Instant, type LegalDate } from '#kernel';
import type { DayItem, DayStatement, DayTotal } from '../../banks/day-book.js';
import { chinaTime } from './china-time.js';
import { ACTIONS, DAY_CODES } from './codes.js';
import { BODY_VERSION } from './order-reader.js';

/** Items on one page; the specification allows no more. */
export const DAY_PAGE_ITEMS = 500;

export interface DayRequest {
  readonly from: LegalDate;
  readonly to: LegalDate;
  readonly page: number;
}

/** What the court asks for; undefined when it is no request of this version. */
export function readDayRequest(bytes: Buffer): DayRequest | undefined {
  try {
    const { v, beginDate, endDate, page } = parseStrictJson(bytes) as Readonly<Record<string, unknown>>;
    if (v !== BODY_VERSION || typeof beginDate !== 'string' || typeof endDate !== 'string') return undefined;
    if (!isLegalDate(beginDate) || !isLegalDate(endDate) || endDate < beginDate) return undefined;
    return Number.isSafeInteger(page) && Number(page) >= 1 ? { from: beginDate, to: endDate, page: Number(page) } : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** One page of the statement; every page has all totals. Undefined for a page that there is not. */
export function dayBytes({ from, to, page }: DayRequest, statement: DayStatement, at: Instant): Buffer | undefined {
  const { number, items, totals, listed } = statement;
  const pages = Math.max(1, Math.ceil(items.length / DAY_PAGE_ITEMS));
  if (page > pages) return undefined;
  const shown = items.slice((page - 1) * DAY_PAGE_ITEMS, page * DAY_PAGE_ITEMS);
  const head = { v: BODY_VERSION, stmtNo: number, stmtTime: chinaTime(at), beginDate: from, endDate: to, page, pages };
  return Buffer.from(JSON.stringify({ ...head, totals: totals.map(totalOf), items: listed ? shown.map(itemOf) : undefined }), 'utf8');
}

function totalOf({ action, word, count, sums }: DayTotal): object {
  const amts = [...sums].map(([ccy, minor]) => ({ ccy, amt: formatAmount(minor, ccy) }));
  return { tranCode: codeOf(action), stat: DAY_CODES[word], cnt: count, amts };
}

function itemOf({ orderNumber, line, action, word, amount }: DayItem): object {
  return {
    reqNo: orderNumber,
    seq: line === 0 ? undefined : line,
    tranCode: codeOf(action),
    stat: DAY_CODES[word],
    ccy: amount?.currency,
    amt: amount && formatAmount(amount.minor, amount.currency),
  };
}

function codeOf(action: string): string | undefined {
  return Object.entries(ACTIONS).find(([, word]) => word === action)?.[0];
}
