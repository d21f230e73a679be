import { AppError } from './errors.js';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A legal day `YYYY-MM-DD` in Asia/Shanghai. Strings of this form sort by time. */
export type LegalDate = string;

/** China has kept UTC+8 without summer time since 1991, so the offset is a constant. */
const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const FORM = /^(\d{4})-(\d{2})-(\d{2})$/;

export function isLegalDate(text: string): boolean {
  const match = FORM.exec(text);
  if (!match) return false;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().slice(0, 10) === text;
}

function utcMidnight(date: LegalDate): number {
  if (!isLegalDate(date)) throw new AppError('invalid', `"${date.slice(0, 20)}" is not a date YYYY-MM-DD`);
  return Date.parse(`${date}T00:00:00.000Z`);
}

/** The day it is in Asia/Shanghai at an instant. */
export function legalDateOf(at: Instant): LegalDate {
  return new Date(at + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** 00:00 of a legal day. */
export function startOfLegalDate(date: LegalDate): Instant {
  return utcMidnight(date) - SHANGHAI_MS;
}

/** 24:00 of a legal day: the first instant that is no longer in it. */
export function endOfLegalDate(date: LegalDate): Instant {
  return startOfLegalDate(date) + DAY_MS;
}

export function addDays(date: LegalDate, days: number): LegalDate {
  return new Date(utcMidnight(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day some months later; the last day of the month where that day does not exist. */
export function addMonths(date: LegalDate, months: number): LegalDate {
  const from = new Date(utcMidnight(date));
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const daysInMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(from.getUTCDate(), daysInMonth));
  return first.toISOString().slice(0, 10);
}

/** The same day some years later; 29 February becomes 28 February where there is none. */
export function addYears(date: LegalDate, years: number): LegalDate {
  return addMonths(date, years * 12);
}

/** Whole days from one legal day to another. */
export function daysBetween(from: LegalDate, to: LegalDate): number {
  return Math.round((utcMidnight(to) - utcMidnight(from)) / DAY_MS);
}

/** RFC 3339 in UTC with milliseconds. */
export function instantText(at: Instant): string {
  return new Date(at).toISOString();
}

const TIME_FORM = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** The first moment that RFC 3339 cannot write in UTC: its years have four digits. */
const AFTER_YEAR_9999 = Date.UTC(10_000, 0, 1);

/**
 * A day that does not exist is refused, as is 24:00: the engine makes the next day of either, which would be another moment than stands there.
 * So is a moment whose offset carries it beyond the year 9999, because it could not be written again.
 * @throws AppError `invalid` when the text is no RFC 3339 time with an offset.
 */
export function parseInstant(text: string): Instant {
  const [, day = ''] = TIME_FORM.exec(text) ?? [];
  const ms = isLegalDate(day) ? Date.parse(text) : NaN;
  if (!(ms < AFTER_YEAR_9999)) throw new AppError('invalid', `"${text.slice(0, 40)}" is not an RFC 3339 time`);
  return ms;
}

/**
 * Adds an ISO 8601 duration of whole days and time parts (`P1D`, `PT90M`, `P1DT2H`, `P30D`, `P1W`) and returns milliseconds.
 * Years and months are refused: their length is not a number of milliseconds.
 */
export function parseDuration(text: string): number {
  const match = /^P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(text);
  const parts = match?.slice(1).map((part) => Number(part ?? 0)) ?? [];
  if (!match || text === 'P' || text.endsWith('T')) throw new AppError('invalid', `"${text.slice(0, 40)}" is not a duration such as P1D`);
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return weeks * 7 * DAY_MS + days * DAY_MS + hours * 3_600_000 + minutes * 60_000 + seconds * 1000;
}
