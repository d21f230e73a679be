import { addDays, legalDateOf, startOfLegalDate, type Instant, type LegalDate } from './dates.js';

/** Minutes of a day from 00:00 on, the end not included; 1440 is 24:00. */
export interface Span {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Hours of a week in Asia/Shanghai, with the days that differ from their weekday. */
export interface WeekHours {
  /** Monday first, as people write a week; an empty day is a day of rest. */
  readonly week: readonly (readonly Span[])[];
  /** Days that differ from their weekday: holidays, which are empty, and working days in place of a day of rest. */
  readonly days: ReadonlyMap<LegalDate, readonly Span[]>;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;
const DAYS_A_WEEK = 7;
/** 1970-01-01 was a Thursday, the fourth day. */
const WEEKDAY_OF_EPOCH = 3;
const DAY_MS = MINUTES_A_DAY * MINUTE_MS;
/** How far ahead the next opening is looked for. */
const LOOK_DAYS_MAX = 62;
const SPAN = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/;

export function isOpenAt(hours: WeekHours, at: Instant): boolean {
  const day = legalDateOf(at);
  const minute = Math.floor((at - startOfLegalDate(day)) / MINUTE_MS);
  return spansOf(hours, day).some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute);
}

/** Whether it opens at all on a day. */
export function isOpenOn(hours: WeekHours, day: LegalDate): boolean {
  return spansOf(hours, day).length > 0;
}

/** When it opens next; the instant itself while it is open. @returns undefined when it stays shut for two months */
export function opensAt(hours: WeekHours, at: Instant): Instant | undefined {
  if (isOpenAt(hours, at)) return at;
  for (let ahead = 0, day = legalDateOf(at); ahead <= LOOK_DAYS_MAX; ahead += 1, day = addDays(day, 1)) {
    const starts = spansOf(hours, day).map(({ fromMinute }) => startOfLegalDate(day) + fromMinute * MINUTE_MS);
    const next = starts.filter((start) => start > at);
    if (next.length > 0) return Math.min(...next);
  }
  return undefined;
}

/** Hours such as `08:30-17:00`; undefined for any other text. */
export function parseSpan(text: string): Span | undefined {
  const match = SPAN.exec(text);
  const [fromHour = 0, fromMinutes = 0, toHour = 0, toMinutes = 0] = match?.slice(1).map(Number) ?? [];
  const [fromMinute, toMinute] = [fromHour * 60 + fromMinutes, toHour * 60 + toMinutes];
  const isSpan = match !== null && fromMinutes < 60 && toMinutes < 60 && fromMinute < toMinute && toMinute <= MINUTES_A_DAY;
  return isSpan ? { fromMinute, toMinute } : undefined;
}

/** Whether each span begins after the end of the one before it. */
export function inOrder(spans: readonly Span[]): boolean {
  return spans.every((span, i) => i === 0 || span.fromMinute >= (spans[i - 1]?.toMinute ?? 0));
}

function spansOf({ week, days }: WeekHours, day: LegalDate): readonly Span[] {
  return days.get(day) ?? week[weekdayOf(day)] ?? [];
}

/** 0 is Monday. */
function weekdayOf(day: LegalDate): number {
  return (Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS) + WEEKDAY_OF_EPOCH) % DAYS_A_WEEK;
}
