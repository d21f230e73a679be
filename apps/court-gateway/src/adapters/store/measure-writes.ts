import type { Instant } from '#kernel';
import { MEASURE_LIFE, move, type MeasureState } from '#orders';
import { compareAndSetOrStale, insert, type Reader, type SqlValue, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { Vault } from '../../vault.js';
import { sealMeasureAccount, type MeasureRow } from './measures-reading.js';

/** What never changes of a measure: whose account it binds and the freeze line that it came from. */
export interface MeasureOrigin {
  readonly id: string;
  readonly caseId: string;
  readonly courtCode: string;
  readonly holdingId: string | null;
  readonly debtorId: string;
  readonly bank: string;
  readonly legalPerson: string;
  readonly account: { readonly number: string; readonly index: string };
  readonly currency: string;
  readonly kind: string;
  readonly orderNumber: string;
  readonly seq: number;
}

/** The part of a row that libs/orders reckons with. */
export function measureStateOf(row: MeasureRow): MeasureState {
  return {
    status: row.status,
    scope: row.scope,
    limit: BigInt(row.limit_amount),
    covered: BigInt(row.covered),
    uncovered: BigInt(row.uncovered),
    // A measure whose place the bank never told is taken for the first.
    rank: row.rank_no ?? 1,
    from: row.from_date,
    to: row.to_date,
    asOf: row.as_of,
  };
}

function columnsOf(state: MeasureState) {
  return {
    limit_amount: state.limit,
    covered: state.covered,
    uncovered: state.uncovered,
    rank_no: state.rank,
    status: state.status,
    from_date: state.from,
    to_date: state.to,
    as_of: state.asOf,
  };
}

export async function insertMeasure(tx: Tx, vault: Vault, caseKey: DataKey, origin: MeasureOrigin, state: MeasureState): Promise<void> {
  await insert(tx, 'measures', {
    id: origin.id,
    version: 1,
    case_id: origin.caseId,
    court_code: origin.courtCode,
    holding_id: origin.holdingId,
    debtor_id: origin.debtorId,
    bank: origin.bank,
    legal_person: origin.legalPerson,
    account_index: origin.account.index,
    account_sealed: sealMeasureAccount(vault, caseKey, origin.id, origin.account.number),
    currency: origin.currency,
    kind: origin.kind,
    scope: state.scope,
    order_number: origin.orderNumber,
    seq: origin.seq,
    refreshed_at: null,
    ...columnsOf(state),
  });
}

/**
 * Writes a measure's next state by compare-and-set on its version (I13).
 * @throws AppError `stale-version`, or `invariant-broken` for a move that its life cycle does not know
 */
export async function updateMeasure(
  tx: Tx,
  row: MeasureRow,
  next: MeasureState,
  change: Readonly<Record<string, SqlValue>> = {},
): Promise<MeasureRow> {
  if (next.status !== row.status) move(MEASURE_LIFE, row.status, next.status);
  await compareAndSetOrStale(
    tx,
    'measures',
    { ...change, ...columnsOf(next), version: row.version + 1 },
    { id: row.id, version: row.version },
  );
  return { ...row, ...change, ...asRead(columnsOf(next)), version: row.version + 1 };
}

/** Columns as a query would give them back. */
function asRead({ limit_amount, covered, uncovered, ...rest }: ReturnType<typeof columnsOf>) {
  return { ...rest, limit_amount: Number(limit_amount), covered: Number(covered), uncovered: Number(uncovered) };
}

export function findMeasure(reader: Reader, measureId: string): Promise<MeasureRow | undefined> {
  return reader.one<MeasureRow>('SELECT * FROM measures WHERE id = ?', [measureId]);
}

/** The measure that a freeze line has opened. */
export function findMeasureByOrigin(reader: Reader, orderNumber: string, seq: number): Promise<MeasureRow | undefined> {
  return reader.one<MeasureRow>('SELECT * FROM measures WHERE order_number = ? AND seq = ?', [orderNumber, seq]);
}

/** Live freezes on one account that we know of, over all cases: what a new one stands behind when the bank names no rank (R17). */
export async function liveMeasuresOn(reader: Reader, bank: string, legalPerson: string, accountIndex: string): Promise<number> {
  const row = await reader.one<{ live: number }>(
    `SELECT COUNT(*) AS live FROM measures
     WHERE account_index = ? AND bank = ? AND legal_person = ? AND status IN ('in-force', 'waiting')`,
    [accountIndex, bank, legalPerson],
  );
  return Number(row?.live ?? 0);
}

/** Whether an order on the measure has no last word yet: its answer may explain what the bank says meanwhile. */
export async function hasOpenLines(reader: Reader, measureId: string): Promise<boolean> {
  const row = await reader.one(
    "SELECT 1 AS found FROM order_lines WHERE measure_id = ? AND status IN ('open', 'in-progress', 'undetermined') LIMIT 1",
    [measureId],
  );
  return row !== undefined;
}

/** Live measures whose last day is over, oldest end first. */
export function endedMeasures(reader: Reader, today: string, limit: number): Promise<MeasureRow[]> {
  return reader.all<MeasureRow>(
    `SELECT * FROM measures WHERE status IN ('in-force', 'waiting') AND to_date < ? ORDER BY to_date, id LIMIT ${limit}`,
    [today],
  );
}

/** Live measures that end on or before a day, soonest first. */
export function measuresEndingBy(reader: Reader, lastDay: string, today: string): Promise<MeasureRow[]> {
  return reader.all<MeasureRow>(
    `SELECT * FROM measures WHERE status IN ('in-force', 'waiting') AND to_date <= ? AND to_date >= ? ORDER BY to_date, id`,
    [lastDay, today],
  );
}

/** Live measures with something uncovered that no bank was asked about since `before`. */
export function uncoveredMeasures(reader: Reader, before: Instant, banks: readonly string[], limit: number): Promise<MeasureRow[]> {
  if (banks.length === 0) return Promise.resolve([]);
  return reader.all<MeasureRow>(
    `SELECT m.* FROM measures m JOIN cases c ON c.id = m.case_id
     WHERE m.status IN ('in-force', 'waiting') AND m.uncovered > 0 AND m.as_of <= ? AND (m.refreshed_at IS NULL OR m.refreshed_at <= ?)
       AND m.bank IN (${banks.map(() => '?').join(', ')}) AND c.status = 'open' ORDER BY m.case_id, m.id LIMIT ${limit}`,
    [before, before, ...banks],
  );
}
