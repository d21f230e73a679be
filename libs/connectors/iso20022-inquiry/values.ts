import { NotReadable } from '#connector-sdk';
import { AppError, formatAmount, isCurrency, parseAmount, parseInstant, type Instant, type MoneyJson } from '#kernel';
import { textAt } from './elements.js';

/** What a decimal of the definitions looks like when it is not below zero. */
const DECIMAL = /^[+-]?(\d*)(?:\.(\d*))?$/;

/**
 * An amount exactly, in the currency's decimals: the message may have five places, of which none may be lost.
 * @throws NotReadable
 */
export function exactAmount(text: string, currency: string, what: string): MoneyJson {
  const [, whole = '', fraction = ''] = DECIMAL.exec(text.trim()) ?? [];
  const digits = [whole.replace(/^0+(?=\d)/, '') || '0', fraction.replace(/0+$/, '')].filter((part) => part !== '').join('.');
  try {
    return { amount: formatAmount(parseAmount(digits, currency), currency), currency };
  } catch (cause) {
    if (cause instanceof AppError) throw new NotReadable(`${what} cannot be said exactly in ${currency}`, { cause });
    throw cause;
  }
}

/** @throws NotReadable */
export function currencyOf(text: string | undefined): string {
  if (text !== undefined && isCurrency(text)) return text;
  throw new NotReadable('an account without a currency');
}

/** `CreDtTm` or `CreDt` in our one form. @throws NotReadable */
export function instantOf(text: string | undefined): Instant {
  try {
    return parseInstant((text ?? '').trim().replace(/(\.\d{9})\d+/, '$1'));
  } catch (cause) {
    if (cause instanceof AppError) throw new NotReadable('a time without a place on the line of time', { cause });
    throw cause;
  }
}

/** The day of a date or time as it is written there, without its zone; undefined when there is none. */
export function dayAt(element: Element, ...path: readonly string[]): string | undefined {
  return textAt(element, ...path)
    ?.trim()
    .slice(0, 10);
}
