import { formatAmount, instantText, type MoneyJson } from '#kernel';
import type { Database } from '#persistence';
import { maybe, minor, num, text } from '../store/book-rows.js';

/** One executed effect as the instrument panel shows it. An inquiry has neither account nor amount. */
export interface JournalView {
  readonly seq: number;
  readonly at: string;
  readonly orderNumber: string;
  readonly line: number;
  readonly action: string;
  readonly account?: string;
  readonly amount?: MoneyJson;
}

/** Rows that one query reads; the whole journal is read in such steps, so that no step blocks the process for long. */
const STEP = 5_000;

/** Reads the journal of what the cores have executed. It is complete and oldest first, and shows durable rows only. */
export class JournalBook {
  constructor(private readonly database: Database) {}

  async all(bank: string): Promise<JournalView[]> {
    const rows: JournalView[] = [];
    for (;;) {
      const after = rows.at(-1)?.seq ?? 0;
      const step = await this.database.reader.all('SELECT * FROM sim_journal WHERE bank = ? AND seq > ? ORDER BY seq LIMIT ?', [
        bank,
        after,
        STEP,
      ]);
      for (const row of step) rows.push(viewOf(row));
      if (step.length < STEP) return rows;
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }
}

function viewOf(row: Parameters<typeof num>[0]): JournalView {
  const currency = maybe(row, 'currency');
  return {
    seq: num(row, 'seq'),
    at: instantText(num(row, 'at')),
    orderNumber: text(row, 'order_number'),
    line: num(row, 'line'),
    action: text(row, 'action'),
    account: maybe(row, 'account'),
    amount:
      currency === undefined || row['amount'] === null ? undefined : { amount: formatAmount(minor(row, 'amount'), currency), currency },
  };
}
