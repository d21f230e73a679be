import { invariant } from '#kernel';
import type { OrderLine } from '#contracts';
import { ACCOUNT_KINDS, codeOf } from '../codes.js';

/** Which account a line is about. A kind for which the bank has no code is left out: the account's number tells it enough. */
export function accountPart({ seq, account, currency, kind, productNumber }: OrderLine): Record<string, unknown> {
  return { seq, acctNo: account, ccy: currency, acctKind: codeOf(ACCOUNT_KINDS, kind), prodNo: productNumber };
}

/** The freeze that is meant, by the order that set it (R15). */
export function originalPart({ original }: OrderLine): Record<string, unknown> {
  return { orig: original && { reqNo: original.orderNumber, seq: original.seq, caseNo: original.caseNumber } };
}

/** A sum as the line's currency has it: the code of the currency stands once a line. */
export function sumPart(line: OrderLine, sum: OrderLine['amount']): string | undefined {
  invariant(sum === undefined || sum.currency === line.currency, 'a sum in the currency of its line');
  return sum?.amount;
}
