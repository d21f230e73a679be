import type { LegalDate } from '#kernel';
import type { Action, Scope } from '#orders';

/** One line of a request with everything looked up: whom, where, which account, how much. */
export interface ResolvedLine {
  /** Where in the posted body it stands. */
  readonly pointer: string;
  readonly debtorPointer?: string;
  readonly bankPointer?: string;
  readonly bank: string;
  readonly legalPerson: string;
  readonly debtorId: string;
  readonly holdingId?: string;
  readonly measureId?: string;
  readonly account?: { readonly number: string; readonly index: string };
  readonly currency: string;
  readonly kind: string;
  /** freeze: the limit; deduct: the sum to move; release: by how much what is bound falls. Minor units of `currency`. */
  readonly amount?: bigint;
  /** release: the limit that remains; 0 ends the measure. */
  readonly newLimit?: bigint;
  readonly scope?: Scope;
  /** A release as it was posted: by an amount, to a limit, or, with neither, the whole. */
  readonly release?: { readonly amount?: bigint; readonly newLimit?: bigint };
}

/** One action on one debtor at one legal-person bank, before it has a number. */
export interface OrderDraft {
  readonly bank: string;
  readonly legalPerson: string;
  readonly debtorId: string;
  readonly lines: readonly ResolvedLine[];
}

/** A request's action and terms together with its lines. */
export interface ResolvedRequest {
  readonly action: Action;
  readonly lines: readonly ResolvedLine[];
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly term?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly until?: LegalDate;
  readonly reason?: string;
  readonly instrumentIds?: readonly string[];
}

/** One order per debtor and legal-person bank, in the order in which the lines name them; lines keep their order. */
export function splitIntoOrders(lines: readonly ResolvedLine[]): readonly OrderDraft[] {
  const groups = new Map<string, ResolvedLine[]>();
  for (const line of lines) {
    const key = `${line.debtorId}|${line.bank}|${line.legalPerson}`;
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ bank: first.bank, legalPerson: first.legalPerson, debtorId: first.debtorId, lines: group }] : [];
  });
}
