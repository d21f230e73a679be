import type { OrderLine } from '#contracts';
import { accountPart, originalPart, sumPart } from './body/line-parts.js';

/** SF04: what is to remain of a freeze; 0.00 ends it. */
export function writeRelease(line: OrderLine): Record<string, unknown> {
  return { ...accountPart(line), ...originalPart(line), remainAmt: sumPart(line, line.newLimit) };
}
