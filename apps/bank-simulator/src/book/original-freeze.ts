import type { Freeze } from './model.js';
import type { OrderLine } from './order.js';
import type { LineContext } from './receive-order.js';
import type { RefusalCode } from './refusals.js';

export type OriginalFreeze = { readonly freeze: Freeze } | { readonly problem: RefusalCode };

/**
 * The freeze that a later order is about, found by the order that set it (docs/rules.md, 原冻结请求单号). Where a clerk
 * names none it is a live one of the same court on the account: for a deduct the first that covers the amount, else the newest. The case number plays no part: a preservation freeze is renewed,
 * released and deducted under another one (R15).
 */
export function originalFreeze(context: LineContext, line: OrderLine): OriginalFreeze {
  const all = context.book.freezesOf(context.account.number);
  const original = line.original;
  const candidates = original
    ? all.filter((freeze) => freeze.orderNumber === original.orderNumber && (original.line === undefined || freeze.line === original.line))
    : all.filter((freeze) => freeze.orderNumber !== undefined && freeze.authority === context.order.authority);
  const live = candidates.filter((freeze) => freeze.state === 'live');
  const covering = context.order.action === 'deduct' ? live.find((freeze) => freeze.covered >= (line.amount ?? 0n)) : undefined;
  const freeze = covering ?? live.at(-1);
  if (freeze) return { freeze };
  return { problem: candidates.some((freeze) => freeze.state === 'expired') ? 'FREEZE_EXPIRED' : 'ORIGINAL_FREEZE_NOT_FOUND' };
}
