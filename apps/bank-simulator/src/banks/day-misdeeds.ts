import type { StatementMisdeed } from '../faults/faults.js';
import { totalsOf, type DayItem, type DayStatement } from './day-book.js';

type Said = Omit<DayStatement, 'number'>;

/** An order that nobody has sent. */
const INVENTED: DayItem = { orderNumber: '29991231420106999999', line: 1, action: 'freeze', word: 'executed' };

const CHANGES: Readonly<
  Record<Exclude<StatementMisdeed, 'wrong-totals' | 'totals-only' | 'silent'>, (items: readonly DayItem[]) => readonly DayItem[]>
> = {
  omits: (items) => items.slice(1),
  invents: (items) => [...items, { ...INVENTED, amount: { minor: 100n, currency: 'CNY' } }],
  'wrong-amount': (items) =>
    onFirst(
      items,
      ({ amount }) => amount !== undefined,
      ({ amount }) => ({ amount: amount && { ...amount, minor: amount.minor + 1n } }),
    ),
  'wrong-state': (items) =>
    onFirst(
      items,
      ({ word }) => word === 'executed',
      () => ({ word: 'refused', amount: undefined }),
    ),
};

/** What a bank says of its day when a fault makes it wrong: each of them is about one order, or about nothing but its totals. */
export function misstatedDay(said: Said, misdeed: StatementMisdeed | undefined): Said {
  switch (misdeed) {
    case undefined:
    case 'silent':
      return said;
    case 'totals-only':
      return { ...said, items: [], listed: false };
    case 'wrong-totals':
      return { ...said, totals: said.totals.map((total, i) => (i === 0 ? { ...total, count: total.count + 1 } : total)) };
    default: {
      const items = CHANGES[misdeed](said.items);
      return { ...said, items, totals: totalsOf(items) };
    }
  }
}

function onFirst(
  items: readonly DayItem[],
  fits: (item: DayItem) => boolean,
  change: (item: DayItem) => Partial<DayItem>,
): readonly DayItem[] {
  const at = items.findIndex(fits);
  return items.map((item, i) => (i === at ? { ...item, ...change(item) } : item));
}
