import { instantText, type Instant } from '#kernel';

const CHINA_MS = 8 * 3_600_000;

/** RFC 3339 with milliseconds by the bank's own clock on the wall. */
export function chinaTime(at: Instant): string {
  return instantText(at + CHINA_MS).replace('Z', '+08:00');
}
