import type { HoldingLine, MeasureFigures, OrderAnswered, RestrictionRef, TransactionLine } from '#contracts';
import type { DialectCodes } from '../profile-codes.js';
import { DIRECTIONS, ENDINGS, NOTHING_FOUND, PERMISSIONS } from './codes.js';
import { coOwnersOf, priorityRightsOf, priorMeasuresOf } from './control-reader.js';
import {
  childrenOf,
  codeOf,
  compact,
  currencyOf,
  exactText,
  freeText,
  moneyOf,
  optionalExact,
  requiredMoney,
  timeOf,
  valueOf,
  wholeNumber,
} from './values.js';
import { NotReadable, type XmlElement } from './xml-element.js';

type Inquiry = NonNullable<OrderAnswered['inquiry']>;

const OWN_MEASURES_MAX = 200;
const TRANSACTIONS_MAX = 5_000;

/**
 * Reads the `zhxx` of one answer: one for each account, or a single one that says that there is none (R27).
 * @param bookings `wlxx` that came apart; each names its account by CCXH
 * @throws NotReadable
 */
export function inquiryOf(records: readonly XmlElement[], bookings: readonly XmlElement[], codes: DialectCodes): Inquiry {
  const numbers = new Set(records.map((record) => wholeNumber(record, 'CCXH', 1)));
  if (numbers.size < records.length) throw new NotReadable('CCXH stands twice');
  const [first] = records;
  if (!first) throw new NotReadable('an answer without a record');
  const result = resultOf(first, codes);
  if (result !== 'found') {
    if (records.length > 1 || valueOf(first, 'KHZH') !== undefined) throw new NotReadable('nothing was found, and yet there is an account');
    return { result, holdings: [] };
  }
  const apart = bookingsByAccount(bookings, numbers);
  return {
    result,
    holdings: records.map((record) =>
      withBookings(holdingOf(record, codes), apart?.get(wholeNumber(record, 'CCXH', 1)), apart !== undefined),
    ),
  };
}

function bookingsByAccount(bookings: readonly XmlElement[], accounts: ReadonlySet<number>): ReadonlyMap<number, XmlElement[]> | undefined {
  if (bookings.length === 0) return undefined;
  const found = new Map<number, XmlElement[]>();
  for (const booking of bookings) {
    const account = wholeNumber(booking, 'CCXH', 1);
    if (!accounts.has(account)) throw new NotReadable('a booking of an account that the answer does not name');
    const known = found.get(account);
    if (known) known.push(booking);
    else found.set(account, [booking]);
  }
  return found;
}

/** Where bookings came apart, an account that has none among them had none. */
function withBookings(holding: HoldingLine, bookings: readonly XmlElement[] | undefined, cameApart: boolean): HoldingLine {
  if (!cameApart) return holding;
  if ((bookings?.length ?? 0) > TRANSACTIONS_MAX) throw new NotReadable(`an account with more than ${TRANSACTIONS_MAX} bookings`);
  const transactions = [...(holding.transactions ?? []), ...(bookings ?? []).map((one) => bookingOf(one, holding.currency))];
  return { ...holding, transactions };
}

function resultOf(record: XmlElement, codes: DialectCodes): Inquiry['result'] {
  if (valueOf(record, 'EX1_RESULT') !== undefined) return codeOf(record, 'EX1_RESULT', codes.result);
  if (valueOf(record, 'KHZH') !== undefined) return 'found';
  const words = [valueOf(record, 'BEIZ'), valueOf(record, 'ZHZT')];
  if (words.some((word) => word?.includes(NOTHING_FOUND))) return 'no-account';
  throw new NotReadable('the answer says neither an account nor that there is none');
}

function holdingOf(record: XmlElement, codes: DialectCodes): HoldingLine {
  const currency = currencyOf(record, 'BZ');
  const coOwners = coOwnersOf(record);
  const measures = ownMeasuresOf(record, currency);
  const transactions = transactionsOf(record, currency);
  return compact({
    account: exactText(record, 'KHZH', 50),
    kind: ownWord(codes.accountKind, exactText(record, 'CCLB', 60)),
    currency,
    state: ownWord(codes.accountState, exactText(record, 'ZHZT', 60)),
    balance: requiredMoney(record, 'YE', currency),
    available: requiredMoney(record, 'KYYE', currency),
    priorMeasures: priorMeasuresOf(record, currency),
    priorityRights: priorityRightsOf(record, currency),
    restriction: restrictionOf(record, currency, codes),
    coOwners: coOwners.length === 0 ? undefined : coOwners,
    asset: assetOf(record),
    measures,
    transactions,
  });
}

/** Our word for a bank's word, or the bank's own where we have none: it decides nothing but what people see. */
function ownWord(table: Readonly<Record<string, string>>, word: string): string {
  return (Object.hasOwn(table, word) ? table[word] : undefined) ?? word;
}

function restrictionOf(record: XmlElement, currency: string, codes: DialectCodes): RestrictionRef | undefined {
  const code = optionalExact(record, 'EX1_RESTRICTION', 60);
  if (code === undefined) return undefined;
  const permission = (name: string) => (valueOf(record, name) === undefined ? undefined : codeOf(record, name, PERMISSIONS));
  return compact({
    code: ownWord(codes.restriction, code),
    freeze: permission('EX1_MAYFREEZE'),
    deduct: permission('EX1_MAYDEDUCT'),
    reserve: moneyOf(record, 'EX1_RESERVE', currency),
    basis: freeText(record, 'EX1_BASIS'),
  });
}

/** `jrxx`: the product that the account holds; a second product on one account cannot be told apart by our contract. */
function assetOf(record: XmlElement): HoldingLine['asset'] {
  const [asset, ...more] = childrenOf(record, 'jrxxList', 'jrxx', OWN_MEASURES_MAX);
  if (!asset) return undefined;
  if (more.length > 0) throw new NotReadable('an account with more than one product');
  return {
    productNumber: optionalExact(asset, 'JRCPBH', 60) ?? '',
    shares: exactText(asset, 'SE', 60),
    unitPrice: exactText(asset, 'ZCDWJG', 60),
  };
}

/** The court's own freezes on the account with the bank's figures (extension, I16). */
function ownMeasuresOf(record: XmlElement, currency: string): readonly MeasureFigures[] | undefined {
  if (!record.children.some(({ name }) => name === 'EX1_MEASURES')) return undefined;
  return childrenOf(record, 'EX1_MEASURES', 'EX1_MEASURE', OWN_MEASURES_MAX).map((one) =>
    compact({
      orderNumber: exactText(one, 'YDJDH', 30),
      seq: wholeNumber(one, 'CCXH', 1),
      limit: requiredMoney(one, 'DJXE', currency),
      covered: requiredMoney(one, 'SKJE', currency),
      uncovered: requiredMoney(one, 'CESKJE', currency),
      rank: wholeNumber(one, 'EX1_RANK', 0),
      ended: valueOf(one, 'EX1_ENDED') === undefined ? undefined : codeOf(one, 'EX1_ENDED', ENDINGS),
    }),
  );
}

function transactionsOf(record: XmlElement, currency: string): readonly TransactionLine[] | undefined {
  if (!record.children.some(({ name }) => name === 'wlxxList')) return undefined;
  return childrenOf(record, 'wlxxList', 'wlxx', TRANSACTIONS_MAX).map((one) => bookingOf(one, currency));
}

/** One booking (`wlxx`). Its ZJLX is the side of the account, not a kind of identity document. @throws NotReadable */
export function bookingOf(record: XmlElement, accountCurrency: string): TransactionLine {
  const currency = currencyOf(record, 'BZ', accountCurrency);
  const at = timeOf(record, 'JYSJ');
  if (at === undefined) throw new NotReadable('JYSJ is missing');
  return compact({
    serial: exactText(record, 'JYLSH', 60),
    at,
    direction: codeOf(record, 'ZJLX', DIRECTIONS),
    amount: requiredMoney(record, 'JE', currency),
    balance: moneyOf(record, 'EX1_BALANCE', currency),
    counterpartName: freeText(record, 'ZCKZXM'),
    counterpartAccount: freeText(record, 'ZCKZH'),
    counterpartBank: freeText(record, 'ZCKZHKHH'),
    note: freeText(record, 'BEIZ'),
  });
}
