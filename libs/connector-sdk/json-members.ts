import {
  decimalsOf,
  formatAmount,
  isCurrency,
  isLegalDate,
  instantText,
  parseAmount,
  parseInstant,
  type LegalDate,
  type MoneyJson,
} from '#kernel';

/** Why a body, or a part of it, cannot be read. Never leaves a connector: its readers answer, they do not throw. */
export class NotReadable extends Error {}

export type Members = Readonly<Record<string, unknown>>;

/** The longest free text that is kept; the original bytes hold the rest. */
export const TEXT_MAX = 1000;

export function membersOf(value: unknown, what: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new NotReadable(`${what} is no object`);
}

export function listOf(value: unknown, what: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= max) return value as readonly unknown[];
  throw new NotReadable(`${what} is no list of at most ${max}`);
}

/** A member that is absent or null gives undefined. */
export function optional<T>(object: Members, name: string, read: (value: unknown, what: string) => T): T | undefined {
  const value = object[name];
  return value === undefined || value === null ? undefined : read(value, name);
}

export function required<T>(object: Members, name: string, read: (value: unknown, what: string) => T): T {
  return read(object[name], name);
}

/** Half of a surrogate pair: it has no form in UTF-8, so nothing that holds one could be passed on. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A number or code that must be exact: not empty, and not longer than what can be kept. */
export function exactText(max: number): (value: unknown, what: string) => string {
  return (value, what) => {
    if (typeof value === 'string' && value !== '' && value.length <= max && !LONE_SURROGATE.test(value)) return value;
    throw new NotReadable(`${what} is no text of 1 to ${max}`);
  };
}

/** Free text, cut where it is too long. */
export function freeText(value: unknown, what: string): string {
  if (typeof value !== 'string' || LONE_SURROGATE.test(value)) throw new NotReadable(`${what} is no text`);
  return value.length <= TEXT_MAX ? value : value.slice(0, TEXT_MAX).replace(LONE_SURROGATE, '');
}

export function wordOf<T extends string>(words: readonly T[]): (value: unknown, what: string) => T {
  return (value, what) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw new NotReadable(`${what} is a word that is not known`);
    return word;
  };
}

export function wholeNumber(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new NotReadable(`${what} is no whole number`);
}

export function lineNumber(value: unknown, what: string): number {
  const seq = wholeNumber(value, what);
  if (seq < 1) throw new NotReadable(`${what} is below 1`);
  return seq;
}

export function dateOf(value: unknown, what: string): LegalDate {
  if (typeof value === 'string' && isLegalDate(value)) return value;
  throw new NotReadable(`${what} is no date`);
}

/** Any RFC 3339 time, brought into our one form. */
export function timeOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new NotReadable(`${what} is no time`);
  try {
    return instantText(parseInstant(value));
  } catch (cause) {
    throw new NotReadable(`${what} is no time`, { cause });
  }
}

/** `{amount, currency}`, brought into exactly the currency's decimals. A sign is kept: whether it is possible is not judged here. */
export function moneyOf(value: unknown, what: string): MoneyJson {
  const { amount, currency } = membersOf(value, what);
  if (typeof amount !== 'string' || typeof currency !== 'string' || !isCurrency(currency)) throw new NotReadable(`${what} is no money`);
  try {
    const isNegative = amount.startsWith('-');
    const minor = parseAmount(isNegative ? amount.slice(1) : amount, currency);
    return { amount: formatAmount(isNegative ? -minor : minor, currency), currency };
  } catch (cause) {
    throw new NotReadable(`${what} is no amount with at most ${decimalsOf(currency)} decimals`, { cause });
  }
}

/** The object without its undefined members, which the contracts' schemas would refuse. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
