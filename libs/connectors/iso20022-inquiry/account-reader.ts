import { compact, exactText, freeText, NotReadable } from '#connector-sdk';
import type { HoldingLine, OrderDispatched, RestrictionRef } from '#contracts';
import { formatAmount } from '#kernel';
import { ACCOUNT_KINDS, ACCOUNT_STATES, CLIENTS_MONEY, codeIn, RESTRICTION_ISSUER, RESTRICTIONS } from './codes.js';
import { childrenNamed, elementAt, textAt } from './elements.js';
import { standingOf, type Standing } from './roles.js';
import { currencyOf, dayAt, exactAmount } from './values.js';

/** About whom is told, when, and what of it is in dispute. */
export interface Telling {
  readonly debtor: OrderDispatched['debtor'];
  /** The day in China at the answer's time. */
  readonly day: string;
  readonly disputed: ReadonlySet<string>;
}

/** The longest account number that a holding may have. */
const ACCOUNT_MAX = 50;
/** `GLID`: the number is too long for its place and stands in the name. */
const LONG_NUMBER = 'GLID';

/**
 * `AcctAndPties`. An account in which the debtor has no property, or that is a debt, gives none.
 * @throws NotReadable for every code without a meaning here: it could be money that the law protects
 */
export function accountOf(told: Element, telling: Telling): HoldingLine | undefined {
  const standing = standingOf(childrenNamed(told, 'Role'), telling.debtor, telling.day);
  const account = elementAt(told, 'Acct');
  if (!account) throw new NotReadable('an account without itself');
  const kind = kindOf(account);
  return standing.isOwner && kind !== 'debt' ? holdingOf(account, kind, standing, telling) : undefined;
}

function holdingOf(account: Element, kind: string, { coOwners }: Standing, telling: Telling): HoldingLine {
  const currency = currencyOf(textAt(account, 'Ccy'));
  const balance = textAt(account, 'AvrgBal');
  const nothing = { amount: formatAmount(0n, currency), currency };
  const number = numberOf(account);
  return compact({
    account: number,
    kind,
    currency,
    state: stateOf(account, telling.day),
    balance: balance === undefined ? nothing : exactAmount(balance, currency, 'AvrgBal'),
    // The message has no word for what is free. None is the only figure that promises nothing.
    available: nothing,
    priorMeasures: [],
    priorityRights: [],
    restriction: restrictionOf(account, number, balance !== undefined, telling),
    coOwners: coOwners.length === 0 ? undefined : coOwners.map((name) => freeText(name, 'Nm')),
  });
}

function numberOf(account: Element): string {
  const other = elementAt(account, 'Id', 'Othr');
  const isLong = other !== undefined && textAt(other, 'SchmeNm', 'Cd') === LONG_NUMBER;
  const number = isLong ? textAt(account, 'Nm') : (textAt(account, 'Id', 'IBAN') ?? (other && textAt(other, 'Id')));
  return exactText(ACCOUNT_MAX)(number, 'the number of an account');
}

/** The published profile leaves it out. */
function kindOf(account: Element): string {
  const kind = elementAt(account, 'Tp');
  return kind === undefined
    ? 'unknown'
    : codeIn(ACCOUNT_KINDS, textAt(kind, 'Cd') ?? textAt(kind, 'Prtry') ?? '', 'the kind of an account');
}

/** The published profile knows a day of closing and no more. @throws NotReadable when an account is closed and in use */
function stateOf(account: Element, day: string): string {
  const [code, closed] = [textAt(account, 'Sts'), dayAt(account, 'ClsgDt')];
  const isClosed = closed !== undefined && closed <= day;
  if (code === undefined) return isClosed ? 'closed' : 'other';
  const state = codeIn(ACCOUNT_STATES, code, 'the state of an account');
  if (isClosed && state !== 'closed') throw new NotReadable('an account is closed and in use');
  return state;
}

/**
 * Without a word on what is free and who was there before, nothing on the account may be counted on: an untouchable restriction says so to
 * people and to the gates, with the bank's own restriction where it states one.
 */
function restrictionOf(account: Element, number: string, hasBalance: boolean, { day, disputed, debtor }: Telling): RestrictionRef {
  const stated = statedRestriction(account, day);
  const purpose = textAt(account, 'AcctPurp');
  const basis = [
    hasBalance
      ? '银行按 ISO 20022 只反馈账户及查询当日平均余额，未反馈可用余额和在先措施'
      : '银行按 ISO 20022 只反馈账户，未反馈余额、可用余额和在先措施，0.00 不是余额',
    ...(purpose === undefined ? [] : [purpose === CLIENTS_MONEY ? '账户内为客户资金' : `银行所称用途：${purpose}`]),
    ...(disputed.has(number) || disputed.has(debtor.idNumber) ? ['该信息存在争议'] : []),
  ].join('；');
  const code = stated ?? (purpose === CLIENTS_MONEY ? 'trust-property' : 'availability-not-stated');
  return { code, freeze: 'no', deduct: 'no', basis };
}

function statedRestriction(account: Element, day: string): string | undefined {
  const inForce = childrenNamed(account, 'Rstrctn').filter((one) => (dayAt(one, 'VldUntil') ?? day) >= day);
  const [only, ...more] = inForce.map((one) => {
    const own = elementAt(one, 'RstrctnTp', 'Prtry');
    if (!own || textAt(own, 'Issr') !== RESTRICTION_ISSUER) throw new NotReadable('an account is restricted by a code that is not known');
    return codeIn(RESTRICTIONS, textAt(own, 'Id') ?? '', 'a restriction');
  });
  if (more.length > 0) throw new NotReadable('an account has more than one restriction');
  return only;
}
