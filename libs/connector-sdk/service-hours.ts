import { inOrder, isLegalDate, parseSpan, WEEKDAYS, type LegalDate, type Span, type WeekHours } from '#kernel';
import type { ProfileReader } from './profile-reader.js';

/**
 * When a bank takes orders, by the days and hours of Asia/Shanghai: outside them nothing leaves for it, inquiries and control orders alike,
 * because none of the rules (docs/rules.md) makes an exception. A bank without such hours is always open.
 */
export type ServiceHours = WeekHours;

const TIME_ZONE = 'Asia/Shanghai';
const SPANS_MAX = 4;
/** Two years of holidays and days worked in their place. */
const DAYS_MAX = 200;

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
  if (!inOrder(spans)) read.fault(pointer, 'must be in order and not overlap');
  return spans;
}

function readSpan(read: ProfileReader, raw: unknown, pointer: string): Span {
  const span = typeof raw === 'string' ? parseSpan(raw) : undefined;
  if (!span) read.fault(pointer, 'must be hours such as 08:30-17:00');
  return span ?? { fromMinute: 0, toMinute: 0 };
}
