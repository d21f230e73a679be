import { compact, dateOf, exactText, membersOf, optional, required, type DialectCodes } from '#connector-sdk';
import type { MovedMoney, OrderDispatched, OrderLine } from '#contracts';
import type { AmountReader } from './body/amounts.js';
import { accountPart, originalPart, sumPart } from './body/line-parts.js';
import { CHANNELS, codeIn } from './codes.js';

/** SF05: the sum to move out of what a freeze holds. */
export function writeDeduct(line: OrderLine): Record<string, unknown> {
  return { ...accountPart(line), ...originalPart(line), dedAmt: sumPart(line, line.amount) };
}

/** 执行款专户: where the money goes, once for the whole order (R20). */
export function writePayee({ courtAccount }: OrderDispatched): Record<string, unknown> {
  if (!courtAccount) return {};
  const { name, number, subAccount, bankName, bankNumber } = courtAccount;
  return { payee: { name, acctNo: number, subAcctNo: subAccount, bankName, bankNo: bankNumber } };
}

/** `moved`: the legs stand apart because the bank books them apart. A state or a channel that is not known makes the line undetermined. */
export function movedOf(amount: AmountReader, codes: DialectCodes) {
  return (value: unknown, what: string): MovedMoney => {
    const row = membersOf(value, what);
    return compact({
      principal: required(row, 'principal', amount),
      interest: optional(row, 'interest', amount),
      fee: optional(row, 'fee', amount),
      serial: required(row, 'serialNo', exactText(60)),
      valueDate: required(row, 'valueDate', dateOf),
      channel: required(row, 'channel', codeIn(CHANNELS)),
      state: required(row, 'stat', codeIn(codes.credit)),
    });
  };
}
