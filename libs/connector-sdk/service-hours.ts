import { addDays, isLegalDate, legalDateOf, startOfLegalDate, type Instant, type LegalDate } from '#kernel';
import type { ProfileReader } from './profile-reader.js';

/** Minutes of a day from 00:00 on, the end not included; 1440 is 24:00. */
export interface Span {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/**
 * When a bank takes orders, by the days and hours of Asia/Shanghai: outside them nothing leaves for it, inquiries and control orders alike,
 * because none of the rules (docs/rules.md) makes an exception. A bank without such hours is always open.
 */
export interface ServiceHours {
  /** Monday first, as people write a week; an empty day is a day of rest. */
  readonly week: readonly (readonly Span[])[];
  /** Days that differ from their weekday: holidays, which are empty, and working days in place of a day of rest. */
  readonly days: ReadonlyMap<LegalDate, readonly Span[]>;
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const TIME_ZONE = 'Asia/Shanghai';
const SPANS_MAX = 4;
/** Two years of holidays and days worked in their place. */
const DAYS_MAX = 200;
const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;
const DAYS_A_WEEK = 7;
/** 1970-01-01 was a Thursday, the fourth day. */
const WEEKDAY_OF_EPOCH = 3;
const DAY_MS = MINUTES_A_DAY * MINUTE_MS;
/** How far ahead the next opening is looked for. */
const LOOK_DAYS_MAX = 62;
const SPAN = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/;

export function isOpenAt(hours: ServiceHours, at: Instant): boolean {
  const day = legalDateOf(at);
  const minute = Math.floor((at - startOfLegalDate(day)) / MINUTE_MS);
  return spansOf(hours, day).some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute);
}

/** When it opens next; the instant itself while it is open. @returns undefined when it stays shut for two months */
export function opensAt(hours: ServiceHours, at: Instant): Instant | undefined {
  if (isOpenAt(hours, at)) return at;
  for (let ahead = 0, day = legalDateOf(at); ahead <= LOOK_DAYS_MAX; ahead += 1, day = addDays(day, 1)) {
    const starts = spansOf(hours, day).map(({ fromMinute }) => startOfLegalDate(day) + fromMinute * MINUTE_MS);
    const next = starts.filter((start) => start > at);
    if (next.length > 0) return Math.min(...next);
  }
  return undefined;
}

/** The legal days that one business day stands for, both inclusive; `to` is the business day itself. */
export interface BusinessPeriod {
  readonly from: LegalDate;
  readonly to: LegalDate;
}

/**
 * The business period that a legal day belongs to: a day of rest belongs to the next day on which the bank is open, so that nothing falls
 * between two days. A bank without hours has a business day every day; one that stays shut for two months counts its days one by one.
 */
export function businessPeriodOf(hours: ServiceHours | undefined, day: LegalDate): BusinessPeriod {
  if (!hours) return { from: day, to: day };
  const to = openDay(hours, day, 1);
  if (to === undefined) return { from: day, to: day };
  const before = openDay(hours, addDays(to, -1), -1);
  return { from: before === undefined ? addDays(to, -LOOK_DAYS_MAX) : addDays(before, 1), to };
}

/**
 * The business periods after one day and up to another, oldest first. No day falls between two of them: the first begins right after `after`,
 * so when there are more than `max`, as after a long standstill, it also stands for those that are left out.
 */
export function businessPeriodsBetween(
  hours: ServiceHours | undefined,
  after: LegalDate,
  through: LegalDate,
  max: number,
): readonly BusinessPeriod[] {
  const found: BusinessPeriod[] = [];
  for (let day = through; day > after && found.length < max;) {
    const period = businessPeriodOf(hours, day);
    if (period.to <= through) found.unshift(period);
    day = addDays(period.from, -1);
  }
  return found.map((period, i) => (i === 0 ? { ...period, from: addDays(after, 1) } : period));
}

/** The nearest day on which the bank is open, the day itself included. */
function openDay(hours: ServiceHours, day: LegalDate, step: 1 | -1): LegalDate | undefined {
  for (let away = 0; away <= LOOK_DAYS_MAX; away += 1) {
    const looked = addDays(day, step * away);
    if (spansOf(hours, looked).length > 0) return looked;
  }
  return undefined;
}

function spansOf({ week, days }: ServiceHours, day: LegalDate): readonly Span[] {
  return days.get(day) ?? week[weekdayOf(day)] ?? [];
}

/** 0 is Monday. */
function weekdayOf(day: LegalDate): number {
  return (Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS) + WEEKDAY_OF_EPOCH) % DAYS_A_WEEK;
}

/** The member `service` of a profile; faults go to the reader. */
export function readServiceHours(read: ProfileReader, raw: unknown): ServiceHours {
  const at = '/service';
  const root = read.mapping(raw, at, ['timeZone', 'hours', 'holidays', 'workdays']);
  if (root['timeZone'] !== TIME_ZONE) read.fault(`${at}/timeZone`, `must be ${TIME_ZONE}`);
  const hours = read.mapping(root['hours'], `${at}/hours`, WEEKDAYS);
  const week = WEEKDAYS.map((name) => (hours[name] === undefined ? [] : readSpans(read, hours[name], `${at}/hours/${name}`)));
  if (week.every((spans) => spans.length === 0)) read.fault(`${at}/hours`, 'must open the bank on some day of the week');
  const days = new Map<LegalDate, readonly Span[]>();
  const note = (day: unknown, pointer: string, spans: readonly Span[]): void => {
    if (typeof day !== 'string' || !isLegalDate(day)) return read.fault(pointer, 'must be a date YYYY-MM-DD');
    if (days.has(day)) read.fault(pointer, 'names a day that is named already');
    days.set(day, spans);
  };
  const holidays = read.list(root['holidays'] ?? [], `${at}/holidays`, 0, DAYS_MAX);
  for (const [i, day] of holidays.entries()) note(day, `${at}/holidays/${i}`, []);
  for (const [day, spans] of workdaysOf(read, root['workdays'] ?? {}, `${at}/workdays`)) {
    note(day, `${at}/workdays/${day}`, readSpans(read, spans, `${at}/workdays/${day}`));
  }
  return { week, days };
}

function workdaysOf(read: ProfileReader, raw: unknown, pointer: string): readonly (readonly [string, unknown])[] {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw) && Object.keys(raw).length <= DAYS_MAX) return Object.entries(raw);
  read.fault(pointer, `must be a mapping of at most ${DAYS_MAX} days to their hours`);
  return [];
}

function readSpans(read: ProfileReader, raw: unknown, pointer: string): readonly Span[] {
  const spans = read.list(raw, pointer, 0, SPANS_MAX).map((one, i) => readSpan(read, one, `${pointer}/${i}`));
  const overlaps = spans.some((span, i) => i > 0 && span.fromMinute < (spans[i - 1]?.toMinute ?? 0));
  if (overlaps) read.fault(pointer, 'must be in order and not overlap');
  return spans;
}

function readSpan(read: ProfileReader, raw: unknown, pointer: string): Span {
  const match = typeof raw === 'string' ? SPAN.exec(raw) : null;
  const [fromHour = 0, fromMinutes = 0, toHour = 0, toMinutes = 0] = match?.slice(1).map(Number) ?? [];
  const [fromMinute, toMinute] = [fromHour * 60 + fromMinutes, toHour * 60 + toMinutes];
  const isSpan = match !== null && fromMinutes < 60 && toMinutes < 60 && fromMinute < toMinute && toMinute <= MINUTES_A_DAY;
  if (!isSpan) read.fault(pointer, 'must be hours such as 08:30-17:00');
  return { fromMinute, toMinute };
}
