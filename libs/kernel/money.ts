import { AppError } from './errors.js';

/** An integer count of the currency's minor unit (CNY: fen). Never a float (I10). */
export type Minor = bigint;

/** Money on the wire: a plain decimal string with exactly the currency's decimals, and an ISO 4217 code. */
export interface MoneyJson {
  readonly amount: string;
  readonly currency: string;
}

/** docs/rules.md: fields of 14 bytes including the point hold at most 99,999,999,999.99. */
export const MINOR_MAX: Minor = 9_999_999_999_999n;

const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0 };
const CURRENCY = /^[A-Z]{3}$/;
const AMOUNT = /^(0|[1-9][0-9]{0,14})(?:\.([0-9]+))?$/;

export function isCurrency(text: string): boolean {
  return CURRENCY.test(text);
}

/** The number of decimals of a currency; two unless ISO 4217 says otherwise. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/**
 * Reads a decimal string exactly.
 * @throws AppError `invalid` when it is no plain decimal, has more decimals than the currency, or is above MINOR_MAX.
 */
export function parseAmount(text: string, currency = 'CNY'): Minor {
  const match = AMOUNT.exec(text);
  const decimals = decimalsOf(currency);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) {
    throw new AppError('invalid', `"${text.slice(0, 40)}" is not an amount with at most ${decimals} decimals`);
  }
  const minor = BigInt(match[1] + fraction.padEnd(decimals, '0'));
  if (minor > MINOR_MAX) throw new AppError('invalid', `amount ${text} is above the largest one that banks can carry`);
  return minor;
}

/** Writes an amount with exactly the currency's decimals; negative ones keep their sign. */
export function formatAmount(minor: Minor, currency = 'CNY'): string {
  const decimals = decimalsOf(currency);
  const negative = minor < 0n;
  const digits = (negative ? -minor : minor).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(digits.length - decimals)}`;
  return negative ? `-${text}` : text;
}

export function moneyJson(minor: Minor, currency = 'CNY'): MoneyJson {
  return { amount: formatAmount(minor, currency), currency };
}

export function minMinor(a: Minor, b: Minor): Minor {
  return a < b ? a : b;
}

export function maxMinor(a: Minor, b: Minor): Minor {
  return a > b ? a : b;
}

export function sumMinor(values: Iterable<Minor>): Minor {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}
