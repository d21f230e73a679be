import { freeText, listOf, membersOf, moneyOf, NotReadable, optional, required, compact, dateOf } from '#connector-sdk';
import type { PriorityRight, PriorMeasure } from '#contracts';
import { isCurrency, type MoneyJson } from '#kernel';

/** What one account may carry; a bank that says more cannot be read. */
const PRIOR_MAX = 200;

export type AmountReader = (value: unknown, what: string) => MoneyJson;

export function currencyOf(value: unknown, what: string): string {
  if (typeof value === 'string' && isCurrency(value)) return value;
  throw new NotReadable(`${what} is no currency`);
}

/** Amounts are decimal texts in the currency that stands once in the surrounding object; a number is refused, it has lost digits perhaps. */
export function amountIn(currency: string): AmountReader {
  return (value, what) => moneyOf({ amount: value, currency }, what);
}

export function priorFreezesOf(amount: AmountReader) {
  return (value: unknown, what: string): readonly PriorMeasure[] =>
    listOf(value, what, PRIOR_MAX).map((one) => {
      const row = membersOf(one, what);
      return compact({
        authority: required(row, 'org', freeText),
        document: required(row, 'docNo', freeText),
        amount: required(row, 'amt', amount),
        until: optional(row, 'endDate', dateOf),
      });
    });
}

export function priorityRightsOf(amount: AmountReader) {
  return (value: unknown, what: string): readonly PriorityRight[] =>
    listOf(value, what, PRIOR_MAX).map((one) => {
      const row = membersOf(one, what);
      return compact({
        type: required(row, 'type', freeText),
        holder: required(row, 'holder', freeText),
        amount: optional(row, 'amt', amount),
      });
    });
}
