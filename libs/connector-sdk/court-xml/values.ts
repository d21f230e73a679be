import { AppError, formatAmount, instantText, isLegalDate, parseAmount, parseInstant, type LegalDate, type MoneyJson } from '#kernel';
import { currencyNumber, currencyOfNumber } from './currencies.js';
import { NotReadable, type XmlElement } from './xml-element.js';

/** The longest free text that is kept; the original bytes hold the rest. */
export const TEXT_MAX = 1000;

/** The value of an attribute; an empty one says as little as one that is absent. */
export function valueOf({ attributes }: XmlElement, name: string): string | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name]?.trim() : undefined;
  return value === '' ? undefined : value;
}

/** A number or code that must be exact: not longer than what can be kept. @throws NotReadable */
export function exactText(element: XmlElement, name: string, max: number): string {
  const value = valueOf(element, name);
  if (value !== undefined && value.length <= max) return value;
  throw new NotReadable(`${name} is no text of 1 to ${max}`);
}

export function optionalExact(element: XmlElement, name: string, max: number): string | undefined {
  return valueOf(element, name) === undefined ? undefined : exactText(element, name, max);
}

/** Free text, cut where it is too long, and never inside a character. */
export function freeText(element: XmlElement, name: string): string | undefined {
  const value = valueOf(element, name);
  return value === undefined || value.length <= TEXT_MAX ? value : value.slice(0, TEXT_MAX).replace(/\p{Surrogate}/u, '');
}

/** A whole number from `min`. @throws NotReadable */
export function wholeNumber(element: XmlElement, name: string, min: number): number {
  const value = valueOf(element, name) ?? '';
  const number = /^(0|[1-9][0-9]{0,8})$/.test(value) ? Number(value) : NaN;
  if (number >= min) return number;
  throw new NotReadable(`${name} is no whole number from ${min}`);
}

/** Looks a code up in its table. @throws NotReadable for a code that is not in it (I6) */
export function codeOf<T>(element: XmlElement, name: string, table: Readonly<Record<string, T>>): T {
  const value = valueOf(element, name) ?? '';
  if (Object.hasOwn(table, value)) return table[value] as T;
  throw new NotReadable(`${name} "${value.slice(0, 40)}" is a code that is not known`);
}

/** Plain decimal text. Zeros beyond the currency's decimals are passed by; a sign is kept, and whether it is possible is not judged here. */
export function moneyOf(element: XmlElement, name: string, currency: string): MoneyJson | undefined {
  const value = valueOf(element, name);
  if (value === undefined) return undefined;
  const isNegative = value.startsWith('-');
  const digits = (isNegative ? value.slice(1) : value).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  try {
    const minor = parseAmount(digits, currency);
    return { amount: formatAmount(isNegative ? -minor : minor, currency), currency };
  } catch (cause) {
    throw new NotReadable(`${name} is no amount of ${currency}`, { cause });
  }
}

export function requiredMoney(element: XmlElement, name: string, currency: string): MoneyJson {
  const money = moneyOf(element, name, currency);
  if (money === undefined) throw new NotReadable(`${name} is missing`);
  return money;
}

/** ISO 4217 by its number, or by `otherwise` where the record states none. @throws NotReadable for a number that is not known */
export function currencyOf(element: XmlElement, name: string, otherwise?: string): string {
  const value = valueOf(element, name);
  const currency = value === undefined ? otherwise : currencyOfNumber(value);
  if (currency === undefined) throw new NotReadable(`${name} "${value ?? ''}" is no currency that is known`);
  return currency;
}

/** @throws AppError `unsupported-by-dialect` */
export function writtenCurrency(currency: string): string {
  const number = currencyNumber(currency);
  if (number === undefined) throw new AppError('unsupported-by-dialect', `币种 ${currency} 没有数字代码`);
  return number;
}

const WHEN = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2})(\.\d{3})?)?$/;
const SHANGHAI_MS = 8 * 3_600_000;

/** 10 or 19 characters; the time of day adds nothing to a day, of which both ends count whole. */
export function dayOf(element: XmlElement, name: string): LegalDate | undefined {
  const value = valueOf(element, name);
  if (value === undefined) return undefined;
  const [, day = ''] = WHEN.exec(value) ?? [];
  if (!isLegalDate(day)) throw new NotReadable(`${name} is no date of 10 or 19 characters`);
  return day;
}

/** 10, 19 or 23 characters in Asia/Shanghai, brought into our one form. A day alone is its beginning. */
export function timeOf(element: XmlElement, name: string): string | undefined {
  const value = valueOf(element, name);
  if (value === undefined) return undefined;
  const [, day = '', time = '00:00:00', fraction = ''] = WHEN.exec(value) ?? [];
  if (!isLegalDate(day)) throw new NotReadable(`${name} is no time of 10, 19 or 23 characters`);
  try {
    return instantText(parseInstant(`${day}T${time}${fraction}+08:00`));
  } catch (cause) {
    throw new NotReadable(`${name} is no time`, { cause });
  }
}

/** `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai; with milliseconds where the moment counts in law (R10). */
export function courtTime(rfc3339: string, precision: 'seconds' | 'milliseconds' = 'seconds'): string {
  const local = new Date(parseInstant(rfc3339) + SHANGHAI_MS).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, precision === 'seconds' ? 19 : 23)}`;
}

/** Runs of children of one name. @throws NotReadable for more than `max` */
export function childrenOf({ children }: XmlElement, listName: string, name: string, max: number): readonly XmlElement[] {
  const found = children.filter((child) => child.name === listName).flatMap((list) => list.children.filter((one) => one.name === name));
  if (found.length > max) throw new NotReadable(`${listName} has more than ${max}`);
  return found;
}

/** The object without its undefined members, which the contracts' schemas would refuse. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
