import type { Minor } from '#kernel';
import { ACTIONS, type Action } from '../words.js';

/** What became of something by the end of a day. `rolled-back` is a whole order; the others are lines, or an inquiry. */
export const DAY_STATES = ['executed', 'partly-executed', 'refused', 'rolled-back'] as const;
export type DayState = (typeof DAY_STATES)[number];

/** A sum of one currency, in its minor unit. */
export interface Sum {
  readonly currency: string;
  readonly minor: Minor;
}

/**
 * One line that a day ended. An inquiry and an order that was rolled back are one entry each, under the line number 0: the bank
 * need not have looked into its lines.
 */
export interface DayEntry {
  readonly orderNumber: string;
  readonly seq: number;
  readonly action: Action;
  readonly state: DayState;
  /** What it did in money (`effectOf`); left out where nothing was done, and of inquiries. */
  readonly sum?: Sum;
}

/** The line number of what has no lines. */
export const WHOLE_ORDER = 0;

/** How many entries of one action ended in one state, and their sums by currency, in the order of their codes. */
export interface DayTotal {
  readonly action: Action;
  readonly state: DayState;
  readonly count: number;
  readonly sums: readonly Sum[];
}

interface Cell {
  count: number;
  readonly sums: Map<string, Minor>;
}

/** Adds entries up, one after another, so that a long day need not be held whole. The order in which they come does not matter. */
export class DayTotals {
  private readonly cells = new Map<string, Cell>();

  add({ action, state, sum }: Pick<DayEntry, 'action' | 'state' | 'sum'>): void {
    const key = keyOf(action, state);
    const cell = this.cells.get(key) ?? { count: 0, sums: new Map<string, Minor>() };
    this.cells.set(key, cell);
    cell.count += 1;
    if (sum) cell.sums.set(sum.currency, (cell.sums.get(sum.currency) ?? 0n) + sum.minor);
  }

  /** In the order of actions and states, without those that nothing fell under. */
  all(): readonly DayTotal[] {
    return ACTIONS.flatMap((action) =>
      DAY_STATES.flatMap((state): DayTotal[] => {
        const cell = this.cells.get(keyOf(action, state));
        return cell ? [{ action, state, count: cell.count, sums: sumsOf(cell.sums) }] : [];
      }),
    );
  }
}

/** As a person compares them: in the order of actions and states, whatever the order in which a bank lists them. What is listed twice stays twice. */
export function inOrderOfWords(totals: readonly DayTotal[]): readonly DayTotal[] {
  const place = ({ action, state }: DayTotal): number => ACTIONS.indexOf(action) * DAY_STATES.length + DAY_STATES.indexOf(state);
  return totals.map((total) => ({ ...total, sums: sorted(total.sums) })).sort((a, b) => place(a) - place(b));
}

export function totalsOf(entries: Iterable<DayEntry>): readonly DayTotal[] {
  const totals = new DayTotals();
  for (const entry of entries) totals.add(entry);
  return totals.all();
}

function keyOf(action: Action, state: DayState): string {
  return `${action} ${state}`;
}

function sumsOf(sums: ReadonlyMap<string, Minor>): readonly Sum[] {
  return sorted([...sums].map(([currency, minor]) => ({ currency, minor })));
}

function sorted(sums: readonly Sum[]): readonly Sum[] {
  return [...sums].sort((a, b) => (a.currency === b.currency ? 0 : a.currency < b.currency ? -1 : 1));
}
