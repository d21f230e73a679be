import { instantText, parseInstant } from '#kernel';

/** When the bank took the package, to the millisecond where it says so (R10): `2026-03-10 11:52:03.123`, the time of the country. */
const TIME = /<slxx SLSJ="(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)"\s*\/>/;

export function receivedAtOf(document: Buffer): { readonly receivedAt?: string } {
  const [, date, time] = TIME.exec(document.toString('utf8')) ?? [];
  return date === undefined || time === undefined ? {} : { receivedAt: instantText(parseInstant(`${date}T${time}+08:00`)) };
}
