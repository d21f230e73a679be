import { canonicalBytes, invariant, type CanonicalValue } from '#kernel';
import type { OrderDispatched, OrderLine } from '#contracts';
import type { DocumentContents } from '#connector-sdk';
import { writeHead } from './body/write-head.js';
import { writeDeduct, writePayee } from './deduct.js';
import { writeFreeze } from './freeze.js';
import { writeInquiry } from './inquire.js';
import { writeRelease } from './release.js';
import { writeRenewal } from './renew.js';

/**
 * An order's exact bytes: canonical JSON, so the same order gives the same bytes, and only the members of its action.
 * @throws AppError `unsupported-by-dialect` when the bank has no code for a word of it
 */
export function writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
  return canonicalBytes({ ...writeHead(order, contents), ...abilityPart(order) } as CanonicalValue);
}

function abilityPart(order: OrderDispatched): Record<string, unknown> {
  const items = (write: (line: OrderLine) => Record<string, unknown>): Record<string, unknown> => {
    invariant(order.lines.length > 0, 'a control order has lines');
    return { items: order.lines.map(write) };
  };
  switch (order.action) {
    case 'inquire':
      return writeInquiry(order);
    case 'freeze':
      return items(writeFreeze);
    case 'renew':
      return items(writeRenewal);
    case 'release':
      return items(writeRelease);
    case 'deduct':
      return { ...items(writeDeduct), ...writePayee(order) };
  }
}
