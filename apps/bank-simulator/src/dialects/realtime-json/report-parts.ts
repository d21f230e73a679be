import type { Opaque } from '../../book/model.js';
import type { MeasureReport } from '../../book/order.js';
import { OTHER_RESTRICTION, PERMISSION_CODES, RESTRICTION_CODES } from './codes.js';

/** An earlier freeze of any authority. Amounts are in the currency of the account. */
export function priorFreezeOf({ authority, document, amount, until }: MeasureReport): object {
  return { org: authority, docNo: document, amt: amount, endDate: until };
}

type Members = Readonly<Record<string, Opaque>>;

function membersOf(value: Opaque): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** Whoever set the account up may have given a word or an object; the wire has objects. */
export function priorityRightOf(right: Opaque): object {
  const members = membersOf(right);
  const type = typeof right === 'string' ? right : (textOf(members['type']) ?? 'priority');
  return { type, holder: textOf(members['holder']) ?? '', amt: amountOf(members['amount']) };
}

export function restrictionOf(restriction: Opaque): object {
  const members = membersOf(restriction);
  const word = typeof restriction === 'string' ? restriction : (textOf(members['code']) ?? '');
  return {
    code: RESTRICTION_CODES[word] ?? OTHER_RESTRICTION,
    frz: PERMISSION_CODES[textOf(members['freeze']) ?? ''],
    ded: PERMISSION_CODES[textOf(members['deduct']) ?? ''],
    reserve: amountOf(members['reserve']),
    basis: textOf(members['basis']),
  };
}

function textOf(value: Opaque | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function amountOf(value: Opaque | undefined): string | undefined {
  return typeof value === 'string' ? value : textOf(membersOf(value ?? null)['amount']);
}
