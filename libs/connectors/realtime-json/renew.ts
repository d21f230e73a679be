import type { OrderLine } from '#contracts';
import { accountPart, originalPart } from './body/line-parts.js';

/** SF03: the new last day of a freeze, named by the order that set it. `beginDate` is the day before which the bank must have it. */
export function writeRenewal(line: OrderLine): Record<string, unknown> {
  return { ...accountPart(line), ...originalPart(line), beginDate: line.from, endDate: line.to };
}
