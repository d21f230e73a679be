import type { LegalDate } from '#kernel';
import { formatOrderNumber } from '#orders';
import type { Tx } from '#persistence';

/** Numbers taken from the store at a time, so that the counter's row is no statement of every order. */
export const RANGE_SIZE = 1_000;
/** Sequences begin here: all have ten digits, so numbers of one court and day sort as texts. */
const SEQUENCE_BASE = 1_000_000_000;
/** Courts and days whose free numbers are remembered; forgotten ones leave a gap, which harms nobody. */
const PREFIXES_MAX = 1_000;

interface Range {
  next: number;
  readonly last: number;
}

/**
 * Gives out order numbers: day, court and a sequence of that court and day. A number is never given out twice: a range belongs to
 * the transaction that took it until that has committed, and only what is left of it is then kept for others. Gaps are possible.
 */
export class OrderNumbers {
  private readonly free = new Map<string, Range[]>();

  async take(tx: Tx, date: LegalDate, courtCode: string, count: number): Promise<readonly string[]> {
    // Day and region as the numbers carry them: courts of one region share a sequence.
    const prefix = formatOrderNumber(date, courtCode, SEQUENCE_BASE).slice(0, -String(SEQUENCE_BASE).length);
    const sequences = this.takeFree(prefix, count);
    if (sequences.length < count) {
      const range = await this.newRange(tx, prefix, Math.max(RANGE_SIZE, count));
      while (sequences.length < count) sequences.push(range.next++);
      tx.afterCommit(() => this.keep(prefix, range));
    }
    return sequences.map((sequence) => formatOrderNumber(date, courtCode, sequence));
  }

  private takeFree(prefix: string, count: number): number[] {
    const ranges = this.free.get(prefix) ?? [];
    const taken: number[] = [];
    for (let range = ranges[0]; range && taken.length < count; range = ranges[0]) {
      while (taken.length < count && range.next <= range.last) taken.push(range.next++);
      if (range.next > range.last) ranges.shift();
    }
    return taken;
  }

  private async newRange(tx: Tx, prefix: string, size: number): Promise<Range> {
    const grow = () => tx.run('UPDATE order_numbers SET last_number = last_number + ? WHERE prefix = ?', [size, prefix]);
    if ((await grow()) === 0) {
      const isFirst = await tx.insertOnce('order_numbers', { prefix, last_number: SEQUENCE_BASE + size });
      if (!isFirst) await grow();
    }
    const row = await tx.one<{ last_number: number }>('SELECT last_number FROM order_numbers WHERE prefix = ?', [prefix]);
    const last = row?.last_number ?? SEQUENCE_BASE + size;
    return { next: last - size + 1, last };
  }

  private keep(prefix: string, range: Range): void {
    if (range.next > range.last) return;
    if (this.free.size >= PREFIXES_MAX && !this.free.has(prefix)) this.free.clear();
    const ranges = this.free.get(prefix);
    if (ranges) ranges.push(range);
    else this.free.set(prefix, [range]);
  }
}
