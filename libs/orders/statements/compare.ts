import { ACTIONS, type Action } from '../words.js';
import { totalsOf, type DayEntry, type DayTotal, type Sum } from './totals.js';

/** What one side says of a day. */
export interface DaySide {
  readonly totals: readonly DayTotal[];
  /** Every entry by its order; left out by a bank that gives no references. */
  readonly entries?: readonly DayEntry[];
}

/** Our own side always has its entries. */
export type OurSide = Required<DaySide>;

/**
 * One thing that the two sides do not say alike, and so one task. By order where the bank gives references: an order of several lines
 * is one thing to look into. By action where it does not: a line that one side counts under another state is one difference, not two.
 */
export type DayDifference =
  | {
      readonly kind: 'order';
      /** Who has it at all. */
      readonly side: 'ours' | 'bank' | 'both';
      readonly orderNumber: string;
      readonly ours: readonly DayEntry[];
      readonly bank: readonly DayEntry[];
    }
  | { readonly kind: 'action'; readonly action: Action; readonly ours: readonly DayTotal[]; readonly bank: readonly DayTotal[] }
  /** The bank's totals are not those of its own references. */
  | { readonly kind: 'bank-totals'; readonly action: Action; readonly listed: readonly DayTotal[]; readonly stated: readonly DayTotal[] };

/** Compares a day's two sides. Orders in the order of their numbers, then actions; the same whatever the order of the entries. */
export function compareDay(ours: OurSide, bank: DaySide): readonly DayDifference[] {
  if (!bank.entries)
    return unlike(ours.totals, bank.totals).map(([action, own, theirs]) => ({ kind: 'action', action, ours: own, bank: theirs }));
  const inside = unlike(totalsOf(bank.entries), bank.totals);
  return [
    ...compareEntries(ours.entries, bank.entries),
    ...inside.map(([action, listed, stated]): DayDifference => ({ kind: 'bank-totals', action, listed, stated })),
  ];
}

/** The actions whose totals are not the same, with both. */
function unlike(
  left: readonly DayTotal[],
  right: readonly DayTotal[],
): readonly (readonly [Action, readonly DayTotal[], readonly DayTotal[]])[] {
  return ACTIONS.flatMap((action) => {
    const a = left.filter((total) => total.action === action);
    const b = right.filter((total) => total.action === action);
    return textOfTotals(a) === textOfTotals(b) ? [] : [[action, a, b] as const];
  });
}

function compareEntries(ours: readonly DayEntry[], bank: readonly DayEntry[]): readonly DayDifference[] {
  const left = byOrder(ours);
  const right = byOrder(bank);
  const numbers = [...new Set([...left.keys(), ...right.keys()])].sort();
  return numbers.flatMap((orderNumber): DayDifference[] => {
    const own = left.get(orderNumber) ?? [];
    const theirs = right.get(orderNumber) ?? [];
    if (textOfEntries(own) === textOfEntries(theirs)) return [];
    const side = theirs.length === 0 ? 'ours' : own.length === 0 ? 'bank' : 'both';
    return [{ kind: 'order', side, orderNumber, ours: own, bank: theirs }];
  });
}

/** Sorted, so that neither side's order shows; a line that is listed twice stays twice. */
function byOrder(entries: readonly DayEntry[]): ReadonlyMap<string, readonly DayEntry[]> {
  const found = new Map<string, DayEntry[]>();
  for (const entry of entries) {
    const own = found.get(entry.orderNumber);
    if (own) own.push(entry);
    else found.set(entry.orderNumber, [entry]);
  }
  for (const own of found.values()) if (own.length > 1) own.sort((a, b) => a.seq - b.seq || (textOfEntry(a) < textOfEntry(b) ? -1 : 1));
  return found;
}

function textOfEntries(entries: readonly DayEntry[]): string {
  return entries.map(textOfEntry).join(';');
}

function textOfEntry({ seq, action, state, sum }: DayEntry): string {
  return `${seq} ${action} ${state} ${sum && sum.minor !== 0n ? textOfSum(sum) : ''}`;
}

/** By the totals' own words and not by their places: a bank lists them as it likes, and names those of nothing or not. */
function textOfTotals(totals: readonly DayTotal[]): string {
  const rows = totals.filter(({ count }) => count > 0).map(({ state, count, sums }) => `${state} ${count} ${textOfSums(sums)}`);
  return rows.sort().join(';');
}

function textOfSums(sums: readonly Sum[]): string {
  return sums
    .filter(({ minor }) => minor !== 0n)
    .map(textOfSum)
    .sort()
    .join(',');
}

function textOfSum({ currency, minor }: Sum): string {
  return `${minor} ${currency}`;
}
