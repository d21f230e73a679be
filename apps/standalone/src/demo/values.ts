import { addDays, addYears, AppError, type LegalDate } from '#kernel';

/** What the steps have saved so far. Only ids, numbers and sums: never a name or an account, because it is kept on disk. */
export type Values = Record<string, unknown>;

const PLACE = /\$\{([^}]+)\}/g;
const DATE = /^today((?:[+-]\d+[dy])*)$/;

/** Fills `${name.path}` and `${today+1y-1d}` in all texts of a value. A text that is one place keeps the value's own type. */
export function fill(value: unknown, values: Values, today: LegalDate): unknown {
  if (typeof value === 'string') return fillText(value, values, today);
  if (Array.isArray(value)) return value.map((each) => fill(each, values, today));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member, values, today)]));
}

function fillText(text: string, values: Values, today: LegalDate): unknown {
  const whole = /^\$\{([^}]+)\}$/.exec(text);
  if (whole) return valueOf(whole[1] ?? '', values, today);
  return text.replace(PLACE, (_, place: string) => String(valueOf(place, values, today)));
}

function valueOf(place: string, values: Values, today: LegalDate): unknown {
  if (place === 'year') return today.slice(0, 4);
  const date = DATE.exec(place);
  if (date) return shifted(today, date[1] ?? '');
  const found = pick(values, place);
  if (found === undefined) throw new AppError('invalid', `the demo has no value \${${place}}`);
  return found;
}

function shifted(today: LegalDate, shifts: string): LegalDate {
  let date = today;
  for (const [, sign, count, unit] of shifts.matchAll(/([+-])(\d+)([dy])/g)) {
    const by = Number(`${sign}${count}`);
    date = unit === 'y' ? addYears(date, by) : addDays(date, by);
  }
  return date;
}

/**
 * Follows a path such as `orders[?bank=wrcb].orderNumber` or `items[?account$=0011&state=normal].id`:
 * `[?a=b]` takes the first member of a list whose `a` is `b` (`$=`: ends in `b`), `[*…]` all of them, `[2]` the third.
 */
export function pick(from: unknown, path: string): unknown {
  let value = from;
  for (const [, name, selector] of path.matchAll(/([^.[\]]+)|\[([^\]]+)\]/g)) {
    if (value === undefined || value === null) return undefined;
    value = name !== undefined ? (value as Record<string, unknown>)[name] : select(value, selector ?? '');
  }
  return value;
}

function select(list: unknown, selector: string): unknown {
  if (!Array.isArray(list)) return undefined;
  if (/^\d+$/.test(selector)) return (list as unknown[])[Number(selector)];
  const matching = (list as unknown[]).filter((member) =>
    selector
      .slice(1)
      .split('&')
      .every((test) => holds(member, test)),
  );
  return selector.startsWith('*') ? matching : matching[0];
}

function holds(member: unknown, test: string): boolean {
  if (test === '') return true;
  const [, name = '', operator, wanted = ''] = /^([\w.]+)(\$?=)(.*)$/.exec(test) ?? [];
  const value = pick(member, name);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return operator === '$=' ? text.endsWith(wanted) : text === wanted;
}
