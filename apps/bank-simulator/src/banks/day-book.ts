import { addDays, sha256Hex, startOfLegalDate, type LegalDate, type Minor } from '#kernel';
import type { Database, Row } from '#persistence';
import type { OrderAction } from '../book/model.js';
import type { BankAnswer, LineReport } from '../book/order.js';
import type { StatementMisdeed } from '../faults/faults.js';
import { maybe, minor, num, text } from '../store/book-rows.js';
import { misstatedDay } from './day-misdeeds.js';

/** What became of a line, or of a whole order, by the end of a day. */
export type DayWord = 'executed' | 'partly-executed' | 'refused' | 'rolled-back';

/** One line of the bank's day. Line 0 is an inquiry, or an order that was rolled back. */
export interface DayItem {
  readonly orderNumber: string;
  readonly line: number;
  readonly action: OrderAction;
  readonly word: DayWord;
  readonly amount?: { readonly minor: Minor; readonly currency: string };
}

export interface DayTotal {
  readonly action: OrderAction;
  readonly word: DayWord;
  readonly count: number;
  readonly sums: ReadonlyMap<string, Minor>;
}

export interface DayStatement {
  readonly number: string;
  readonly items: readonly DayItem[];
  readonly totals: readonly DayTotal[];
  /** Whether the bank names its orders. */
  readonly listed: boolean;
}

/** Rows that one query reads. */
const STEP = 2_000;

interface Effect extends Pick<DayItem, 'orderNumber' | 'line' | 'action' | 'amount'> {
  readonly seq: number;
}

/**
 * What a bank says of some days, both inclusive, in the order of its order numbers. What was done, and how much, is what the core's journal
 * holds; the answers tell only what was not done. So a bank whose answers lie states its day truly, unless a fault makes that wrong too.
 */
export class DayBook {
  constructor(private readonly database: Database) {}

  async of(bank: string, from: LegalDate, to: LegalDate, misdeed: StatementMisdeed | undefined): Promise<DayStatement> {
    const span = [startOfLegalDate(from), startOfLegalDate(addDays(to, 1))] as const;
    const effects = new Map<string, Effect>();
    for (const effect of await this.effects(bank, span)) effects.set(`${effect.orderNumber}/${effect.line}`, effect);
    const answered = await this.answered(bank, span, effects);
    // An effect without an answer, as of an order whose second execution is a fault, was done all the same.
    const alone = [...effects.values()].map(({ orderNumber, line, action, amount }) => done({ orderNumber, line, action, amount }, false));
    const items = [...answered, ...alone].sort((a, b) =>
      a.orderNumber < b.orderNumber ? -1 : a.orderNumber > b.orderNumber ? 1 : a.line - b.line,
    );
    const said = misstatedDay({ items, totals: totalsOf(items), listed: true }, misdeed);
    const digest = sha256Hex(JSON.stringify([said.items, said.totals, said.listed], asText)).slice(0, 12);
    return { ...said, number: `DZ${to.replaceAll('-', '')}-${digest}` };
  }

  private async effects(bank: string, [start, end]: readonly [number, number]): Promise<readonly Effect[]> {
    const found: Effect[] = [];
    for (;;) {
      const sql = 'SELECT * FROM sim_journal WHERE bank = ? AND seq > ? AND at >= ? AND at < ? ORDER BY seq LIMIT ?';
      const step = await this.database.reader.all(sql, [bank, found.at(-1)?.seq ?? 0, start, end, STEP]);
      found.push(...step.map(effectOf));
      if (step.length < STEP) return found;
      await breathe();
    }
  }

  /** The orders that were answered, with their effects, which are taken out of `effects`. */
  private async answered(bank: string, [start, end]: readonly [number, number], effects: Map<string, Effect>): Promise<DayItem[]> {
    const items: DayItem[] = [];
    for (let after = ''; ;) {
      const sql = `SELECT order_number, action, answer_json FROM sim_order
        WHERE bank = ? AND order_number > ? AND state = 'answered' AND answered_at >= ? AND answered_at < ? ORDER BY order_number LIMIT ?`;
      const step = await this.database.reader.all(sql, [bank, after, start, end, STEP]);
      for (const row of step) items.push(...itemsOf(row, effects));
      const last = step.at(-1);
      if (step.length < STEP || !last) return items;
      after = text(last, 'order_number');
      await breathe();
    }
  }
}

function effectOf(row: Row): Effect {
  const currency = maybe(row, 'currency');
  return {
    seq: num(row, 'seq'),
    orderNumber: text(row, 'order_number'),
    line: num(row, 'line'),
    action: text(row, 'action') as OrderAction,
    amount: currency === undefined || row['amount'] === null ? undefined : { minor: minor(row, 'amount'), currency },
  };
}

function itemsOf(row: Row, effects: Map<string, Effect>): readonly DayItem[] {
  const orderNumber = text(row, 'order_number');
  const action = text(row, 'action') as OrderAction;
  const answer = JSON.parse(text(row, 'answer_json')) as BankAnswer;
  const take = (line: number): Effect | undefined => {
    const key = `${orderNumber}/${line}`;
    const effect = effects.get(key);
    effects.delete(key);
    return effect;
  };
  switch (answer.kind) {
    case 'rollback':
      return [{ orderNumber, line: 0, action, word: 'rolled-back' }];
    case 'inquiry':
      take(0);
      return [{ orderNumber, line: 0, action, word: answer.result === 'identity-mismatch' ? 'refused' : 'executed' }];
    case 'control':
      return answer.lines.map((line) => itemOf(orderNumber, action, line, take(line.seq)));
  }
}

function itemOf(orderNumber: string, action: OrderAction, { seq, status }: LineReport, effect: Effect | undefined): DayItem {
  if (!effect) return { orderNumber, line: seq, action, word: 'refused' };
  return done({ orderNumber, line: seq, action, amount: effect.amount }, status === 'partly-executed');
}

function done(item: Omit<DayItem, 'word'>, partly: boolean): DayItem {
  return { ...item, word: partly ? 'partly-executed' : 'executed' };
}

export function totalsOf(items: readonly DayItem[]): readonly DayTotal[] {
  const found = new Map<string, { action: OrderAction; word: DayWord; count: number; sums: Map<string, Minor> }>();
  for (const { action, word, amount } of items) {
    const total = found.get(`${action} ${word}`) ?? { action, word, count: 0, sums: new Map<string, Minor>() };
    found.set(`${action} ${word}`, total);
    total.count += 1;
    if (amount) total.sums.set(amount.currency, (total.sums.get(amount.currency) ?? 0n) + amount.minor);
  }
  return [...found.values()];
}

function asText(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  return typeof value === 'bigint' ? String(value) : value;
}

/** Lets others have their turn between two steps of a long day. */
function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
