import { AppError, startOfLegalDate, type Instant, type LegalDate } from '#kernel';
import type { BusinessPeriod } from '#connector-sdk';
import { WHOLE_ORDER, type Action, type DayEntry, type LineStatus, type OrderStatus } from '#orders';
import type { Reader, Row } from '#persistence';

/** A line that is over, with what is needed of its order. */
interface SettledRow extends Row {
  readonly order_number: string;
  readonly order_status: OrderStatus;
  readonly answered_at: Instant | null;
  readonly action: Action;
  readonly seq: number;
  readonly status: LineStatus;
  readonly currency: string;
  readonly effect: number | null;
}

/** Lines that one query reads. */
const STEP = 2_000;
/** Lines of one bank and period; a bank with more needs statements of its own kind. */
const ENTRIES_MAX = 500_000;
/** How far a bank's clock may be ahead of ours: an order is stated for the bank's day, and looked for by our own time of its answer. */
const AHEAD_MS_MAX = 3_600_000;

const COLUMNS = `o.order_number AS order_number, o.status AS order_status, o.answered_at AS answered_at, o.action AS action, l.seq AS seq,
  l.status AS status, l.currency AS currency, l.effect AS effect`;
const SETTLED = 'l.settled_on >= ? AND l.settled_on <= ?';

/**
 * What our books say of a bank's period, by the bank's own word of when it answered: every line that came to its end in it.
 * Only what is committed is read; a line that comes to its end meanwhile is in the next version of the statement.
 */
export async function dayEntries(reader: Reader, bank: string, { from, to }: BusinessPeriod): Promise<readonly DayEntry[]> {
  // The open ones first: an order that is answered between the two reads is then found twice and not missed.
  const rows = [...(await openRows(reader, bank, from, to)), ...(await answeredRows(reader, bank, from, to))];
  // By its place, so that a rolled-back order is one entry, whatever lines it had.
  const entries = rows.map(entryOf).map((entry) => [`${entry.orderNumber}/${entry.seq}`, entry] as const);
  return [...new Map(entries).values()];
}

function entryOf(row: SettledRow): DayEntry {
  const { order_number: orderNumber, action, currency, effect } = row;
  if (row.order_status === 'rolled-back') return { orderNumber, seq: WHOLE_ORDER, action, state: 'rolled-back' };
  const state = stateOf(row);
  if (action === 'inquire') return { orderNumber, seq: WHOLE_ORDER, action, state };
  return { orderNumber, seq: row.seq, action, state, ...(effect === null ? {} : { sum: { currency, minor: BigInt(effect) } }) };
}

function stateOf({ status, order_number }: SettledRow): 'executed' | 'partly-executed' | 'refused' {
  if (status === 'executed' || status === 'partly-executed' || status === 'refused') return status;
  throw new AppError('invariant-broken', `a line of ${order_number} has a day and is ${status}`, { level: 'error' });
}

/** Orders that have had their last word, step by step along the index of the bank's answers. */
async function answeredRows(reader: Reader, bank: string, from: LegalDate, to: LegalDate): Promise<readonly SettledRow[]> {
  const rows: SettledRow[] = [];
  let after = { at: startOfLegalDate(from) - AHEAD_MS_MAX, orderNumber: '', seq: 0 };
  for (;;) {
    const step = await reader.all<SettledRow>(
      `SELECT ${COLUMNS} FROM orders o JOIN order_lines l ON l.order_number = o.order_number
       WHERE o.bank = ? AND o.answered_at >= ? AND ${SETTLED}
         AND (o.answered_at > ? OR o.order_number > ? OR (o.order_number = ? AND l.seq > ?))
       ORDER BY o.answered_at, o.order_number, l.seq LIMIT ${STEP}`,
      [bank, after.at, from, to, after.at, after.orderNumber, after.orderNumber, after.seq],
    );
    rows.push(...step);
    const last = step.at(-1);
    if (step.length < STEP || !last) return rows;
    if (rows.length > ENTRIES_MAX) throw tooMany(bank, to);
    after = { at: last.answered_at ?? after.at, orderNumber: last.order_number, seq: last.seq };
  }
}

/** Orders of which some lines are over and others are not. */
async function openRows(reader: Reader, bank: string, from: LegalDate, to: LegalDate): Promise<readonly SettledRow[]> {
  const rows = await reader.all<SettledRow>(
    `SELECT ${COLUMNS} FROM orders o JOIN order_lines l ON l.order_number = o.order_number
     WHERE o.bank = ? AND o.answered_at IS NULL AND o.status IN ('sent', 'received', 'undetermined') AND ${SETTLED}
     ORDER BY o.order_number, l.seq LIMIT ${ENTRIES_MAX + 1}`,
    [bank, from, to],
  );
  if (rows.length > ENTRIES_MAX) throw tooMany(bank, to);
  return rows;
}

function tooMany(bank: string, day: LegalDate): AppError {
  return new AppError('too-large', `the day ${day} of ${bank} has more than ${ENTRIES_MAX} lines`, { level: 'error' });
}
