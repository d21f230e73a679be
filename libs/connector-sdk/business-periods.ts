import { addDays, isOpenOn, type LegalDate } from '#kernel';
import type { ServiceHours } from './service-hours.js';

/** How far the next day on which a bank is open is looked for. */
const LOOK_DAYS_MAX = 62;

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
    if (isOpenOn(hours, looked)) return looked;
  }
  return undefined;
}
